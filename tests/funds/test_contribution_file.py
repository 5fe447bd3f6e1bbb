"""Reading a file of contributions: no database; what each table, each line and each cell may be."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from funds.imports.contribution_file import (
    LONGEST_NAME,
    OUT_OF_SCALE,
    Contribution,
    FileLine,
    Money,
    RowRefused,
    Unreadable,
    alpha_2,
    flags,
    read_contribution,
    read_lines,
    read_table,
)
from funds.imports.mapping import Mapping

D = Decimal
TODAY = date(2008, 9, 15)
MAPPING = Mapping(
    key="id",
    amounts="own",
    dates=("%Y-%m-%d", "%d/%m/%Y"),
    donor={"name": "who", "country": "land", "type": "sort"},
    donor_types={"Member State": "state"},
    pledge={"amount": "promised", "currency": "cur", "date": "day"},
    agreement={"amount": "signed", "currency": "cur", "date": "day", "kind": "paper"},
    deposit={"amount": "paid", "currency": "paid_cur", "date": "paid_day"},
    writeoff={"amount": "lost", "date": "day"},
    stage="state",
    stages={"Open": "pledged", "Hoped": "pipeline", "Done": "paid", "Gone": "cancelled"},
)
CELLS = {
    "id": "1", "who": "Ann", "land": "SWE", "sort": "Member State", "promised": "1000.50", "cur": "eur",
    "day": "2008-03-10", "signed": "", "paper": "", "paid": "", "paid_cur": "USD", "paid_day": "11/03/2008",
    "lost": "", "state": "Open",
}  # fmt: skip
HEADING = list(CELLS)
PLEDGE = Money(D("1000.50"), "EUR", date(2008, 3, 10))


def read(mapping=MAPPING, **cells):
    return read_contribution(HEADING, FileLine(7, list((CELLS | cells).values())), mapping, TODAY)


def refused(mapping=MAPPING, **cells):
    with pytest.raises(RowRefused) as refusal:
        read(mapping, **cells)
    return refusal.value.why.code, dict(refusal.value.why.values)


def table(content, columns=("id", "who"), *encoding):
    return read_table(content, columns, *encoding)


def unreadable(content, columns=("id", "who"), *encoding):
    with pytest.raises(Unreadable) as refusal:
        table(content, columns, *encoding)
    assert refusal.value.args == (refusal.value.why,)
    assert str(refusal.value) == str(refusal.value.why)
    assert "%(" not in str(refusal.value)
    return refusal.value.why.code, dict(refusal.value.why.values)


# The whole file

SMALL = b"id,who\n1,Ann\n2,Bob\n"
LINES = [FileLine(2, ["1", "Ann"]), FileLine(3, ["2", "Bob"])]


def test_a_table_is_its_heading_and_the_numbered_lines_below():
    assert table(SMALL) == (["id", "who"], LINES)
    assert table(b"id,who\r1,Ann\r2,Bob\r") == table(b"id,who\r\n1,Ann\r\n2,Bob\r\n") == (["id", "who"], LINES)
    assert table(b" id , who \n1,Ann\n2,Bob") == (["id", "who"], LINES)
    assert table(b"id,who\n") == (["id", "who"], [])
    assert table(b"id,who") == (["id", "who"], [])


def test_lines_are_read_by_the_columns_and_encoding_of_the_mapping():
    content = ",".join(HEADING).encode() + b"\n" + "1,Zoé\n".encode("latin-1")
    found = read_lines(content, replace(MAPPING, encoding="iso8859-1"))
    assert found == (HEADING, [FileLine(2, ["1", "Zoé"])])
    with pytest.raises(Unreadable, match=r"no column “id”"):
        read_lines(b"who\nAnn\n", MAPPING)


def test_empty_lines_are_passed_over_and_counted():
    assert table(b"\nid,who\n\n,\n1,Ann\n  , \n2,Bob\n") == (
        ["id", "who"],
        [FileLine(5, ["1", "Ann"]), FileLine(7, ["2", "Bob"])],
    )


def test_a_line_with_breaks_in_its_cells_has_the_number_of_its_first():
    assert table(b'id,who\n1,"Ann\nof\nAix"\n2,Bob\n')[1] == [
        FileLine(2, ["1", "Ann\nof\nAix"]),
        FileLine(5, ["2", "Bob"]),
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", ("file_empty", {})),
        (b"\n , \n", ("file_empty", {})),
        (b"id\n1\n", ("file_no_column", {"column": "who"})),
        (b"id,who,who\n", ("file_columns", {"column": "who"})),
        (b"id,who\n1,Ann\n2", ("file_cut", {"line": "3", "found": "1", "expected": "2"})),
        (b"id,who\n2", ("file_cut", {"line": "2", "found": "1", "expected": "2"})),
        (b'id,who\n1,Ann\n2,"Bob\n', ("file_quote", {"line": "3"})),
        (b'id,who\r1,Ann\r2,"Bob\r', ("file_quote", {"line": "3"})),
        (b'id,"who\n', ("file_quote", {"line": "1"})),
        (b'id,who\n1,"a\nb"\n2,"Bob', ("file_quote", {"line": "4"})),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_place(content, why):
    assert unreadable(content) == why


def test_a_short_last_line_with_its_end_is_no_cut():
    for end in (b"\n", b"\r\n", b"\r"):
        assert table(b"id,who\n1,Ann\n2" + end)[1][-1] == FileLine(3, ["2"])
    assert table(b"id,who\n2\n1,Ann")[1][-1] == FileLine(3, ["1", "Ann"])
    assert table(b"id,who\n1,Ann,more")[1] == [FileLine(2, ["1", "Ann", "more"])]


def test_a_field_longer_than_any_is_refused_with_its_line():
    code, values = unreadable(b"id,who\n1,Ann\n2," + b"x" * 200_000 + b"\n")
    assert (code, values["line"]) == ("file_line", "3")
    assert "field larger than field limit" in values["error"]


def test_a_quotation_written_oddly_is_taken_as_it_is():
    """Strictly read, only a quotation that never closes is an error."""
    assert table(b'id,who\n1,"Ann"x\n2,Bob\n')[1] == [FileLine(2, ["1", "Annx"]), FileLine(3, ["2", "Bob"])]


# Its encoding


def test_a_byte_order_mark_is_no_part_of_the_first_column():
    assert table(b"\xef\xbb\xbf" + SMALL) == (["id", "who"], LINES)
    assert table(b"\xef\xbb\xbf" + SMALL, ("id",), "utf-8") == (["id", "who"], LINES)
    assert table(b"\xef\xbb\xbf" + SMALL, ("id",), "utf-8-sig") == (["id", "who"], LINES)
    assert table(SMALL, ("id",), "utf-8-sig") == (["id", "who"], LINES)


def test_letters_are_read_in_utf_8_and_in_real_latin_1():
    assert table("id,who\n1,Zoé\n".encode())[1] == [FileLine(2, ["1", "Zoé"])]
    assert table("id,who\n1,Zoé\n".encode("utf-8-sig"), ("id",), "utf-8-sig")[1] == [FileLine(2, ["1", "Zoé"])]
    assert table("id,who\n1,Zoé\n".encode("latin-1"), ("id",), "iso8859-1")[1] == [FileLine(2, ["1", "Zoé"])]
    assert table(SMALL, ("id",), "iso8859-1") == (["id", "who"], LINES)


def test_another_encoding_than_that_of_the_mapping_is_refused_with_its_byte():
    content = "id,who\n1,Zoé\n".encode("latin-1")
    assert unreadable(content) == ("file_encoding", {"encoding": "utf-8", "byte": "12"})
    assert unreadable("é".encode("latin-1")) == ("file_encoding", {"encoding": "utf-8", "byte": "1"})
    for content in ("id,who\n1,Zoé\n".encode(), b"\xef\xbb\xbf" + SMALL):
        assert unreadable(content, ("id",), "iso8859-1") == ("file_utf8", {"encoding": "iso8859-1"})


# One line


def test_a_line_says_all_that_the_mapping_names():
    found = read(signed="900", paper="Grant  letter", paid="400.25", lost="5", land="CH")
    assert found == Contribution(
        line=7, key="1", donor="Ann", country="CH", donor_type="state", stage="pledged", pledge=PLEDGE,
        agreement=Money(D("900"), "EUR", date(2008, 3, 10)), agreement_kind="Grant letter",
        deposit=Money(D("400.25"), "USD", date(2008, 3, 11)), writeoff=Money(D("5"), "USD", date(2008, 3, 10)),
    )  # fmt: skip


def test_an_absent_table_is_an_absent_stage():
    spare = Mapping(key="id", amounts="own", dates=("%d/%m/%Y",), donor={"name": "who"}, deposit=MAPPING.deposit)
    found = read(spare, paid="7", sort="Martian", state="Perhaps")
    assert found == Contribution(
        line=7, key="1", donor="Ann", country="", donor_type="other", stage="pledged",
        deposit=Money(D("7"), "USD", date(2008, 3, 11)),
    )  # fmt: skip


def test_an_agreements_kind_is_read_where_there_is_a_column_for_it():
    assert read(paper=" Exchange of  letters ").agreement_kind == "Exchange of letters"
    assert read(paper="x" * 80).agreement_kind == "x" * 80
    assert refused(paper="x" * 81) == ("long", {"column": "paper", "most": "80"})
    without = replace(MAPPING, agreement={"amount": "signed", "currency": "cur", "date": "day"})
    assert read(without, paper="Grant").agreement_kind == ""
    assert read(replace(MAPPING, agreement=None), paper="Grant").agreement_kind == ""


def test_names_are_read_without_spare_spaces_and_have_an_end():
    assert read(who="  Ann \t of\n Aix ").donor == "Ann of Aix"
    assert read(who="x" * LONGEST_NAME).donor == "x" * 200
    assert refused(who="x" * 201) == ("long", {"column": "who", "most": "200"})
    assert refused(who=" ") == ("no_donor", {})
    assert refused(id="") == ("no_key", {})


@pytest.mark.parametrize("letter", ["\x00", "\x1b", "\x7f", "\x85"])
def test_characters_that_no_text_has_are_refused(letter):
    assert refused(who=f"An{letter}n") == ("control", {})


def test_tabs_and_line_ends_within_a_cell_are_spaces():
    assert read(who="Ann\tof\r\nAix").donor == "Ann of Aix"


@pytest.mark.parametrize(("fields", "found"), [(HEADING[1:], "13"), ([*HEADING, "x"], "15")])
def test_a_line_of_more_or_fewer_fields_is_refused(fields, found):
    with pytest.raises(RowRefused) as refusal:
        read_contribution(HEADING, FileLine(7, fields), MAPPING, TODAY)
    assert refusal.value.why.values == (("found", found), ("expected", "14"))
    assert str(refusal.value) == f"The line has {found} fields, the heading has 14."


def test_types_of_donor_are_those_of_the_mapping_and_our_own():
    assert read(sort="institution").donor_type == "institution"
    assert refused(sort="Martian") == ("donor_type", {"value": "Martian"})
    assert read(replace(MAPPING, donor={"name": "who"}), sort="Martian").donor_type == "other"


def test_stages_are_those_of_the_mapping():
    assert [read(state=word, paid=paid).stage for word, paid in (("Open", ""), ("Hoped", ""), ("Done", "1"), ("Gone", ""))] == [
        "pledged", "pipeline", "paid", "cancelled",
    ]  # fmt: skip
    assert refused(state="pledged") == ("stage", {"value": "pledged"})


@pytest.mark.parametrize(
    ("code", "country"),
    [
        ("SE", "SE"),
        ("SWE", "SE"),
        ("se", "SE"),
        ("swe", "SE"),
        ("XX", ""),
        ("PRV", ""),
        ("S", ""),
        ("", ""),
        ("SWED", ""),
    ],
)
def test_countries_are_known_by_two_or_three_letters(code, country):
    assert read(land=code).country == country
    assert alpha_2(code.upper()) == country


def test_a_code_of_a_country_that_became_several_is_of_none():
    assert [alpha_2(code) for code in ("SUN", "172", "CHE")] == ["", "", "CH"]


# Amounts


@pytest.mark.parametrize("nothing", ["", "0", "0.00", "-0"])
def test_no_amount_is_no_stage_whatever_its_other_cells(nothing):
    found = read(paid=nothing, paid_cur="", paid_day="")
    assert (found.pledge, found.deposit) == (PLEDGE, None)


@pytest.mark.parametrize(
    ("promised", "amount"),
    [("5", "5"), ("+5", "5"), ("5.25", "5.25"), ("0.01", "0.01"), ("999999999999.99", "999999999999.99"), (" 7 ", "7")],
)
def test_amounts_are_read_as_they_stand(promised, amount):
    assert read(promised=promised).pledge == Money(D(amount), "EUR", date(2008, 3, 10))


@pytest.mark.parametrize(
    ("promised", "code", "values"),
    [
        ("ten", "amount", {"value": "ten", "column": "promised"}),
        ("1,5", "amount", {"value": "1,5", "column": "promised"}),
        ("1.", "amount", {"value": "1.", "column": "promised"}),
        (".5", "amount", {"value": ".5", "column": "promised"}),
        ("1.2.3", "amount", {"value": "1.2.3", "column": "promised"}),
        ("1x5", "amount", {"value": "1x5", "column": "promised"}),
        ("++5", "amount", {"value": "++5", "column": "promised"}),
        ("٣", "amount", {"value": "٣", "column": "promised"}),
        ("x" * 41, "amount", {"value": "x" * 40, "column": "promised"}),
        ("-0.01", "negative", {"column": "promised"}),
        ("1000000000000", "large", {"column": "promised"}),
        ("5.001", "precision", {"column": "promised", "currency": "EUR"}),
    ],
)
def test_what_is_no_amount_is_refused_with_its_column(promised, code, values):
    assert refused(promised=promised) == (code, values)


def test_the_largest_amount_is_taken():
    assert read(promised="999999999999.999", cur="KWD").pledge.amount == D("999999999999.999")


def test_the_decimal_sign_is_that_of_the_mapping():
    comma = replace(MAPPING, decimal=",")
    assert read(comma, promised="1000,50").pledge == PLEDGE
    assert refused(comma, promised="1000.50")[0] == "amount"


@pytest.mark.requirement("D2")
def test_own_amounts_have_the_decimals_of_their_own_currency():
    assert read(promised="5.111", cur="KWD").pledge.amount == D("5.111")
    assert refused(promised="5.1", cur="JPY") == ("precision", {"column": "promised", "currency": "JPY"})
    assert refused(promised="5.1111", cur="KWD") == ("precision", {"column": "promised", "currency": "KWD"})
    assert read(lost="5.11").writeoff.amount == D("5.11")
    assert refused(lost="5.111") == ("precision", {"column": "lost", "currency": "USD"})


@pytest.mark.requirement("D2")
def test_amounts_in_the_funds_currency_have_two_decimals_whatever_was_promised():
    fund = replace(MAPPING, amounts="fund")
    assert read(fund, promised="5.11", cur="JPY").pledge == Money(D("5.11"), "JPY", date(2008, 3, 10))
    assert refused(fund, promised="5.111", cur="KWD") == ("precision", {"column": "promised", "currency": "USD"})


def test_an_amount_has_a_currency_that_people_pay_in():
    assert refused(cur="") == ("no_currency", {"column": "promised"})
    assert refused(cur="xqz") == ("currency", {"value": "XQZ", "column": "cur"})
    assert refused(cur="ABCDEFGHIJKL") == ("currency", {"value": "ABCDEFGHIJ", "column": "cur"})
    assert refused(cur="XXX") == ("currency", {"value": "XXX", "column": "cur"})


def test_an_amount_has_a_day_in_the_forms_of_the_mapping_that_is_not_to_come():
    assert read(day="2008-09-15").pledge.on == TODAY
    assert read(day="15/09/2008").pledge.on == TODAY
    assert refused(day="2008-09-16") == ("future", {"column": "day"})
    assert refused(day="16/09/2008") == ("future", {"column": "day"})
    assert refused(day="") == ("no_date", {"column": "promised"})
    assert refused(day="31.12.2007") == ("date", {"value": "31.12.2007", "column": "day"})
    assert refused(day="x" * 41) == ("date", {"value": "x" * 40, "column": "day"})


# What a line may not say at once


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"promised": ""}, "empty"),
        ({"promised": "", "lost": "5"}, "empty"),
        ({"promised": "", "paid": "5"}, "no_pledge"),
        ({"promised": "", "signed": "5"}, "no_pledge"),
        ({"state": "Hoped", "signed": "5"}, "pipeline_with_money"),
        ({"state": "Hoped", "paid": "5"}, "pipeline_with_money"),
        ({"state": "Hoped", "lost": "5"}, "pipeline_with_money"),
        ({"state": "Done"}, "no_deposit"),
        ({"state": "Done", "paid": "5", "lost": "5"}, "paid_and_written_off"),
        ({"state": "Gone", "paid": "5"}, "cancelled_with_money"),
        ({"state": "Gone", "lost": "5"}, "cancelled_with_money"),
    ],
)
def test_a_line_that_contradicts_itself_is_refused(cells, code):
    assert refused(**cells)[0] == code


@pytest.mark.parametrize(
    "cells",
    [
        {}, {"signed": "5"}, {"paid": "5"}, {"lost": "5"}, {"paid": "5", "lost": "5"}, {"state": "Hoped"},
        {"state": "Done", "paid": "5"}, {"state": "Done", "paid": "5", "signed": "5"}, {"state": "Gone"}, {"state": "Gone", "signed": "5"},
    ],
)  # fmt: skip
def test_a_line_that_does_not_is_taken(cells):
    assert read(**cells).pledge == PLEDGE


def test_a_pledge_is_needed_only_where_stages_and_pledges_are_named():
    assert read(replace(MAPPING, stage=None), promised="", paid="5").pledge is None
    assert read(replace(MAPPING, stage=None), promised="", signed="5").pledge is None
    assert read(replace(MAPPING, pledge=None), promised="", paid="5").pledge is None
    assert refused(promised="", paid="5") == ("no_pledge", {"stage": "pledged"})


def test_the_stage_that_is_missing_is_named_in_the_refusal():
    assert refused(state="Hoped", promised="", paid="5") == ("no_pledge", {"stage": "pipeline"})


# What a person should look at


def money(amount, currency="USD"):
    return Money(D(amount), currency, TODAY)


def flagged(mapping=MAPPING, stage="pledged", **stages):
    row = Contribution(line=2, key="1", donor="Ann", country="", donor_type="state", stage=stage, **stages)
    return [(item.code, dict(item.values)) for item in flags(row, mapping)]


FUND = replace(MAPPING, amounts="fund")


def test_figures_ten_times_apart_are_looked_at():
    assert OUT_OF_SCALE == 10
    assert flagged(pledge=money("100"), agreement=money("9.99"), deposit=money("99")) == [
        ("scale", {"first": "pledge", "second": "agreement", "times": "10"})
    ]
    assert flagged(pledge=money("100"), deposit=money("10")) == [
        ("scale", {"first": "pledge", "second": "deposit", "times": "10"})
    ]
    assert flagged(agreement=money("10"), deposit=money("169")) == [
        ("scale", {"first": "agreement", "second": "deposit", "times": "16"})
    ]
    assert flagged(pledge=money("100"), deposit=money("10.01")) == []
    assert flagged(pledge=money("100")) == []


def test_figures_in_two_currencies_are_compared_only_where_both_are_worth_in_the_funds():
    stages = {"pledge": money("100", "ZAR"), "deposit": money("10")}
    currencies = (
        "currencies",
        {"first": "pledge", "second": "deposit", "first_currency": "ZAR", "second_currency": "USD"},
    )
    assert flagged(**stages) == [currencies]
    assert flagged(FUND, **stages) == [("scale", {"first": "pledge", "second": "deposit", "times": "10"}), currencies]


def test_each_pair_of_figures_is_compared_once():
    stages = {"pledge": money("1", "EUR"), "agreement": money("1", "NOK"), "deposit": money("1")}
    assert [(values["first"], values["second"]) for _code, values in flagged(**stages)] == [
        ("pledge", "agreement"), ("pledge", "deposit"), ("agreement", "deposit"),
    ]  # fmt: skip


SHORT = [("paid_short", {})]


@pytest.mark.parametrize(
    ("mapping", "stage", "pledge", "deposit", "found"),
    [
        (MAPPING, "paid", money("100"), money("99.99"), SHORT),
        (MAPPING, "paid", money("100"), money("100"), []),
        (MAPPING, "paid", money("100"), money("101"), []),
        (MAPPING, "pledged", money("100"), money("99.99"), []),
        (MAPPING, "paid", money("100", "EUR"), money("99.99", "EUR"), SHORT),
        (FUND, "paid", money("100"), money("99.99"), SHORT),
        (FUND, "paid", money("100", "EUR"), money("99.99", "EUR"), []),
    ],
)
def test_a_paid_line_that_is_short_in_its_own_currency_is_looked_at(mapping, stage, pledge, deposit, found):
    assert flagged(mapping, stage, pledge=pledge, deposit=deposit) == found


def test_a_paid_line_without_a_pledge_or_in_another_currency_is_not_short():
    assert flagged(stage="paid", deposit=money("5")) == []
    assert [code for code, _values in flagged(stage="paid", pledge=money("9", "EUR"), deposit=money("5"))] == [
        "currencies"
    ]


# What makes two lines the same contribution


def test_two_lines_are_the_same_contribution_wherever_they_stand():
    first, again = read(), read(promised="1000.5")
    assert first.content() == again.content() == replace(again, line=99).content()
    assert first.content() == {
        "key": "1", "donor": "Ann", "country": "SE", "donor_type": "state", "stage": "pledged",
        "pledge": ["1000.5", "EUR", "2008-03-10"], "agreement": None, "agreement_kind": "", "deposit": None, "writeoff": None,
    }  # fmt: skip
    assert read(promised="100000").content()["pledge"] == ["100000", "EUR", "2008-03-10"]
