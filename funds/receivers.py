"""Who is told of this app's register entries."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.people.models import DONOR_ROLES, PARTNER_ROLES, Membership, Role, User
from alliance.register import declare
from funds import subjects
from funds.models import ReminderStage


def people(*roles: str, organisation: str | None = None) -> Iterable[User]:
    """People who hold one of the roles today, for that organisation when one is named."""
    held = Membership.objects.on(clock.today()).filter(role__in=roles)
    if organisation:
        held = held.filter(organisation__slug=organisation)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk")


def donors_people(body: dict[str, Any]) -> Iterable[User]:
    return people(*DONOR_ROLES, organisation=body["facts"]["donor"])


def payees_people(body: dict[str, Any]) -> Iterable[User]:
    return people(*PARTNER_ROLES, organisation=body["facts"]["payee"])


def whose_money(body: dict[str, Any]) -> Iterable[User]:
    """The people of the donor or payee whose deposit or payment was reversed; any other correction is told to nobody."""
    if "donor" in body["facts"]:
        return donors_people(body)
    return payees_people(body) if "payee" in body["facts"] else ()


def finance_officers(body: dict[str, Any]) -> Iterable[User]:
    return people(Role.FINANCE_OFFICER)


def both_sides(body: dict[str, Any]) -> Iterable[User]:
    """The donor's people and the finance officers."""
    pks = {person.pk for person in (*donors_people(body), *finance_officers(body))}
    return User.objects.filter(pk__in=pks).order_by("pk")


def officers(body: dict[str, Any]) -> Iterable[User]:
    return people(Role.OFFICER, Role.HEAD)


def owner(body: dict[str, Any]) -> Iterable[User]:
    """Whoever is to follow a donor up, unless it is who said so."""
    uid = body["facts"]["owner"]
    return User.objects.filter(uid=uid, is_active=True).exclude(uid=body["by"]) if uid else ()


def page(name: str, fact: str) -> Any:
    return lambda body: reverse(f"funds:{name}", args=[body["facts"][fact]])


def reversed_paper(body: dict[str, Any]) -> str | None:
    names = [name for name in ("deposit", "payment") if name in body["facts"]]
    return page(names[0], names[0])(body) if names else None


declare("windows.loaded/1", label=_("Fund, windows and periods set up"))
declare(
    "fund.status_set/1",
    label=_("Status of the fund changed"),
    told=officers,
    url=lambda body: reverse("funds:windows"),
    about=subjects.fund,
)
declare(
    "window.status_set/1",
    label=_("Status of a window changed"),
    told=officers,
    url=lambda body: reverse("funds:windows"),
    about=subjects.window,
)
declare("period.closed/1", label=_("Accounting period closed"), told=finance_officers, about=subjects.period)
declare(
    "accounts.closed/1", label=_("Accounts of a project closed"), told=finance_officers, about=subjects.closed_project
)
declare("rate.recorded/1", label=_("Rate of exchange recorded"))
declare(
    "rates.imported/1",
    label=_("Rates of exchange imported"),
    told=finance_officers,
    url=lambda body: reverse("funds:rates"),
    about=subjects.rates,
)
declare(
    "funding.requested/1",
    label=_("Funding requested"),
    told=officers,
    url=lambda body: reverse("funds:seed"),
    about=subjects.funding_request,
)
declare(
    "trustee.appointed/1",
    label=_("Trustee appointed"),
    told=officers,
    url=lambda body: reverse("funds:windows"),
    about=subjects.trustee,
)
declare("donor.registered/1", label=_("Donor registered"))
declare("donor.advanced/1", label=_("Donor moved on in the pipeline"))
declare(
    "donor.step_planned/1",
    label=_("Next step with a donor planned"),
    told=owner,
    url=page("donor", "donor"),
    about=subjects.next_step,
)
declare(
    "due_diligence.recorded/1",
    label=_("Due diligence recorded"),
    told=officers,
    url=page("donor", "donor"),
    about=subjects.diligence,
)
declare("donor.named/1", label=_("Another name of a donor added"))
declare("donor.name_withdrawn/1", label=_("Another name of a donor withdrawn"))
declare(
    "non_cash.pledged/1",
    label=_("Contribution not in cash pledged"),
    told=officers,
    url=page("non_cash_pledge", "pledge"),
    about=subjects.non_cash,
)
declare(
    "non_cash.acknowledged/1",
    label=_("Contribution not in cash acknowledged"),
    told=donors_people,
    url=page("non_cash_pledge", "pledge"),
    about=subjects.non_cash,
)
declare(
    "non_cash.delivered/1",
    label=_("Contribution not in cash delivered"),
    told=donors_people,
    url=page("non_cash_pledge", "pledge"),
    about=subjects.non_cash,
)
declare(
    "non_cash.cancelled/1",
    label=_("Contribution not in cash cancelled"),
    told=officers,
    url=page("non_cash_pledge", "pledge"),
    about=subjects.non_cash,
)
declare("prospect.noted/1", label=_("Pipeline entry noted"))
declare(
    "pledge.recorded/1", label=_("Pledge recorded"), told=officers, url=page("pledge", "pledge"), about=subjects.pledge
)
declare(
    "pledge.acknowledged/1",
    label=_("Pledge acknowledged"),
    told=donors_people,
    url=page("pledge", "pledge"),
    about=subjects.pledge,
)
declare(
    "pledge.amended/1", label=_("Pledge amended"), told=both_sides, url=page("pledge", "pledge"), about=subjects.pledge
)
declare(
    "pledge.cancelled/1",
    label=_("Pledge cancelled"),
    told=officers,
    url=page("pledge", "pledge"),
    about=subjects.pledge,
)
declare(
    "pledge.written_off/1",
    label=_("Pledge written off"),
    told=donors_people,
    url=page("pledge", "pledge"),
    about=subjects.pledge,
)
declare(
    "pledge.settled/1",
    label=_("Pledge accepted as paid"),
    told=donors_people,
    url=page("pledge", "pledge"),
    about=subjects.pledge,
)
declare(
    "pledge.reopened/1",
    label=_("Pledge open again"),
    told=donors_people,
    url=page("pledge", "pledge"),
    about=subjects.pledge,
)
declare(
    "agreement.signed/1",
    label=_("Contribution agreement signed"),
    told=donors_people,
    url=page("agreement", "agreement"),
    about=subjects.agreement,
)
declare(
    "agreement.amended/1",
    label=_("Contribution agreement amended"),
    told=donors_people,
    url=page("agreement", "agreement"),
    about=subjects.agreement,
)
declare("agreement.document_added/1", label=_("Document of an agreement added"))
declare(
    "agreement.completed/1",
    label=_("Contribution agreement fully paid"),
    told=donors_people,
    url=page("agreement", "agreement"),
    about=subjects.agreement,
)
declare(
    "agreement.reopened/1",
    label=_("Contribution agreement open again"),
    told=donors_people,
    url=page("agreement", "agreement"),
    about=subjects.agreement,
)
declare(
    "agreement.cancelled/1",
    label=_("Contribution agreement cancelled"),
    told=donors_people,
    url=page("agreement", "agreement"),
    about=subjects.agreement,
)
for _stage in ReminderStage:
    declare(
        f"instalment.{_stage.value}/1",
        label=_stage.label,
        told=both_sides,
        url=page("agreement", "agreement"),
        about=subjects.instalment,
    )
declare(
    "deposit.recorded/1",
    label=_("Deposit received"),
    told=donors_people,
    url=page("deposit", "deposit"),
    about=subjects.deposit,
)
declare(
    "contributions.imported/1",
    label=_("Contributions imported"),
    told=finance_officers,
    url=page("import_batch", "batch"),
    about=subjects.batch,
)
declare(
    "payment.prepared/1",
    label=_("Payment prepared"),
    told=finance_officers,
    url=page("payment", "payment"),
    about=subjects.payment,
    subject=_("Authorise payment %(what)s"),
    is_duty=True,
)
declare(
    "payment.authorised/1",
    label=_("Payment authorised"),
    told=finance_officers,
    url=page("payment", "payment"),
    about=subjects.payment,
)
declare(
    "payment.paid/1",
    label=_("Payment made"),
    told=payees_people,
    url=page("payment", "payment"),
    about=subjects.payment,
)
declare(
    "payment.acknowledged/1",
    label=_("Receipt of a payment confirmed"),
    told=finance_officers,
    url=page("payment", "payment"),
    about=subjects.payment,
)
declare(
    "payment.cancelled/1",
    label=_("Payment cancelled"),
    told=finance_officers,
    url=page("payment", "payment"),
    about=subjects.payment,
)
declare(
    "voucher.prepared/1",
    label=_("Voucher prepared"),
    told=finance_officers,
    url=page("voucher", "voucher"),
    about=subjects.voucher,
    subject=_("Authorise voucher %(what)s"),
    is_duty=True,
)
declare(
    "voucher.posted/1",
    label=_("Voucher authorised and posted"),
    told=finance_officers,
    url=page("voucher", "voucher"),
    about=subjects.voucher,
)
declare(
    "voucher.cancelled/1",
    label=_("Voucher cancelled"),
    told=finance_officers,
    url=page("voucher", "voucher"),
    about=subjects.voucher,
)

# Recorded by what moves money.
declare("project.funded/1", label=_("Money allocated to a project"))
declare("allocation.released/1", label=_("Unspent allocation released"))
declare("spending.posted/1", label=_("Spending posted"))
declare("refund.sent/1", label=_("Refund sent by a partner"), told=finance_officers, about=subjects.refund_of_partner)
declare("refund.received/1", label=_("Refund received from a partner"))
declare("interest.posted/1", label=_("Interest posted"))
declare("cost.posted/1", label=_("Cost posted"))
declare("donor.refunded/1", label=_("Money refunded to a donor"), told=donors_people, about=subjects.refund_to_donor)
declare("window.moved/1", label=_("Money moved between windows"))
declare(
    "posting.reversed/1", label=_("Posting reversed"), told=whose_money, url=reversed_paper, about=subjects.reversed_row
)
