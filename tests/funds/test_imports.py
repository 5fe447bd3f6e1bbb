"""Contributions from files: the whole file or nothing, then each line by itself."""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from alliance.register.models import head
from funds.contributions.totals import totals_of_rows
from funds.imports.contribution_file import Unreadable, alpha_2, read_lines
from funds.imports.mapping import BadMapping, read_mapping
from funds.imports.reasons import SAID, kept, reason, said
from funds.models import Agreement, Deposit, Donor, Fund, ImportBatch, ImportRow, Pledge, Posting, Prospect
from funds.operations.imports import Source, import_contributions
from tests.funds.factories import fund_in, make_rate

D = Decimal
HERE = Path(__file__).parent.parent / "data"
FILE, MAPPING = HERE / "contributions.csv", HERE / "cerf.toml"
REAL = HERE.parent.parent.parent / "shared/data/contributions/cerf_contributions_2026.csv"
TOTALS = {
    "pledged": "383780.70",
    "pipeline": "4100.10",
    "received": "353342.89",
    "pledged_unpaid": "30700.40",
    "overpaid": "12.34",
    "exchange_difference": "250.25",
}


def run(file, capsys, *, mapping=MAPPING, **options):
    call_command("import_contributions", str(file), mapping=str(mapping), json=True, **options)
    return json.loads(capsys.readouterr().out)


def changed(tmp_path, change, name="changed.csv"):
    """The small file with its text changed."""
    path = tmp_path / name
    path.write_bytes(change(FILE.read_text(encoding="utf-8")).encode())
    return path


def with_cells(text, line, **cells):
    """The file's text with some cells of one line (2 is the first below the heading) written anew."""
    rows = list(csv.reader(io.StringIO(text)))
    for name, value in cells.items():
        rows[line - 1][rows[0].index(name)] = value
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def counts():
    return [
        model.objects.count()
        for model in (Donor, Prospect, Pledge, Agreement, Deposit, Posting, ImportBatch, ImportRow)
    ]


@pytest.mark.requirement("R56", "D2")
def test_small_file_gives_its_known_answers(db, capsys):
    told = run(FILE, capsys)
    assert (told["rows"], told["imported"], told["unchanged"], told["refused"]) == (10, 10, 0, [])
    assert [item["line"] for item in told["flagged"]] == [10]
    assert told["totals"] == TOTALS
    assert counts() == [8, 1, 9, 8, 7, 14, 1, 10]


@pytest.mark.requirement("D8")
def test_second_run_changes_nothing_and_gives_the_same_answers(db, capsys):
    run(FILE, capsys)
    before, register = counts(), head()
    told = run(FILE, capsys)
    assert (told["imported"], told["unchanged"], told["refused"]) == (0, 10, [])
    assert [item["line"] for item in told["flagged"]] == [10]
    assert told["totals"] == TOTALS
    assert (counts(), head()) == (before, register)


def test_rehearsal_gives_the_answers_and_leaves_nothing(db, capsys):
    before, register = counts(), head()
    told = run(FILE, capsys, dry_run=True)
    assert (told["imported"], told["totals"]) == (10, TOTALS)
    assert (counts(), head()) == (before, register)


@pytest.mark.skipif(not REAL.exists(), reason="the real file is not here")
@pytest.mark.requirement("R56")
def test_real_file_gives_its_known_answers_twice(db, capsys):
    answers = {
        "pledged": "456031492.43",
        "pipeline": "7217567.61",
        "received": "350279113.77",
        "pledged_unpaid": "108572196.29",
        "overpaid": "2225.14",
        "exchange_difference": "2817592.49",
    }
    for imported, unchanged in ((64, 0), (0, 64)):
        told = run(REAL, capsys)
        assert (told["rows"], told["imported"], told["unchanged"], told["refused"]) == (64, imported, unchanged, [])
        assert [item["line"] for item in told["flagged"]] == [57]
        assert "16-fold" in told["flagged"][0]["why"]
        assert told["totals"] == answers
    assert Donor.objects.count() == 53
    assert ImportRow.objects.get(key="26-DC-ZAF-249").flag


def test_own_amount_of_a_file_in_the_funds_currency_stays_unknown(db, capsys):
    run(FILE, capsys)
    deposit = Deposit.objects.get(import_rows__key="25-DC-001")
    assert (deposit.amount, deposit.currency, deposit.rate, deposit.amount_usd) == (None, "NOK", None, D("101250.50"))
    dollars = Deposit.objects.get(import_rows__key="25-DC-003")
    assert (dollars.amount, dollars.currency, dollars.rate) == (D("1000.000"), "USD", D(1))


def test_paid_line_owes_nothing_and_open_line_owes_its_pledge(db, capsys):
    run(FILE, capsys)
    paid = Pledge.objects.get(import_rows__key="25-DC-002")
    assert (paid.settled_on, paid.agreements.get().state) == (date(2025, 3, 1), "completed")
    open_ = Pledge.objects.get(import_rows__key="25-DC-006")
    assert (open_.settled_on, open_.state, open_.agreements.count()) == (None, "acknowledged", 0)


def test_donors_keep_type_country_and_stage(db, capsys):
    run(FILE, capsys)
    found = {
        d.name: (d.donor_type, d.organisation.country, d.stage) for d in Donor.objects.select_related("organisation")
    }
    assert found["Northland"] == ("state", "NO", "received")
    assert found["Region of Hillmark"] == ("other", "", "potential")
    assert found["Harbour Foundation, Inc."] == ("private", "", "received")
    assert found["Westria"] == ("state", "AT", "agreed")


def test_totals_come_from_the_rows_and_follow_them(db, capsys, finance_officer):
    from funds.operations.pledges import write_off_pledge

    run(FILE, capsys)
    rows = ImportRow.objects.filter(batch__isnull=False)
    write_off_pledge(by=finance_officer, pledge=Pledge.objects.get(import_rows__key="25-DC-006"), on=date(2025, 9, 1))
    assert totals_of_rows(rows).pledged_unpaid == D("30000.40")


WHOLE = [
    ("cut in the middle of a line", lambda text: text[: len(text) * 6 // 10], "cut short"),
    ("cut inside a quotation", lambda text: text[: text.index('Foundation, Inc."')], "cut short"),
    ("a column missing", lambda text: text.replace("PledgeAmountUSD", "PledgedUSD", 1), "no column “PledgeAmountUSD”"),
    ("a column twice", lambda text: text.replace("RegionName", "Donor", 1), "more than one column “Donor”"),
    ("semicolons", lambda text: text.replace(",", ";"), "no column"),
    ("empty", lambda text: "", "empty"),
    ("another table", lambda text: "a,b\n1,2\n", "no column"),
]


@pytest.mark.parametrize(("name", "change", "why"), WHOLE, ids=[name for name, _c, _w in WHOLE])
def test_file_that_cannot_be_read_is_refused_whole(db, tmp_path, name, change, why):
    before, register = counts(), head()
    with pytest.raises(CommandError, match=why) as refusal:
        call_command("import_contributions", str(changed(tmp_path, change)), mapping=str(MAPPING))
    assert refusal.value.returncode == 2
    assert "\n" not in str(refusal.value)
    assert (counts(), head()) == (before, register)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "cp037"])
def test_file_in_another_encoding_is_refused_whole(db, tmp_path, encoding):
    path = tmp_path / "other.csv"
    path.write_bytes(FILE.read_text(encoding="utf-8").encode(encoding))
    before = counts()
    with pytest.raises(CommandError) as refusal:
        call_command("import_contributions", str(path), mapping=str(MAPPING))
    assert refusal.value.returncode == 2
    assert counts() == before


def test_mapping_that_names_another_encoding_is_refused(db, tmp_path):
    mapping = tmp_path / "m.toml"
    mapping.write_text(MAPPING.read_text(encoding="utf-8").replace('"utf-8"', '"latin-1"'), encoding="utf-8")
    with pytest.raises(CommandError, match="utf-8, not"):
        call_command("import_contributions", str(FILE), mapping=str(mapping))


def test_byte_order_mark_and_missing_last_line_end_are_fine(db, tmp_path, capsys):
    path = tmp_path / "bom.csv"
    path.write_bytes(b"\xef\xbb\xbf" + FILE.read_bytes().rstrip(b"\r\n"))
    assert run(path, capsys)["imported"] == 10


@pytest.mark.parametrize("missing", ["file", "mapping"])
def test_file_that_is_not_there_is_bad_input(db, tmp_path, missing):
    paths = {"file": FILE, "mapping": MAPPING, missing: tmp_path / "nowhere"}
    with pytest.raises(CommandError, match="nowhere") as refusal:
        call_command("import_contributions", str(paths["file"]), mapping=str(paths["mapping"]))
    assert refusal.value.returncode == 2


BROKEN = [
    ({"PledgeAmountUSD": "ten"}, "amount"),
    ({"PledgeAmountUSD": "1,000.00"}, "amount"),
    ({"PledgeAmountUSD": "1.234,56"}, "amount"),
    ({"PledgeAmountUSD": "-5"}, "negative"),
    ({"PledgeAmountUSD": "5.001"}, "precision"),
    ({"PledgeAmountUSD": "9" * 16}, "large"),
    ({"PledgeAmountUSD": ""}, "no_pledge"),
    ({"PledgeCurrency": ""}, "no_currency"),
    ({"PledgeCurrency": "XQZ"}, "currency"),
    ({"PledgeCurrency": "XXX"}, "currency"),
    ({"PledgeDate": ""}, "no_date"),
    ({"PledgeDate": "31.02.2025"}, "date"),
    ({"ReceivedDate": "2999-01-01"}, "future"),
    ({"ReceivedAmountUSD": "0"}, "no_deposit"),
    ({"Donor": "  "}, "no_donor"),
    ({"Donor": "x" * 201}, "long"),
    ({"Donor": "Nul\x00land"}, "control"),
    ({"ContributionCode": ""}, "no_key"),
    ({"ContributionCode": "25-DC-001"}, "key_twice"),
    ({"DonorType": "Martian"}, "donor_type"),
    ({"ContributionStatus": "Perhaps"}, "stage"),
    ({"ContributionStatus": "Pipeline"}, "pipeline_with_money"),
    ({"WriteoffAmountUSD": "5", "WriteoffDate": "2025-08-01"}, "paid_and_written_off"),
    ({"PledgeAmountUSD": "0", "CommitmentAmountUSD": "0", "ReceivedAmountUSD": "0"}, "empty"),
]


@pytest.mark.parametrize(("cells", "code"), BROKEN, ids=[f"{code}-{n}" for n, (_c, code) in enumerate(BROKEN)])
def test_broken_line_is_refused_alone(db, tmp_path, cells, code):
    content = with_cells(FILE.read_text(encoding="utf-8"), 4, **cells).encode()
    outcome = import_contributions(by=None, source=Source("x.csv", content, "m", MAPPING.read_bytes()))
    assert {line: [item.code for item in why] for line, why in outcome.refusals.items()} == {4: [code]}
    assert outcome.count("imported") == 9


def test_ten_broken_lines_are_reported_and_the_rest_is_kept(db, tmp_path, capsys):
    text = FILE.read_text(encoding="utf-8")
    lines = text.splitlines()
    broken = [line.replace("25-DC", "25-XX").replace("20", "2O", 3) for line in lines[1:]]
    told = run(changed(tmp_path, lambda _t: "\n".join([*lines, *broken])), capsys)
    assert (told["rows"], told["imported"], len(told["refused"])) == (20, 10, 10)
    assert [item["line"] for item in told["refused"]] == list(range(12, 22))
    assert told["totals"] == TOTALS


def test_line_with_too_few_fields_is_refused_and_keeps_its_number(db, tmp_path, capsys):
    told = run(changed(tmp_path, lambda text: text.replace("\n", "\n5,short\n\n", 1)), capsys)
    assert told["refused"] == [{"line": 2, "why": "The line has 2 fields, the heading has 28."}]
    assert (told["imported"], told["flagged"][0]["line"]) == (10, 12)


def test_refused_line_leaves_nothing_of_itself(db, tmp_path):
    """The deposit lies in no period: found only when it is posted, after donor, pledge and agreement were written."""
    cells = {
        "Donor": "Nowhere",
        "PledgeDate": "1990-01-01",
        "CommitmentDate": "1990-01-01",
        "ReceivedDate": "1990-01-01",
    }
    content = with_cells(FILE.read_text(encoding="utf-8"), 4, **cells).encode()
    outcome = import_contributions(by=None, source=Source("x.csv", content, "m", MAPPING.read_bytes()))
    assert "period" in str(outcome.refusals[4][0])
    assert not Donor.objects.filter(organisation__name_en="Nowhere").exists()
    assert Pledge.objects.count() == 8


def test_contribution_imported_before_with_other_content_is_refused(db, capsys, tmp_path):
    run(FILE, capsys)
    told = run(changed(tmp_path, lambda text: with_cells(text, 2, PledgeAmountUSD="100001")), capsys)
    assert (told["imported"], told["unchanged"]) == (0, 9)
    assert "imported before with other content, as PLG-" in told["refused"][0]["why"]


@pytest.mark.requirement("R103")
def test_fund_that_is_only_proposed_takes_the_pledges_and_refuses_the_money(db, capsys):
    fund_in("proposed")
    told = run(FILE, capsys)
    assert told["imported"] == 2
    assert {item["why"] for item in told["refused"]} == {
        "The fund is “Proposed”: it cannot sign contribution agreements. Nothing was changed.",
    }
    assert Posting.objects.count() == 0


@pytest.mark.requirement("R103")
def test_line_with_money_of_a_day_before_the_fund_was_established_is_refused(db, capsys):
    Fund.objects.update(established_on=date(2100, 1, 1))
    told = run(FILE, capsys)
    assert told["imported"] == 2
    assert {item["why"] for item in told["refused"]} == {
        "The fund was established on 1\N{NO-BREAK SPACE}Jan\N{NO-BREAK SPACE}2100: before that day it could not sign contribution agreements. Nothing was changed.",
    }
    assert Posting.objects.count() == 0


OWN = """
dates = ["%d/%m/%Y"]
amounts = "own"
decimal = ","
key = "id"
[donor]
name = "who"
[pledge]
amount = "promised"
currency = "cur"
date = "day"
[deposit]
amount = "paid"
currency = "cur"
date = "day"
[writeoff]
amount = "lost"
date = "day"
"""


def imported_own(*lines, mapping=OWN):
    content = "\n".join(["id,who,cur,promised,paid,day,lost,state", *lines, ""]).encode()
    return import_contributions(by=None, source=Source("own.csv", content, "own.toml", mapping.encode()))


def test_amounts_in_their_own_currency_are_valued_at_the_rate_of_the_day(db):
    make_rate("NOK", date(2008, 3, 1), "5")
    outcome = imported_own('1,Ann,NOK,"1000,50","400,20",10/03/2008,0,')
    pledge = Pledge.objects.get()
    assert (pledge.amount, pledge.amount_usd, pledge.rate_on) == (D("1000.500"), D("200.10"), date(2008, 3, 1))
    assert outcome.figures.pledged_unpaid == D("120.06")


def test_amount_in_its_own_currency_without_a_rate_is_refused(db):
    outcome = imported_own('1,Ann,NOK,"1000,50",,10/03/2008,,', "2,Bob,USD,7,7,10/03/2008,,")
    assert list(outcome.refusals) == [2]
    assert outcome.count("imported") == 1


def test_write_off_in_a_file_is_not_owed(db):
    outcome = imported_own("1,Ann,USD,1000,400,10/03/2008,600,")
    assert Pledge.objects.get().state == "written_off"
    assert outcome.figures.pledged_unpaid == D(0)


def test_write_off_of_more_than_is_owed_is_refused(db):
    assert "600.00" in str(imported_own('1,Ann,USD,1000,400,10/03/2008,"600,01",').refusals[2][0])


def test_cancelled_line_is_no_pledge(db):
    mapping = OWN + '[stage]\ncolumn = "state"\n[stage.values]\ngone = "cancelled"\nhere = "pledged"\n'
    outcome = imported_own("1,Ann,USD,1000,,10/03/2008,,gone", "2,Ann,USD,10,,10/03/2008,,here", mapping=mapping)
    assert outcome.figures.pledged == D(10)
    assert Pledge.objects.get(import_rows__key="1").state == "cancelled"


def test_paid_line_that_is_short_in_its_own_currency_is_flagged(db):
    mapping = OWN + '[stage]\ncolumn = "state"\n[stage.values]\ndone = "paid"\n'
    outcome = imported_own("1,Ann,USD,1000,995,10/03/2008,,done", mapping=mapping)
    assert [item.code for item in outcome.flags[2]] == ["paid_short"]
    assert outcome.figures.pledged_unpaid == D(0)


BAD_MAPPINGS = [
    ("key = 5" + OWN.replace('key = "id"', ""), "key is not a text"),
    (OWN.replace('key = "id"', ""), "lacks the key key"),
    ('colour = "red"' + OWN, "unknown key: colour"),
    (OWN + '[deposit2]\namount = "a"', "unknown key: deposit2"),
    (OWN.replace('day"', 'day"\nshade = "x"', 1), r"\[pledge\] has an unknown key: shade"),
    (OWN.replace('currency = "cur"', "", 1), r"\[pledge\] lacks the key currency"),
    (OWN.replace('"own"', '"both"', 1), "can be fund or own"),
    (OWN.replace('","', '";"', 1), "decimal"),
    (OWN.replace('["%d/%m/%Y"]', '"%d"'), "dates is not a list"),
    ('encoding = "utf-99"' + OWN, "not an encoding"),
    ('encoding = "hex"' + OWN, "not an encoding"),
    ('encoding = "undefined"' + OWN, "not an encoding"),
    ('encoding = "a\\u0000b"' + OWN, "not an encoding"),
    (OWN.replace("%d/%m/%Y", "%d/%m"), "dates is not a list"),
    (OWN.replace("%d/%m/%Y", "%Y/%Y"), "dates is not a list"),
    (OWN.replace("%d/%m/%Y", "%Q"), "dates is not a list"),
    (f"key = {'9' * 5000}", "not TOML"),
    ("key = " + "[" * 3000, "not TOML"),
    (OWN.replace("[donor]", "[giver]"), "unknown key: giver"),
    (OWN + '[stage]\ncolumn = "state"\n[stage.values]\na = "perhaps"', "can have pipeline"),
    ('dates = ["%Y"]\namounts = "own"\nkey = "id"\n[donor]\nname = "who"', r"no \[pledge\]"),
    ("not toml at all", "not TOML"),
]


@pytest.mark.parametrize(("text", "why"), BAD_MAPPINGS, ids=[why for _t, why in BAD_MAPPINGS])
def test_bad_mapping_is_refused_in_one_line(text, why):
    with pytest.raises(BadMapping, match=why) as refusal:
        read_mapping(text.encode())
    assert "\n" not in str(refusal.value)


def test_every_reason_can_be_kept_and_said_in_every_language():
    for code, sentence in SAID.items():
        values = dict.fromkeys(
            ("found", "expected", "line", "column", "most", "value", "currency", "stage", "reference"), "1"
        )
        values |= {"name": "1", "text": "1", "first": "pledge", "second": "deposit", "times": "16"}
        values |= dict.fromkeys(
            ("error", "byte", "encoding", "where", "table", "allowed", "form", "units", "source"), "1"
        )
        values |= {"first_currency": "ZAR", "second_currency": "USD"}
        for language in ("en", "fr", "es"):
            with translation.override(language):
                assert "%(" not in str(said(kept([reason(code, **values)]))[0]), (code, str(sentence))


def test_countries_are_known_by_two_or_three_letters():
    assert [alpha_2(code) for code in ("SE", "SWE", "PRV", "", "XX")] == ["SE", "SE", "", "", ""]


def test_quotation_that_never_closes_names_its_line():
    mapping = read_mapping(OWN.encode())
    content = b'id,who,cur,promised,paid,day,lost\n1,Ann,USD,1,,,\n2,"Bob,USD,1,,,\n3,Cy,USD,1,,,\n'
    with pytest.raises(Unreadable, match="opened on line 3 never closes"):
        read_lines(content, mapping)
