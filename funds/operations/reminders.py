"""Reminders of instalments: before, on and after the day, once each, sent by the portal itself."""

from datetime import date

from django.conf import settings

from alliance.core import clock
from alliance.core.errors import OutOfState
from alliance.register import operation, record
from funds.contributions.agreements import received_in_own_currency_of, standings_of
from funds.contributions.matching import Standing
from funds.models import Agreement, AgreementState, Instalment, Reminder, ReminderStage
from funds.operations.agreements import lock_agreement


def stage_of(due_on: date, today: date) -> str | None:
    """Return which reminder of an unpaid instalment is due today: the latest stage alone, never one that was missed.

    The days are settings; the source document knows of no reminders, they are ours.
    """
    days = (today - due_on).days
    if days >= settings.ALLIANCE_RULES["reminder_days_after"]:
        return ReminderStage.OVERDUE
    if days >= 0:
        return ReminderStage.DUE
    return ReminderStage.COMING if -days <= settings.ALLIANCE_RULES["reminder_days_before"] else None


def remind_due() -> list[Reminder]:
    """Send every reminder that is due and was not sent; return them. Safe to run twice, late, or at the same time."""
    made = []
    agreements = Agreement.objects.running().order_by("pk").prefetch_related("deposits", "instalments")
    for agreement in agreements:
        for line in _unpaid(agreement):
            stage = stage_of(line.instalment.due_on, clock.today())
            if stage is None or Reminder.objects.filter(instalment=line.instalment, stage=stage).exists():
                continue
            try:
                made.append(remind_of_instalment(instalment=line.instalment, stage=stage))
            except OutOfState:
                continue  # paid, amended or reminded of in the meantime
    return made


KINDS = {
    ReminderStage.COMING: "instalment.coming/1",
    ReminderStage.DUE: "instalment.due/1",
    ReminderStage.OVERDUE: "instalment.overdue/1",
}


@operation
def remind_of_instalment(*, instalment: Instalment, stage: str) -> Reminder:
    """Remind the donor's people and the finance officers of an unpaid instalment, by the portal itself.

    Raises OutOfState when it is paid, replaced, not at that stage today, or was reminded of at that stage.
    """
    agreement = lock_agreement(instalment.agreement_id)
    line = next((line for line in _unpaid(agreement) if line.instalment.pk == instalment.pk), None)
    if line is None or stage_of(line.instalment.due_on, clock.today()) != stage:
        raise OutOfState()
    if Reminder.objects.filter(instalment=instalment, stage=stage).exists():
        raise OutOfState()
    reminder = Reminder.objects.create(instalment=line.instalment, stage=stage, made_at=clock.now())
    facts = {
        "agreement": agreement.reference,
        "donor": agreement.donor.organisation.slug,
        "number": line.instalment.number,
        "due_on": line.instalment.due_on,
        "currency": agreement.currency,
        "owed": line.owed,
    }
    record(KINDS[ReminderStage(stage)], by=None, rows=[reminder], facts=facts)
    return reminder


def _unpaid(agreement: Agreement) -> list[Standing]:
    """Return the instalments that are not paid. Money in another currency leaves that unknown: nobody is reminded."""
    if agreement.state != AgreementState.SIGNED or received_in_own_currency_of(agreement) is None:
        return []
    return [line for line in standings_of(agreement) if not line.is_paid]
