"""XML of the files' rows, an element at a time: nothing is kept once it is written."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import IO, Any

from lxml import etree

from reporting.iati import codes
from reporting.iati.shape import (
    Activities,
    Activity,
    Coded,
    Head,
    Link,
    Measured,
    OrganisationFile,
    Party,
    Text,
    Transaction,
    Year,
)

XML = "http://www.w3.org/XML/1998/namespace"
LANGUAGE = f"{{{XML}}}lang"
# What XML cannot hold: control characters, halves of surrogate pairs, and two that are none.
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
type Element = Any


def write_activities(found: Activities, target: IO[bytes]) -> None:
    with _file(target, "iati-activities", found.head) as file:
        for activity in found.activities:
            _activity(file, activity, found.head)


def write_organisation(found: OrganisationFile, target: IO[bytes]) -> None:
    head = found.head
    with _file(target, "iati-organisations", head) as file, _unit(file, "iati-organisation", head):
        _put(file, _node("organisation-identifier", head.reporter.ref))
        _put(file, _texts("name", head.name))
        _put(file, _reporter(head))
        for year in found.spending:
            _put(file, _year("total-expenditure", year))
        for link in found.links:
            _put(file, _link(link))


@contextmanager
def _file(target: IO[bytes], name: str, head: Head) -> Iterator[Any]:
    with etree.xmlfile(target, encoding="UTF-8") as file:
        file.write_declaration()
        with file.element(name, {"version": codes.VERSION, "generated-datetime": head.at.isoformat()}):
            file.write("\n")
            yield file
    target.write(b"\n")


@contextmanager
def _unit(file: Any, name: str, head: Head, **more: str) -> Iterator[None]:
    attributes = {LANGUAGE: "en", "default-currency": head.currency, **more}
    with file.element(name, attributes, nsmap={"xml": XML}):
        file.write("\n")
        yield
    file.write("\n")


def _put(file: Any, element: Element) -> None:
    file.write(element)
    file.write("\n")


def _activity(file: Any, activity: Activity, head: Head) -> None:
    with _unit(file, "iati-activity", head, humanitarian="0"):
        for element in _before_money(activity, head):
            _put(file, element)
        for transaction in activity.transactions:
            _put(file, _transaction(transaction))
        for element in _after_money(activity):
            _put(file, element)


def _before_money(activity: Activity, head: Head) -> Iterator[Element]:
    yield _node("iati-identifier", activity.identifier)
    yield _reporter(head, secondary="0")
    yield _texts("title", activity.title)
    for kind, text in activity.descriptions:
        yield _texts("description", text, type=kind)
    for role, one in activity.participants:
        yield _party("participating-org", one, "activity-id", role=role)
    for kind, identifier in activity.other_identifiers:
        owner = _node("owner-org", _narrative(head.reporter.name), ref=head.reporter.ref)
        yield _node("other-identifier", owner, ref=identifier, type=kind)
    yield _node("activity-status", code=activity.status)
    for kind, day in activity.dates:
        yield _node("activity-date", type=kind, iso_date=day)
    yield _node("activity-scope", code=activity.scope)
    yield from _classified(activity)
    kind = codes.REVISED if activity.are_budgets_revised else codes.ORIGINAL
    for year in activity.budgets:
        yield _year("budget", year, type=kind, status=codes.INDICATIVE)


def _classified(activity: Activity) -> Iterator[Element]:
    for country in activity.countries:
        yield _coded("recipient-country", country)
    if not activity.countries:
        yield _coded("recipient-region", Coded(codes.UNSPECIFIED, "1"))
    for sector in activity.sectors:
        yield _coded("sector", sector)
    for tag in activity.tags:
        yield _coded("tag", tag)
    for marker in activity.markers:
        yield _coded("policy-marker", marker)
    yield _node("collaboration-type", code="4")
    yield _node("default-flow-type", code="10")
    yield _node("default-finance-type", code="110")
    yield _node("default-aid-type", code=activity.aid_type, vocabulary="1")


def _after_money(activity: Activity) -> Iterator[Element]:
    for link in activity.links:
        yield _link(link)
    yield _node("conditions", attached="1" if activity.has_conditions else "0")
    planned = dict(activity.dates)
    if activity.results:
        first, last = planned[codes.PLANNED_START], planned[codes.PLANNED_END]
        indicators = (_indicator(one, first, last) for one in activity.results)
        yield _node("result", _texts("title", (("en", "Results framework"),)), *indicators, type="9")


def _transaction(row: Transaction) -> Element:
    parts = [
        _node("transaction-type", code=row.code),
        _node("transaction-date", iso_date=row.on),
        _value(row.amount, row.on),
        _texts("description", (("en", row.words),)),
    ]
    if row.provider:
        parts.append(_party("provider-org", row.provider, "provider-activity-id"))
    if row.receiver:
        parts.append(_party("receiver-org", row.receiver, "receiver-activity-id"))
    if row.aid_type:
        parts.append(_node("aid-type", code=row.aid_type, vocabulary="1"))
    return _node("transaction", *parts, ref=row.ref)


def _indicator(row: Measured, first: date, last: date) -> Element:
    period = [
        _node("period-start", iso_date=first),
        _node("period-end", iso_date=last),
        _node("target", value=_figure(row.target)),
    ]
    if row.actual is not None:
        comment = _texts("comment", (("en", f"As of report {row.said_in}"),))
        period.append(_node("actual", comment, value=_figure(row.actual)))
    parts = [_texts("title", (("en", row.statement),))]
    if row.baseline is not None:
        parts.append(_node("baseline", year=str(first.year), value=_figure(row.baseline)))
    ascending = "1" if row.is_ascending else "0"
    return _node("indicator", *parts, _node("period", *period), measure=row.measure, ascending=ascending)


def _year(name: str, row: Year, **attributes: str) -> Element:
    line = "expense-line" if name == "total-expenditure" else "budget-line"
    parts = [
        _node(line, _value(amount, row.value_on), _narrative(words), ref=code) for code, amount, words in row.parts
    ]
    return _node(
        name,
        _node("period-start", iso_date=row.starts_on),
        _node("period-end", iso_date=row.ends_on),
        _value(row.amount, row.value_on),
        *parts,
        **attributes,
    )


def _value(amount: Decimal, on: date) -> Element:
    return _node("value", f"{amount:.2f}", value_date=on)


def _figure(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _coded(name: str, row: Coded) -> Element:
    attributes = {
        "vocabulary": row.vocabulary,
        "vocabulary-uri": row.page,
        "code": row.code,
        "significance": row.significance,
        "percentage": "" if row.percent is None else _figure(row.percent),
    }
    return _texts(name, row.name, **_filled(attributes))


def _link(row: Link) -> Element:
    kinds = [_node("category", code=code) for code in row.categories]
    title = _texts("title", (("en", row.title),))
    return _node("document-link", title, *kinds, _node("language", code="en"), format="text/html", url=row.url)


def _reporter(head: Head, secondary: str = "") -> Element:
    attributes = {"ref": head.reporter.ref, "type": head.reporter.kind, "secondary-reporter": secondary}
    return _texts("reporting-org", head.name, **_filled(attributes))


def _party(name: str, row: Party, activity: str, **attributes: str) -> Element:
    attributes |= {"ref": row.ref, "type": row.kind, activity: row.activity}
    return _node(name, _narrative(row.name), **_filled(attributes))


def _filled(attributes: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if value}


def _texts(name: str, text: Text, **attributes: str) -> Element:
    """Return an element with a text in each language; the file's own is not named again."""
    return _node(name, *(_narrative(words, language) for language, words in text), **attributes)


def _narrative(words: str, language: str = "en") -> Element:
    element = _node("narrative", words)
    if language != "en":
        element.set(LANGUAGE, language)
    return element


def _node(name: str, *content: Any, **attributes: Any) -> Element:
    """Return an element of text and of elements; an attribute's name has a hyphen where Python's has a low line."""
    element = etree.Element(name)
    for key, value in attributes.items():
        element.set(key.replace("_", "-"), _written(value.isoformat() if isinstance(value, date) else value))
    for part in content:
        if isinstance(part, str):
            element.text = _written(part)
        else:
            element.append(part)
    return element


def _written(text: str) -> str:
    return UNWRITABLE.sub("", text)
