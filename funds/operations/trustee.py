"""The fund's trustee: appointed for a time, followed by another, never two on one day."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from alliance.access import require
from alliance.core import clock
from alliance.core.errors import Refused
from alliance.core.turns import wait_in_turn
from alliance.people.models import Organisation, User
from alliance.register import operation, record
from funds import permissions
from funds.models import Period, TrusteeTerm
from funds.operations.valuation import check_fee_percent


@operation
def appoint_trustee(
    *, by: User, organisation: Organisation, agreement: str, starts_on: date, fee_percent: Decimal
) -> TrusteeTerm:
    """Appoint the fund's trustee from a day on; the term that runs ends the day before (R95).

    The fee, in per cent of a deposit, is proposed for agreements signed from then on; those signed before keep theirs.
    Raises Refused when the day is not after the start of the term before, or, for a change, when a closed period ends after it:
    its statements name the former trustee. NotAllowed for anyone but the head.
    """
    require(permissions.may_appoint_trustee(by), _("The head of the secretariat appoints the trustee."))
    wait_in_turn("funds.trustee")
    if not agreement.strip():
        raise Refused(_("Name the agreement with the trustee."), field="agreement")
    check_fee_percent(fee_percent)
    former = _ended(starts_on)
    term = TrusteeTerm.objects.create(
        organisation=organisation, agreement=agreement.strip(), starts_on=starts_on, fee_percent=fee_percent,
        appointed_by=by, appointed_at=clock.now(),
    )  # fmt: skip
    facts = {"trustee": organisation.slug, "from": starts_on, "fee_percent": fee_percent}
    if former:
        facts["former"] = former.organisation.slug
    record("trustee.appointed/1", by=by, rows=[*([former] if former else []), term], facts=facts, public=True)
    return term


def _ended(starts_on: date) -> TrusteeTerm | None:
    """Return the newest term, ended the day before the next one starts; none at the first appointment."""
    former = TrusteeTerm.objects.select_for_update(of=("self",), no_key=True).newest()
    if former is None:
        return None
    if starts_on <= former.starts_on:
        raise Refused(_("The term before began on this day or later: a new one starts after it."), field="starts_on")
    # A later period too: an earlier one without a posting may still be open.
    if Period.objects.filter(ends_on__gte=starts_on, state=Period.State.CLOSED).exists():
        raise Refused(
            _("This day lies in a closed accounting period: its statements name the trustee of then."),
            field="starts_on",
        )
    if former.ends_on is None:
        former.ends_on = starts_on - timedelta(days=1)
        former.save(update_fields=["ends_on"])
    return former
