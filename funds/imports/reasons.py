"""Why a line of a file was refused or flagged: a code with its values, said in the reader's language.

Kept in the database as JSON, so that a page in French says in French what a command said in English.
"""

import json
from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

SAID = {
    "fields": _("The line has %(found)s fields, the heading has %(expected)s."),
    "control": _("The line holds characters that no text has."),
    "no_key": _("The line has no key."),
    "key_twice": _("The same key stands on line %(line)s."),
    "no_donor": _("The donor's name is missing."),
    "long": _("“%(column)s” is longer than %(most)s characters."),
    "donor_type": _("“%(value)s” is not a type of donor in the mapping."),
    "stage": _("“%(value)s” is not a stage in the mapping."),
    "amount": _("“%(value)s” in “%(column)s” is not an amount."),
    "negative": _("The amount in “%(column)s” is negative."),
    "large": _("The amount in “%(column)s” is larger than the accounts can hold."),
    "precision": _("The amount in “%(column)s” has more decimals than %(currency)s has."),
    "no_date": _("There is an amount in “%(column)s”, and no date."),
    "date": _("“%(value)s” in “%(column)s” is not a date in one of the forms of the mapping."),
    "future": _("The date in “%(column)s” lies in the future."),
    "no_currency": _("There is an amount in “%(column)s”, and no currency."),
    "currency": _("“%(value)s” in “%(column)s” is not a currency."),
    "no_pledge": _("The line is “%(stage)s” and names no pledged amount."),
    "no_deposit": _("The line is “paid” and names no amount received."),
    "pipeline_with_money": _("The line is in the pipeline, and yet agreed or paid."),
    "cancelled_with_money": _("The line is cancelled, and yet paid."),
    "paid_and_written_off": _("The line is paid, and yet written off."),
    "empty": _("The line names no amount."),
    "changed": _("This contribution was imported before with other content, as %(reference)s. Change it there."),
    "other_donor": _("“%(name)s” is known as a donor of another type."),
    "rule": _("%(text)s"),
    "scale": _("%(first)s and %(second)s differ %(times)s-fold; one of them may stand in another currency."),
    "currencies": _("%(first)s: %(first_currency)s; %(second)s: %(second_currency)s."),
    "file_empty": _("the file is empty"),
    "file_no_column": _("the file has no column “%(column)s”"),
    "file_columns": _("the file has more than one column “%(column)s”"),
    "file_cut": _("the file is cut short: line %(line)s ends after %(found)s of %(expected)s fields"),
    "file_quote": _("the file is cut short: a quotation opened on line %(line)s never closes"),
    "file_encoding": _("the file is not in the encoding %(encoding)s (byte %(byte)s)"),
    "file_utf8": _("the file is in the encoding utf-8, not %(encoding)s as the mapping says"),
    "file_line": _("line %(line)s cannot be read: %(error)s"),
    "mapping_toml": _("the mapping is not TOML: %(error)s"),
    "mapping_unknown": _("%(where)s has an unknown key: %(name)s"),
    "mapping_lacks": _("%(where)s lacks the key %(name)s"),
    "mapping_no_donor": _("the mapping has no [donor] table"),
    "mapping_no_stage": _("the mapping has no [pledge], [agreement] or [deposit] table"),
    "mapping_no_table": _("[%(name)s] is not a table"),
    "mapping_no_column": _("[%(table)s] %(name)s is not the name of a column"),
    "mapping_no_text": _("%(name)s is not a text"),
    "mapping_choice": _("%(name)s is “%(value)s”, and can be %(allowed)s"),
    "mapping_dates": _("dates is not a list of date forms such as “%(form)s”"),
    "mapping_encoding": _("“%(value)s” is not an encoding"),
    "mapping_value": _("[%(name)s] has “%(value)s”, and can have %(allowed)s"),
    "rate_date": _("“%(value)s” is not a date such as 2008-09-15."),
    "rate_currency": _("“%(value)s” is not a currency."),
    "rate_own": _("The fund's own currency needs no rate."),
    "rate_figure": _("“%(value)s” is not a rate: digits with a point as the decimal sign."),
    "rate_zero": _("A rate must be more than zero."),
    "rate_precision": _("A rate has at most twelve digits before the decimal sign and twelve after it."),
    "rate_no_source": _("Say where this rate comes from."),
    "rate_twice": _("The same currency and day stand on line %(line)s."),
    "rate_differs": _(
        "There is another rate for this day already: %(units)s, from %(source)s. A rate stays as it was entered."
    ),
    "paid_short": _("The line is “paid”, and less came in than was pledged in the same currency."),
}
NAMES = {"the mapping": _("the mapping"), "pledge": _("Pledge"), "agreement": _("Agreement"), "deposit": _("Deposit")}


class Reason(NamedTuple):
    """A code of SAID, with the values its sentence needs."""

    code: str
    values: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        values = {
            name: str(NAMES.get(value, value)) if name in ("first", "second", "where") else value
            for name, value in self.values
        }
        return str(SAID[self.code]) % values if values else str(SAID[self.code])


def reason(code: str, **values: object) -> Reason:
    return Reason(code, tuple((name, str(value)) for name, value in values.items()))


def kept(reasons: Iterable[Reason]) -> str:
    """Return the reasons as the database keeps them; nothing is the empty text."""
    items = [[item.code, dict(item.values)] for item in reasons]
    return json.dumps(items, ensure_ascii=False, sort_keys=True) if items else ""


def said(text: str) -> list[Reason]:
    """Return the reasons that were kept."""
    return [reason(code, **values) for code, values in json.loads(text)] if text else []
