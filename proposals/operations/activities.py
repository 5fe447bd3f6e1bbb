"""Activities outside the fund: recorded, amended and withdrawn by the secretariat, from a source that is named."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.countries import country_choices
from alliance.core.errors import NotAllowed, Refused
from alliance.core.references import next_reference
from alliance.core.states import advance
from alliance.core.valid import require_valid
from alliance.people.models import Organisation, User
from alliance.register import operation, record
from funds.operations.valuation import check_amount
from proposals import permissions
from proposals.models import OutsideActivity
from proposals.operations.rows import known_themes, required


@dataclass(frozen=True)
class Particulars:
    """Who does what where and when outside the fund, and where that is known from. The amount is in its own currency."""

    organisation: Organisation
    title: str
    language: str
    themes: list[str]
    countries: list[str]
    starts_on: date
    ends_on: date
    source: str
    source_url: str = ""
    amount: Decimal | None = None
    currency: str = ""


@operation
def record_activity(*, by: User, particulars: Particulars) -> OutsideActivity:
    """Put an activity that is not the fund's on the public record. Raises Refused for the field that does not fit."""
    _require_secretariat(by)
    activity = OutsideActivity(
        reference=next_reference("ACT"), recorded_by=by, recorded_at=clock.now(), **_checked(particulars)
    )
    require_valid(activity)
    activity.save()
    record("activity.recorded/1", by=by, rows=[activity], facts=_facts(activity), public=True)
    return activity


@operation
def amend_activity(*, by: User, activity: OutsideActivity, particulars: Particulars) -> OutsideActivity:
    """Correct what is recorded; what was said before stays in the register."""
    _require_secretariat(by)
    activity = _locked(activity)
    advance(activity, "amend")
    for name, value in _checked(particulars, kept=activity.themes).items():
        setattr(activity, name, value)
    activity.amended_at = clock.now()
    require_valid(activity)
    activity.save()
    record("activity.amended/1", by=by, rows=[activity], facts=_facts(activity), public=True)
    return activity


@operation
def withdraw_activity(*, by: User, activity: OutsideActivity, reason: str) -> OutsideActivity:
    """Take an activity off the public pages, with the reason. It stays on record."""
    _require_secretariat(by)
    reason = required(reason, _("Say why."), "reason")
    activity = _locked(activity)
    advance(activity, "withdraw")
    activity.withdrawn_at, activity.withdrawn_by, activity.withdrawn_why = clock.now(), by, reason
    activity.save(update_fields=["state", "withdrawn_at", "withdrawn_by", "withdrawn_why"])
    record("activity.withdrawn/1", by=by, rows=[activity], facts=_facts(activity), public=True)
    return activity


def _require_secretariat(by: User) -> None:
    if not permissions.may_record_activities(by):
        raise NotAllowed(_("Activities outside the fund are recorded by the secretariat."))


def _locked(activity: OutsideActivity) -> OutsideActivity:
    rows = OutsideActivity.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("organisation").get(pk=activity.pk)


def _checked(given: Particulars, *, kept: list[str] | None = None) -> dict[str, Any]:
    """Return the columns. `kept` are themes that an activity may keep although they cannot be chosen any more."""
    if given.ends_on < given.starts_on:
        raise Refused(_("The end comes before the start."), field="ends_on")
    if given.organisation.confirmed_at is None:
        raise Refused(_("This organisation is not confirmed."), field="organisation")
    if (given.amount is None) != (given.currency == ""):
        raise Refused(_("Give an amount with its currency, or neither."), field="amount")
    if given.amount is not None:
        check_amount(given.amount, given.currency)
    return {
        **vars(given),
        "title": required(given.title, _("Give the activity its title."), "title"),
        "source": required(given.source, _("Say where this is known from."), "source"),
        "themes": _known_themes(given.themes, kept or []),
        "countries": _known_countries(given.countries),
    }


def _known_themes(codes: list[str], kept: list[str]) -> list[str]:
    if not codes:
        raise Refused(_("Choose at least one theme."), field="themes")
    return known_themes(codes, kept=kept)


def _known_countries(codes: list[str]) -> list[str]:
    if not codes:
        raise Refused(_("Name at least one country."))
    if strange := sorted(set(codes) - {code for code, _name in country_choices()}):
        raise Refused(_("“%(code)s” is no country.") % {"code": strange[0]})
    return sorted(set(codes))


def _facts(activity: OutsideActivity) -> dict[str, Any]:
    return {
        "activity": activity.reference, "organisation": activity.organisation.slug, "themes": activity.themes,
        "countries": activity.countries, "starts_on": activity.starts_on, "ends_on": activity.ends_on,
        "amount": activity.amount, "currency": activity.currency,
    }  # fmt: skip
