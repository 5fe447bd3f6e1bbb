"""Writing a proposal: starting it, and saving its sections. Saving is not an act and leaves no entry."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import NotAllowed, Refused, Text
from alliance.core.references import next_reference
from alliance.forum.models import Objective, Recommendation
from alliance.people.models import PARTNER_ROLES, Organisation, OrganisationKind, User
from alliance.records.uploads import store_upload
from alliance.register import operation, record
from proposals.content import part, token_of
from proposals.models import (
    Attachment,
    BudgetLine,
    Call,
    Indicator,
    Proposal,
    ProposalObjective,
    ProposalPartner,
    ProposalRecommendation,
)
from proposals.operations.rows import known_themes, lock_proposal, require_editable, require_writer, required
from proposals.sections import SECTIONS
from proposals.sections.budget import BUDGET
from proposals.sections.indicators import INDICATORS
from proposals.sections.objectives import OBJECTIVES
from proposals.sections.partnership import PARTNERSHIP
from proposals.sections.places import PLACES
from proposals.sections.route import ROUTE
from proposals.sections.section import Section

type Values = dict[str, Any]


class EditedElsewhere(Refused):
    """The section was changed in another tab or by another author since it was opened. `stored` is what stands now."""

    default: Text = _(
        "This section was changed elsewhere while you were writing. Nothing was lost: compare both texts below."
    )

    def __init__(self, stored: Values, token: str) -> None:
        super().__init__()
        self.stored = stored
        self.token = token


@operation
def start_proposal(*, by: User, applicant: Organisation, kind: str, title: str, call: Call | None = None) -> Proposal:
    """Start a draft for an organisation of one's own, under a call or on its own initiative.

    Raises Refused when the call is not open to the organisation, or is closed (R93), or when the kind is not for it.
    """
    if not by.has_role(*PARTNER_ROLES, organisation=applicant):
        raise NotAllowed(_("You can start a proposal for your own organisation only."))
    title = required(title, _("Give the proposal a title."), "title")
    if kind == Proposal.Kind.ASSISTANCE and applicant.kind != OrganisationKind.GOVERNMENT:
        raise Refused(_("Technical assistance is requested by governments."), field="kind")
    moment = clock.now()
    if call is not None:
        require_open(call, applicant, moment)
    proposal = Proposal.objects.create(
        reference=next_reference("ALL", 3), kind=kind, applicant=applicant, call=call, title=title,
        created_by=by, created_at=moment, saved_at=moment,
    )  # fmt: skip
    ProposalPartner.objects.create(
        proposal=proposal, organisation=applicant, is_lead=True, tasks="", share=Decimal("0.00")
    )
    record("proposal.started/1", by=by, facts={"proposal": proposal.reference, "applicant": applicant.slug})
    return proposal


def require_open(call: Call, applicant: Organisation, moment: Any) -> None:
    """Refuse an organisation to which the call is not open, and any moment outside its dates (R93)."""
    if not call.is_open_to(applicant.kind):
        raise Refused(_("This call is not open to your kind of organisation."), field="call")
    if moment < call.opens_at:
        raise Refused(_("This call has not opened yet."), field="call")
    if moment >= call.closes_at:
        closed = call.closes_at.astimezone(call.timezone)
        message = _("This call closed on %(moment)s (%(zone)s). What you wrote is kept as a draft.")
        raise Refused(message % {"moment": closed.strftime("%Y-%m-%d %H:%M"), "zone": call.zone}, field="call")


@transaction.atomic
def save_section(*, by: User, proposal: Proposal, section: str, values: Values, seen: str = "") -> Proposal:
    """Save one section of a draft. `seen` is the token that the section had when it was opened.

    Raises EditedElsewhere, with what is stored, when the section has changed since and would become other than it is.
    """
    proposal = lock_proposal(proposal.pk)
    require_writer(by, proposal)
    require_editable(proposal)
    before = part(proposal, section)
    with transaction.atomic():
        _save(SECTIONS[section], proposal, values)
        proposal.saved_at = clock.now()
        proposal.save()
        after = part(proposal, section)
        if seen and seen != token_of(before) and after != before:
            raise EditedElsewhere(before, token_of(before))
    return proposal


def _save(section: Section, proposal: Proposal, values: Values) -> None:
    """Set the section's columns as they were typed, and write what has rows or rules of its own."""
    for name in section.columns:
        setattr(proposal, name, values[name])
    if section.key in ROWS:
        ROWS[section.key](proposal, values)


def _save_route(proposal: Proposal, values: Values) -> None:
    chosen: list[Recommendation] = list(values["recommendations"])
    proposal.recommendations.exclude(recommendation__in=chosen).delete()
    held = set(proposal.recommendations.values_list("recommendation_id", flat=True))
    ProposalRecommendation.objects.bulk_create(
        ProposalRecommendation(proposal=proposal, recommendation=row) for row in chosen if row.pk not in held
    )


def _save_objectives(proposal: Proposal, values: Values) -> None:
    """Replace the percentages and the themes. There is a main objective, and the sum is 100 (R17, R40, R47)."""
    percents: dict[Objective, int] = {row: percent for row, percent in values["percents"].items() if percent}
    main: Objective | None = values["main"]
    if main is None or main not in percents:
        raise Refused(_("Choose the main objective among those with a percentage."), field="main")
    if sum(percents.values()) != 100:
        raise Refused(
            _("The percentages add up to %(sum)s; they have to add up to 100.") % {"sum": sum(percents.values())}
        )
    proposal.themes = known_themes(values.get("themes", proposal.themes), kept=proposal.themes)
    proposal.objectives.all().delete()
    ProposalObjective.objects.bulk_create(
        ProposalObjective(proposal=proposal, objective=row, percent=percent, is_main=row == main)
        for row, percent in percents.items()
    )


def _save_places(proposal: Proposal, values: Values) -> None:
    if values["starts_on"] and values["ends_on"] and values["ends_on"] < values["starts_on"]:
        raise Refused(_("The end comes before the start."), field="ends_on")
    proposal.countries = sorted(set(values["countries"]))


def _save_partnership(proposal: Proposal, values: Values) -> None:
    """Replace the partners: rows of organisation, is_lead, tasks, share."""
    rows: list[Values] = values["partners"]
    organisations = [row["organisation"].pk for row in rows]
    if len(set(organisations)) != len(organisations):
        raise Refused(_("Name each partner once."))
    if sum(bool(row["is_lead"]) for row in rows) > 1:
        raise Refused(_("One partner leads."))
    proposal.partners.all().delete()
    ProposalPartner.objects.bulk_create(ProposalPartner(proposal=proposal, **row) for row in rows)


def _save_budget(proposal: Proposal, values: Values) -> None:
    """Replace the lines; a partner alone has the whole as its share."""
    proposal.budget_lines.all().delete()
    BudgetLine.objects.bulk_create(
        BudgetLine(proposal=proposal, position=number, **row) for number, row in enumerate(values["lines"], start=1)
    )
    if proposal.partners.count() == 1:
        total = proposal.budget_lines.aggregate(total=Sum("amount"))["total"] or Decimal("0.00")
        proposal.partners.update(share=total)


def _save_indicators(proposal: Proposal, values: Values) -> None:
    proposal.indicators.all().delete()
    Indicator.objects.bulk_create(
        Indicator(proposal=proposal, position=number, **row) for number, row in enumerate(values["indicators"], start=1)
    )


ROWS: dict[str, Callable[[Proposal, Values], None]] = {
    ROUTE.key: _save_route,
    OBJECTIVES.key: _save_objectives,
    PLACES.key: _save_places,
    PARTNERSHIP.key: _save_partnership,
    BUDGET.key: _save_budget,
    INDICATORS.key: _save_indicators,
}


@transaction.atomic
def attach_document(*, by: User, proposal: Proposal, title: str, upload: UploadedFile) -> Attachment:
    """Check an uploaded document and keep it with the draft. Raises Refused for the field `file`."""
    proposal = lock_proposal(proposal.pk)
    require_writer(by, proposal)
    require_editable(proposal)
    file = store_upload(by=by, upload=upload)
    if proposal.attachments.filter(file__sha256=file.sha256).exists():
        raise Refused(_("This document is attached already."), field="file")
    proposal.saved_at = clock.now()
    proposal.save(update_fields=["saved_at"])
    return Attachment.objects.create(
        proposal=proposal, file=file, title=title.strip() or file.name, added_by=by, added_at=proposal.saved_at
    )


@transaction.atomic
def remove_document(*, by: User, attachment: Attachment) -> Proposal:
    """Take a document off the draft. Versions that hold it keep it."""
    proposal = lock_proposal(attachment.proposal_id)
    require_writer(by, proposal)
    require_editable(proposal)
    proposal.attachments.filter(pk=attachment.pk).delete()
    proposal.saved_at = clock.now()
    proposal.save(update_fields=["saved_at"])
    return proposal
