"""Who may open and send what: every address, every persona, own and foreign organisation, and whose roles have ended.

`tests/data/access.toml` holds the answers to GET and to a POST with nothing filled in, written down and read by people; an address
without a row fails, and so does a row without an address. Each request is undone before the next.
"""

import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from alliance.core import clock
from alliance.people.operations.invitations import secret_of
from alliance.records.unsubscribing import token_of
from tests.conftest import PERSONA_KEYS
from tests.labels import wrong_labels
from tests.world import person, played, signed_in

TABLE = Path(__file__).parent / "data" / "access.toml"
EVERYONE = ("visitor", "stranger", "ended", *PERSONA_KEYS)
IN_COOKIES = "django.contrib.sessions.backends.signed_cookies"

# What to put into an address; a name without arguments needs no line here.
ARGUMENTS: dict[str, Callable[[dict[str, Any]], list[Any]]] = {
    "account_confirm_email": lambda t: ["not-a-link"],
    "account_reset_password_from_key": lambda t: ["1", "not-a-key"],
    "records:notice": lambda t: [t["notice"].pk],
    "people:accept": lambda t: [secret_of(t["invitation"])],
    "people:invitation_again": lambda t: [t["invitation"].uid],
    "people:invitation_withdraw": lambda t: [t["invitation"].uid],
    "people:organisation_confirm": lambda t: ["made-up-league"],
    "people:person": lambda t: [t["invitation"].invited_by.uid],
    "people:factors_remove": lambda t: [t["invitation"].invited_by.uid],
    "people:role_new": lambda t: [t["invitation"].invited_by.uid],
    "people:role_end": lambda t: role_of("agency@demo.example"),
    "people:people_of": lambda t: ["iom"],
    "people:people_of_invite": lambda t: ["iom"],
    "records:mail_again": lambda t: ["00000000-0000-0000-0000-000000000000"],
    "unsubscribe": lambda t: [token_of(t["notice"])],
    "jobs:job": lambda t: [t["job"].uid],
    "jobs:job_file": lambda t: [t["job"].uid],
    "funds:pledge": lambda t: [t["pledge"].reference],
    "funds:pledge_acknowledge": lambda t: [t["pledge"].reference],
    "funds:pledge_amend": lambda t: [t["pledge"].reference],
    "funds:pledge_cancel": lambda t: [t["pledge"].reference],
    "funds:pledge_accept": lambda t: [t["pledge"].reference],
    "funds:pledge_write_off": lambda t: [t["pledge"].reference],
    "funds:agreement": lambda t: [t["deposit"].agreement.reference],
    "funds:agreement_amend": lambda t: [t["deposit"].agreement.reference],
    "funds:agreement_document_new": lambda t: [t["deposit"].agreement.reference],
    "funds:agreement_document": lambda t: [t["deposit"].agreement.reference, "00000000-0000-0000-0000-000000000000"],
    "funds:agreement_cancel": lambda t: [t["deposit"].agreement.reference],
    "funds:deposit": lambda t: [t["deposit"].reference],
    "funds:donor": lambda t: ["sweden-mfa"],
    "funds:donor_stage": lambda t: ["sweden-mfa"],
    "funds:non_cash_pledge": lambda t: [t["non_cash"].reference],
    "funds:non_cash_acknowledge": lambda t: [t["non_cash"].reference],
    "funds:non_cash_deliver": lambda t: [t["non_cash"].reference],
    "funds:non_cash_cancel": lambda t: [t["non_cash"].reference],
    "funds:alias_new": lambda t: ["sweden-mfa"],
    "funds:alias_withdraw": lambda t: ["sweden-mfa", 0],
    "funds:donor_next_step": lambda t: ["sweden-mfa"],
    "funds:due_diligence_new": lambda t: ["sweden-mfa"],
    "funds:due_diligence_file": lambda t: ["sweden-mfa", "00000000-0000-0000-0000-000000000000"],
    "funds:payment": lambda t: [t["payment"].reference],
    "funds:payment_authorise": lambda t: [t["payment"].reference],
    "funds:payment_pay": lambda t: [t["payment"].reference],
    "funds:payment_confirm": lambda t: [t["payment"].reference],
    "funds:payment_cancel": lambda t: [t["payment"].reference],
    "funds:voucher": lambda t: [t["voucher"].reference],
    "funds:voucher_kind": lambda t: ["bank_charges"],
    "funds:voucher_authorise": lambda t: [t["voucher"].reference],
    "funds:voucher_cancel": lambda t: [t["voucher"].reference],
    "funds:voucher_document": lambda t: [t["voucher"].reference],
    "funds:window_status": lambda t: ["W1"],
    "funds:period_close": lambda t: ["2007"],
    "funds:rate_check": lambda t: ["00000000-0000-0000-0000-000000000000"],
    "funds:import_check": lambda t: ["00000000-0000-0000-0000-000000000000"] * 2,
    "funds:account": lambda t: ["pool:GEN"],
    "funds:import_batch": lambda t: ["IMP-2008-9999"],
    "open_register:ledger": lambda t: ["beancount"],
    "proposals:call": lambda t: [t["call"].reference],
    "proposals:activity": lambda t: [t["activity"].reference],
    "proposals:activity_edit": lambda t: [t["activity"].reference],
    "proposals:activity_withdraw": lambda t: [t["activity"].reference],
    "proposals:waiting_prepare": lambda t: ["DEC-2008-999"],
    "proposals:waiting_fund": lambda t: ["DEC-2008-999"],
    "proposals:proposal": lambda t: [t["draft"].reference],
    "proposals:documents": lambda t: [t["draft"].reference],
    "proposals:draft_file": lambda t: [t["draft"].reference, t["attachment"].file.uid],
    "proposals:document_remove": lambda t: [t["draft"].reference, t["attachment"].file.uid],
    "proposals:section": lambda t: [t["draft"].reference, "context"],
    "proposals:co_authors": lambda t: [t["draft"].reference],
    "proposals:co_author_remove": lambda t: [t["draft"].reference, "00000000-0000-0000-0000-000000000000"],
    "proposals:submit": lambda t: [t["draft"].reference],
    "proposals:withdraw": lambda t: [t["draft"].reference],
    "proposals:compare": lambda t: [t["proposal"].reference],
    "proposals:version": lambda t: [t["proposal"].reference, 1],
    "proposals:receipt": lambda t: [t["proposal"].reference, 1],
    "proposals:check": lambda t: [t["submitted"].reference, 1],
    "proposals:return": lambda t: [t["submitted"].reference, 1],
    "proposals:version_file": lambda t: [t["proposal"].reference, 1, t["attachment"].file.uid],
    "proposals:project": lambda t: [t["project"].reference],
    "proposals:condition": lambda t: [t["project"].reference, 1],
    "proposals:contract_new": lambda t: [t["project"].reference, "iom"],
    "proposals:complete": lambda t: [t["project"].reference],
    "proposals:close": lambda t: [t["project"].reference],
    "proposals:contract": lambda t: [t["contract"].reference],
    "proposals:contract_edit": lambda t: [t["contract"].reference],
    "proposals:offer": lambda t: [t["contract"].reference],
    "proposals:sign": lambda t: [t["contract"].reference],
    "proposals:cancel": lambda t: [t["contract"].reference],
    "proposals:contract_document": lambda t: [t["contract"].reference],
    "proposals:contract_document_file": lambda t: [t["contract"].reference, t["job"].uid],
    "proposals:tranche_prepare": lambda t: [t["contract"].reference, 2],
    "proposals:report": lambda t: [t["report"].reference],
    "proposals:report_write": lambda t: [t["due_report"].reference],
    "proposals:report_submit": lambda t: [t["due_report"].reference],
    "proposals:report_accept": lambda t: [t["report"].reference],
    "proposals:report_return": lambda t: [t["report"].reference],
    "governance:decision": lambda t: [t["open_decision"].reference],
    "governance:receipt": lambda t: [t["open_decision"].reference, "none"],
    "governance:recusal": lambda t: [t["open_decision"].reference],
    "governance:opening": lambda t: [t["open_decision"].reference],
    "governance:close": lambda t: [t["open_decision"].reference],
    "governance:defer": lambda t: [t["open_decision"].reference],
    "governance:cancel": lambda t: [t["open_decision"].reference],
    "governance:table": lambda t: [t["eligible"].reference, 1],
    "governance:session": lambda t: [t["session"].reference],
    "governance:appointment": lambda t: [1],
    "reporting:project": lambda t: [t["project"].reference],
    "reporting:decision": lambda t: [t["closed_decision"].reference],
    "reporting:organisation": lambda t: ["iom"],
    "reporting:entry": lambda t: [1],
    "reporting:summit": lambda t: ["BRU2007"],
    "reporting:recommendation": lambda t: ["B04"],
    "reporting:forum_report_figures": lambda t: ["MNL2008"],
    "reporting:forum_report_publish": lambda t: [t["job"].uid],
    "reporting:forum_report_file": lambda t: [t["job"].uid],
    "reporting:donor_area": lambda t: ["sweden-mfa"],
    "reporting:donor_statement_pdf": lambda t: ["sweden-mfa"],
    "reporting:donor_statement_xlsx": lambda t: ["sweden-mfa"],
    "reporting:statement": lambda t: ["sources-and-uses"],
    "reporting:statement_pdf": lambda t: ["sources-and-uses"],
    "api:activity": lambda t: [t["activity"].reference],
    "api:project": lambda t: [t["project"].reference],
    "api:decision": lambda t: [t["closed_decision"].reference],
}


def role_of(email: str) -> list[Any]:
    """Return what names the first role of this person in an address."""
    from alliance.people.models import Membership

    membership = Membership.objects.filter(user__email=email).select_related("user").earliest("pk")
    return [membership.user.uid, membership.pk]


def ended_today(head: Any) -> Any:
    """Return somebody who held each role until a moment ago."""
    from alliance.people.models import Membership, Organisation, Role, User
    from alliance.people.operations import end_membership, give_role

    person = User.objects.create_user("ended@demo.example", "alliance-demo", name="Edda Ended")
    for slug, role in (("iom", role) for role in Role):
        give_role(
            by=head, user=person, organisation=Organisation.objects.get(slug=slug), role=role, starts_on=clock.today()
        )
    for membership in Membership.objects.filter(user=person):
        end_membership(by=head, membership=membership)
    return person


def addresses(resolver: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """Walk every address of the portal by its name."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, space + (f"{pattern.namespace}:" if pattern.namespace else ""))
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"the address {pattern.pattern} has no name"
            yield space + pattern.name


@cache
def table() -> dict[str, dict[str, str]]:
    return tomllib.loads(TABLE.read_text())


def expected(row: dict[str, str], persona: str) -> str:
    """Return "GET POST" for this persona: its own cell, or the row's `others`. Whose roles have ended is a stranger."""
    persona = "stranger" if persona == "ended" else persona
    named = [answer for people, answer in row.items() if persona in people.split()]
    return named[0] if named else row["others"]


def answers(client: Client, address: str, place: str) -> str:
    return " ".join(_answer(client, verb, address, place) for verb in ("get", "post"))


def _answer(client: Client, verb: str, address: str, place: str) -> str:
    """Ask once and undo it; a POST brings nothing but the form's key. Signing out is undone too."""
    cookies = client.cookies.copy()
    answer = getattr(client, verb)(address, {"key": "k"} if verb == "post" else None)
    client.cookies = cookies
    transaction.set_rollback(False)
    transaction.savepoint_rollback(place)
    if verb == "get" and answer.headers.get("Content-Type", "").startswith("text/html"):
        assert wrong_labels(answer.content.decode()) == [], address
    if answer.status_code == 302 and "/sign-in/" in answer.url:
        return "sign-in"
    return str(answer.status_code)


def found(world: dict[str, Any], clients: dict[str, Client], name: str) -> dict[str, str]:
    address, place = reverse(name, args=ARGUMENTS.get(name, lambda _: [])(world)), transaction.savepoint_create()
    return {persona: answers(client, address, place) for persona, client in clients.items()}


@pytest.fixture(scope="module")
def world(demonstration_played: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), played() as objects:
        yield objects


@pytest.fixture(scope="module")
def clients(world: dict[str, Any]) -> Iterator[dict[str, Client]]:
    """A browser of each persona; its session is in its cookie, and of a page it keeps the text alone."""
    from alliance.people.models import User

    User.objects.create_user("stranger@demo.example", "alliance-demo", name="Sam Stranger")
    ended_today(person("head"))
    with override_settings(SESSION_ENGINE=IN_COOKIES), pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.test.client.store_rendered_templates", lambda *_, **__: None)
        yield {"visitor": Client()} | {key: signed_in(key) for key in EVERYONE[1:]}


def test_every_address_has_a_row_and_every_row_an_address():
    assert sorted(set(addresses())) == sorted(table())


@pytest.mark.django_db
@pytest.mark.requirement("D3", "R64")
@pytest.mark.parametrize("name", sorted(table()))
def test_access(world, clients, name):
    row = table()[name]
    assert found(world, clients, name) == {persona: expected(row, persona) for persona in clients}
