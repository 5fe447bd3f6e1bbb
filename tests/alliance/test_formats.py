"""Figures, dates and names by language. The expected texts are written out: they are what readers see."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_UP, Decimal, localcontext

import pytest
from babel import numbers
from django.utils.functional import lazystr
from django.utils.timezone import override as set_zone
from django.utils.translation import deactivate_all, override

from alliance.core import formats

NB, NNB, MINUS = "\u00a0", "\u202f", "\u2212"


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", f"USD{NB}1,234,567.50"), ("fr", f"1{NNB}234{NNB}567,50{NB}USD"), ("es", f"1.234.567,50{NB}USD")],
)
def test_an_amount_carries_its_currency_as_the_language_writes_it(language: str, expected: str) -> None:
    with override(language):
        assert formats.money(Decimal("1234567.50")) == expected


@pytest.mark.parametrize(
    ("currency", "expected"),
    [("JPY", f"JPY{NB}1,235"), ("KWD", f"KWD{NB}1,234.568"), ("SEK", f"SEK{NB}1,234.57")],
)
def test_a_currency_has_its_own_number_of_decimals(currency: str, expected: str) -> None:
    with override("en"):
        assert formats.money(Decimal("1234.5678"), currency) == expected


def test_a_negative_amount_has_a_real_minus_sign() -> None:
    with override("en"):
        assert formats.money(Decimal("-0.50")) == f"USD{NB}{MINUS}0.50"


def test_no_figure_can_break_across_lines() -> None:
    for language in ("en", "fr", "es"):
        with override(language):
            written = (
                formats.money(Decimal("-1234567.5")),
                formats.percent(Decimal("0.7")),
                formats.short_money(2_500_000),
            )
            assert not any(" " in text for text in written)


def test_whole_numbers_have_no_decimals_and_decimals_have_two() -> None:
    with override("en"):
        assert (formats.figure(1234), formats.figure(Decimal(1234)), formats.figure(Decimal("1.005"), 2)) == (
            "1,234",
            "1,234.00",
            "1.00",
        )


def test_a_rate_keeps_every_decimal_it_has_and_no_more() -> None:
    with override("fr"):
        assert formats.plain_figure(Decimal("6.123400")) == "6,1234"


@pytest.mark.parametrize(("language", "expected"), [("en", "70.5%"), ("fr", f"70,5{NB}%"), ("es", f"70,5{NB}%")])
def test_a_ratio_is_written_as_a_percentage(language: str, expected: str) -> None:
    with override(language):
        assert formats.percent(Decimal("0.705"), 1) == expected


@pytest.mark.parametrize(
    ("language", "long", "short"),
    [
        ("en", "15 September 2008", f"15{NB}Sept{NB}2008"),
        ("fr", "15 septembre 2008", f"15{NB}sept.{NB}2008"),
        ("es", "15 de septiembre de 2008", f"15{NB}sept{NB}2008"),
    ],
)
def test_dates_are_written_in_the_language(language: str, long: str, short: str) -> None:
    with override(language):
        assert (formats.long_date(date(2008, 9, 15)), formats.short_date(date(2008, 9, 15))) == (long, short)


def test_a_moment_names_its_zone() -> None:
    with override("en"):
        assert formats.date_time(datetime(2008, 9, 15, 14, 30, tzinfo=UTC)) == f"15 September 2008, 14:30{NB}UTC"


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(days=3, hours=5), "in 3 days"),
        (timedelta(hours=5), "in 5 hours"),
        (timedelta(minutes=3), "in 3 minutes"),
        (timedelta(hours=-2), "2 hours ago"),
    ],
)
def test_what_is_left_is_said_in_the_largest_unit(left: timedelta, expected: str) -> None:
    now = datetime(2008, 9, 15, tzinfo=UTC)
    with override("en"):
        assert formats.time_left(now + left, now) == expected


def test_countries_currencies_and_languages_have_names_in_each_language() -> None:
    with override("fr"):
        assert (formats.country_name("SE"), formats.currency_name("SEK"), formats.language_name("es")) == (
            "Suède",
            "couronne suédoise",
            "espagnol",
        )


def test_an_unknown_code_is_its_own_name() -> None:
    with override("en"):
        assert (formats.country_name("ZZX"), formats.currency_name("XQQ")) == ("ZZX", "XQQ")


@pytest.mark.parametrize("language", ["ar", "zh-hans", "ru"])
def test_the_other_languages_of_the_united_nations_can_follow(language: str) -> None:
    with override(language):
        assert formats.money(Decimal("1234.5"))
        assert formats.long_date(date(2008, 9, 15))
        assert formats.short_money(2_500_000)


def test_a_file_size_is_in_the_units_of_the_language() -> None:
    with override("fr"):
        assert (formats.file_size(1), formats.file_size(1_234_567)) == (f"1{NB}ko", f"1,2{NB}Mo")


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar", "ru", "zh-hans"])
def test_a_figure_is_written_as_cldr_writes_it(language: str) -> None:
    with override(language):
        for amount in (
            Decimal("0"),
            Decimal("-0.004"),
            Decimal("999.995"),
            Decimal("-1234567.891"),
            Decimal(10**15) / 7,
        ):
            for places, pattern in ((0, "#,##0"), (2, "#,##0.00"), (3, "#,##0.000")):
                rounded = formats.rounded(amount, places)
                written = numbers.format_decimal(rounded, format=pattern, locale=formats.locale())
                assert formats.figure(amount, places) == written.replace("-", formats.MINUS)


@pytest.mark.parametrize(
    ("language", "long", "short"),
    [
        ("en", "1 July 2008", f"1{NB}Jul{NB}2008"),
        ("fr", "1er juillet 2008", f"1er{NB}juil.{NB}2008"),
        ("es", "1 de julio de 2008", f"1{NB}jul{NB}2008"),
    ],
)
def test_the_first_of_a_month_is_written_as_the_language_writes_it(language: str, long: str, short: str) -> None:
    with override(language):
        assert (formats.long_date(date(2008, 7, 1)), formats.short_date(date(2008, 7, 1))) == (long, short)
        assert not formats.long_date(date(2008, 7, 11)).startswith("1er")


def test_a_french_colon_has_its_space_before_it() -> None:
    with override("fr"):
        assert formats.labelled("Coût direct", "45,00") == f"Coût direct{NB}: 45,00"
    with override("es"):
        assert formats.labelled("Costo directo", "45,00") == "Costo directo: 45,00"


# Limits and short figures


@pytest.mark.parametrize(
    ("value", "en", "fr", "es"),
    [
        (0, "0", "0", "0"),
        (Decimal("999.5"), "1,000", f"1{NNB}000", "1.000"),
        (999_999, "999,999", f"999{NNB}999", "999.999"),
        (1_250_000, f"1.2{NB}million", f"1,2{NB}million", f"1,2{NB}millones"),
        (1_260_000, f"1.3{NB}million", f"1,3{NB}million", f"1,3{NB}millones"),
        (Decimal("2000000.00"), f"2{NB}million", f"2{NB}millions", f"2{NB}millones"),
        (-2_500_000, f"{MINUS}2.5{NB}million", f"{MINUS}2,5{NB}millions", f"{MINUS}2,5{NB}millones"),
        (-999_999, f"{MINUS}999,999", f"{MINUS}999{NNB}999", f"{MINUS}999.999"),
        (12_345_678_901, f"12.3{NB}billion", f"12,3{NB}milliards", f"12,3{NB}mil{NB}millones"),
    ],
)
def test_a_short_figure_is_said_in_words_from_a_million_on(value: Decimal | int, en: str, fr: str, es: str) -> None:
    written = []
    for language in ("en", "fr", "es"):
        with override(language):
            written.append(formats.short_figure(value))
    assert written == [en, fr, es]


def test_a_million_is_the_first_figure_in_words() -> None:
    with override("en"):
        assert formats.short_figure(1_000_000) == f"1{NB}million"
        assert formats.short_figure(-1_000_000) == f"{MINUS}1{NB}million"


def test_a_short_amount_carries_its_currency_as_the_language_writes_it() -> None:
    with override("en"):
        assert (formats.short_money(2_500_000), formats.short_money(5, "SEK")) == (
            f"USD{NB}2.5{NB}million",
            f"SEK{NB}5",
        )
    with override("es"):
        assert formats.short_money(2_500_000) == f"2,5{NB}millones{NB}USD"


def test_a_language_without_long_words_of_size_has_short_ones() -> None:
    with override("zh-hans"):
        assert formats.short_figure(2_500_000) == "250万"


@pytest.mark.parametrize(
    ("ratio", "places", "expected"),
    [
        (Decimal("0.7"), 0, "70%"), (1, 0, "100%"), (Decimal("0.005"), 0, "0%"), (Decimal("0.015"), 0, "2%"),
        (Decimal("-0.055"), 0, f"{MINUS}6%"), (Decimal("12.345"), 0, "1,234%"), (Decimal("0.123456"), 2, "12.35%"),
        (Decimal("0.5"), 2, "50.00%"), (Decimal("0.0051"), 0, "1%"), (0, 1, "0.0%"),
    ],
)  # fmt: skip
def test_a_percentage_has_the_places_asked_for(ratio: Decimal | int, places: int, expected: str) -> None:
    with override("en"):
        assert formats.percent(ratio, places) == expected


def test_a_percentage_has_none_unless_asked_for() -> None:
    with override("en"):
        assert formats.percent(Decimal("0.126")) == "13%"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("100", "100"),
        ("1234.50", "1,234.5"),
        ("0.10", "0.1"),
        ("-0.5", f"{MINUS}0.5"),
        ("1E+3", "1,000"),
        ("20.00", "20"),
    ],
)
def test_a_decimal_keeps_the_zeros_of_its_whole_and_loses_those_behind(value: str, expected: str) -> None:
    with override("en"):
        assert formats.plain_figure(Decimal(value)) == expected


@pytest.mark.parametrize(
    ("amount", "places", "expected"),
    [
        ("0.005", 2, "0.00"),
        ("0.015", 2, "0.02"),
        ("0.0051", 2, "0.01"),
        ("2.5", 0, "2"),
        ("-2.5", 0, "-2"),
        ("3.5", 0, "4"),
    ],
)
def test_halves_are_rounded_to_even(amount: str, places: int, expected: str) -> None:
    assert str(formats.rounded(Decimal(amount), places)) == expected


def test_rounding_is_that_of_the_page_whatever_the_process_does() -> None:
    with localcontext(rounding=ROUND_UP):
        assert str(formats.rounded(Decimal("0.0051"), 2)) == "0.01"
        assert str(formats.rounded(Decimal("0.0049"), 2)) == "0.00"


def test_figures_of_a_table_are_written_like_single_ones() -> None:
    for language in ("en", "fr", "es"):
        with override(language):
            for places in (0, 2):
                write = formats.figures(places)
                for value in (Decimal("1234.565"), Decimal("-0.5"), 12345, -1234567):
                    assert write(value) == formats.figure(value, places)


def test_a_currency_has_its_own_number_of_decimals_in_each_place() -> None:
    assert [formats.minor_units(currency) for currency in ("USD", "JPY", "KWD")] == [2, 0, 3]


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "September 2008"), ("fr", "septembre 2008"), ("es", "septiembre de 2008")]
)
def test_a_month_is_written_in_the_language(language: str, expected: str) -> None:
    with override(language):
        assert formats.month(date(2008, 9, 15)) == expected


WEST, EAST = timezone(timedelta(hours=-5)), timezone(timedelta(hours=8))


def test_a_moment_is_said_in_the_zone_of_the_fund_and_its_day_too() -> None:
    late = datetime(2008, 9, 30, 23, 30, tzinfo=WEST)
    with override("en"):
        assert formats.date_time(late) == f"1 October 2008, 04:30{NB}UTC"
        assert (formats.long_date(late), formats.short_date(late)) == ("1 October 2008", f"1{NB}Oct{NB}2008")
        assert formats.month(late) == "October 2008"
        assert formats.clock_time(datetime(2008, 9, 15, 9, 5, tzinfo=EAST)) == f"01:05{NB}UTC"


def test_a_fund_in_another_zone_names_it() -> None:
    with override("en"), set_zone(timezone(timedelta(hours=8), "FUND")):
        assert formats.date_time(datetime(2008, 9, 15, 18, 5, tzinfo=UTC)) == f"16 September 2008, 02:05{NB}FUND"


def test_a_moment_without_a_zone_is_of_the_fund() -> None:
    with override("en"):
        assert formats.clock_time(datetime(2008, 9, 15, 9, 5)) == f"09:05{NB}UTC"
        assert formats.long_date(datetime(2008, 9, 15, 23, 59)) == "15 September 2008"


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(days=1), "in 1 day"),
        (timedelta(days=1, hours=23), "in 2 days"),
        (timedelta(hours=23, minutes=40), "in 24 hours"),
        (timedelta(days=-1), "1 day ago"),
        (timedelta(hours=-23), "23 hours ago"),
        (timedelta(seconds=30), "in 1 minute"),
        (timedelta(minutes=59), "in 59 minutes"),
    ],
)
def test_time_left_is_whole_days_from_one_day_on(left: timedelta, expected: str) -> None:
    now = datetime(2008, 9, 15, tzinfo=UTC)
    with override("en"):
        assert formats.time_left(now + left, now) == expected


@pytest.mark.parametrize(
    ("language", "to_come", "gone"),
    [
        ("en", "in 3 days", "2 hours ago"),
        ("fr", "dans 3 jours", "il y a 2 heures"),
        ("es", "dentro de 3 días", "hace 2 horas"),
    ],
)
def test_time_left_is_said_in_the_language(language: str, to_come: str, gone: str) -> None:
    now = datetime(2008, 9, 15, tzinfo=UTC)
    with override(language):
        assert formats.time_left(now + timedelta(days=3), now) == to_come
        assert formats.time_left(now - timedelta(hours=2), now) == gone


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, f"1{NB}kB"), (1499, f"1{NB}kB"), (1501, f"2{NB}kB"), (999_499, f"999{NB}kB"), (999_999, f"1,000{NB}kB"),
        (1_000_000, f"1.0{NB}MB"), (1_050_000, f"1.0{NB}MB"), (1_150_000, f"1.2{NB}MB"), (1_234_567_890, f"1,234.6{NB}MB"),
    ],
)  # fmt: skip
def test_a_file_is_at_least_a_kilobyte_and_in_megabytes_from_a_million_on(size: int, expected: str) -> None:
    with override("en"):
        assert formats.file_size(size) == expected


def test_a_machine_reads_days_and_moments_in_utc() -> None:
    assert formats.iso(date(2008, 9, 15)) == "2008-09-15"
    assert formats.iso(datetime(2008, 9, 15, 23, 30, tzinfo=WEST)) == "2008-09-16T04:30:00+00:00"


def test_a_text_may_be_lazy_or_missing() -> None:
    assert (formats.text(None), formats.text(""), formats.text(lazystr("later")), formats.text("now")) == (
        "",
        "",
        "later",
        "now",
    )


def test_where_no_language_is_active_it_is_english() -> None:
    deactivate_all()
    assert formats.money(Decimal("1234.5")) == f"USD{NB}1,234.50"


def test_english_is_british_and_a_language_may_name_its_script() -> None:
    with override("en"):
        assert str(formats.locale()) == "en_GB"
    with override("zh-hans"):
        assert str(formats.locale()) == "zh_Hans"
    with override("fr"):
        assert str(formats.locale()) == "fr"


def test_a_currency_without_a_name_is_its_code_and_others_are_named() -> None:
    with override("en"):
        assert (formats.currency_name("SEK"), formats.country_name("SE"), formats.language_name("es")) == (
            "Swedish Krona",
            "Sweden",
            "Spanish",
        )
