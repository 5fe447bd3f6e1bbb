"""Figures, dates and names by language. The expected texts are written out: they are what readers see."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from babel import numbers
from django.utils.translation import override

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
