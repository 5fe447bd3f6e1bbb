"""The language of questions about the fund. `visible_to(user)` comes first in every page's chain."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Self

from django.db import connection, models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Coalesce

from alliance.core.fields import MoneyField
from alliance.core.translated import chosen, columns, names
from alliance.people.models import DONOR_ROLES, PARTNER_ROLES

# Monthly rates are published for the first working day of a month; an older one is no rate of the day.
RATE_VALID_DAYS = 45
ZERO = Decimal("0.00")
DONORS = names("donor__organisation")


class FundQuerySet(models.QuerySet[Any]):
    def the(self) -> Any:
        """Return the portal's one fund."""
        return self.get()

    def held(self) -> Any:
        """Return the fund with its row locked against a change of status until the transaction ends."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM funds_fund FOR SHARE")
        return self.get()


class WindowQuerySet(models.QuerySet[Any]):
    def unearmarked(self) -> Any:
        """Return the general pool's window."""
        return self.get(unearmarked=True)

    def for_list(self) -> Self:
        return self.select_related("fund", "pool").prefetch_related("objectives").order_by("-unearmarked", "code")

    def taking_contributions(self) -> Self:
        """Windows that money can still be promised to."""
        return self.exclude(status="closed").order_by("-unearmarked", "code")


class PeriodQuerySet(models.QuerySet[Any]):
    def covering(self, day: date) -> Self:
        return self.filter(starts_on__lte=day, ends_on__gte=day)

    def in_use(self, today: date) -> Self:
        """Periods that have begun, newest first."""
        return self.filter(starts_on__lte=today).order_by("-starts_on")


class TrusteeTermQuerySet(models.QuerySet[Any]):
    def on(self, day: date) -> Any | None:
        """Return the term that covers this day, with its organisation, or None."""
        return self._covering(day).select_related("organisation").first()

    def name_on(self, day: date) -> str:
        """Return the name of the trustee of this day in the reader's language; empty without one."""
        found = self._covering(day).values_list(*names("organisation")).first()
        return chosen(found) if found else ""

    def _covering(self, day: date) -> Self:
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day).order_by()  # never two on a day

    def newest(self) -> Any | None:
        return self.select_related("organisation").order_by("-starts_on").first()

    def for_list(self) -> Self:
        return self.select_related("organisation").order_by("-starts_on", "-pk")


class RateQuerySet(models.QuerySet[Any]):
    def on(self, currency: str, day: date) -> Any | None:
        """Return the rate that is valid for this currency on this day, or None: the newest, not older than 45 days."""
        oldest = max(day, date.min + timedelta(days=RATE_VALID_DAYS)) - timedelta(days=RATE_VALID_DAYS)
        return self.filter(currency=currency, on__lte=day, on__gte=oldest).order_by("-on").first()

    def for_list(self) -> Self:
        return self.order_by("-on", "currency")


class OwnedByDonor(models.QuerySet[Any]):
    """Rows that belong to a donor: its people see them, the secretariat and the auditor see all."""

    def visible_to(self, user: Any) -> Self:
        if user.reads_all:
            return self.all()
        return self.filter(donor__organisation_id__in=user.organisation_ids(*DONOR_ROLES))

    def with_donor(self) -> Self:
        return self.select_related("donor__organisation", "window")


class Amended(OwnedByDonor):
    """Promises that can be amended: a row says what it is now, its amendments what it was before each of them."""

    moved: tuple[str, ...] = ()  # what else of a promise an amendment changes and a past day asks for
    in_effect = entered = ""  # of an amendment: since when it counts, and when it became known

    def worth_on(self, day: date, *, known_by: datetime | None = None, named: str = "then") -> Self:
        """Annotate `amount_then` and `usd_then`: what each was worth at the end of a day, whatever was amended later.

        With `known_by`, also as if nothing had been amended that was entered after that moment. `named` is another word
        than “then”, for a second day.
        """
        later = Q(**{f"{self.in_effect}__gt": day})
        if known_by:
            later |= Q(**{f"{self.entered}__gt": known_by})
        rel = self.model.amendments.rel
        undone = rel.related_model.objects.filter(later, **{rel.field.name: OuterRef("pk")}).order_by("number")

        def was(name: str) -> Case | Coalesce:
            before = Subquery(undone.values(name)[:1])
            if not self.model._meta.get_field(name.removesuffix("_id")).null:
                return Coalesce(before, F(name))
            kind = models.BigIntegerField() if name.endswith("_id") else None
            return Case(When(Exists(undone), then=before), default=F(name), output_field=kind)

        return self.annotate(
            **{f"amount_{named}": was("amount"), f"usd_{named}": was("amount_usd")},
            **{f"{name}_{named}": was(name) for name in self.moved},
        )


class DonorQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        if user.reads_all:
            return self.all()
        return self.filter(organisation_id__in=user.organisation_ids(*DONOR_ROLES))

    def public(self) -> Self:
        """Donors that everybody may know of: by an acknowledged pledge, a signed agreement or a deposit.

        What was published stays so: a deposit that was reversed is in the public register, with its reversal. The stage alone says nothing: it moves on with a pledge that nobody has acknowledged yet.
        """
        own = {"donor": models.OuterRef("pk")}
        pledges, agreements, deposits = (
            self.model._meta.get_field(name).related_model for name in ("pledges", "agreements", "deposits")
        )
        return self.filter(
            Exists(pledges.objects.filter(**own).public())
            | Exists(agreements.objects.filter(**own))
            | Exists(deposits.ever.filter(**own))
        )

    def with_totals(self, day: date | None = None) -> Self:
        """Add what each donor deposited, by now or by a day, in dollars. Pledges and agreements are never added to it."""
        deposited = (
            self.model.deposits.rel.related_model.ever.standing(day)
            .filter(donor=models.OuterRef("pk"))
            .order_by()
            .values("donor")
            .annotate(s=Sum("amount_usd"))
            .values("s")
        )
        return self.annotate(deposited_usd=Coalesce(models.Subquery(deposited), ZERO, output_field=MoneyField()))

    def with_prospects(self) -> Self:
        """Add what is spoken of with each donor, in dollars. It is not pledged."""
        spoken_of = (
            self.model.prospects.rel.related_model.objects.filter(donor=models.OuterRef("pk"))
            .order_by()
            .values("donor")
            .annotate(s=Sum("amount_usd"))
            .values("s")
        )
        return self.annotate(prospects_usd=Coalesce(models.Subquery(spoken_of), ZERO, output_field=MoneyField()))

    def with_pledged(self) -> Self:
        """Add what each donor's standing pledges are worth, in dollars: indicative, and not money."""
        pledged = (
            self.model.pledges.rel.related_model.objects.standing()
            .filter(donor=models.OuterRef("pk"))
            .order_by()
            .values("donor")
            .annotate(s=Sum("amount_usd"))
            .values("s")
        )
        return self.annotate(pledged_usd=Coalesce(models.Subquery(pledged), ZERO, output_field=MoneyField()))

    def with_finding(self) -> Self:
        """Add the newest finding of due diligence and the day until which it is valid. See also DueDiligence.of."""
        newest = self.model.due_diligence.rel.related_model.objects.filter(donor=models.OuterRef("pk")).newest_first()
        return self.annotate(
            finding=models.Subquery(newest.values("finding")[:1]),
            finding_valid_until=models.Subquery(newest.values("valid_until")[:1]),
        )

    def called(self, words: str) -> Self:
        """Donors whose organisation, or one of whose other names, holds these words."""
        names = Q()
        for field in columns("name", "acronym"):
            names |= Q(**{f"organisation__{field}__icontains": words})
        aliases = self.model.aliases.rel.related_model.objects.standing().filter(name__icontains=words)
        return self.filter(names | Q(pk__in=aliases.values("donor")))

    def with_step_due(self, until: date) -> Self:
        """Donors whose next step is due by that day."""
        return self.filter(next_step_on__lte=until)

    def for_list(self) -> Self:
        return self.select_related("organisation").order_by("organisation__name_en", "pk")


class DonorAliasQuerySet(models.QuerySet[Any]):
    def standing(self) -> Self:
        """Names that still mean their donor."""
        return self.filter(withdrawn_at=None)

    def meaning(self, name: str) -> Self:
        """Standing names that are spelt so, in whatever case."""
        return self.standing().filter(name__iexact=name)

    def paying_agencies(self) -> Self:
        return self.standing().filter(kind="paying_agency").select_related("donor__organisation").order_by("name", "pk")


class DueDiligenceQuerySet(models.QuerySet[Any]):
    def newest_first(self) -> Self:
        return self.order_by("-done_on", "-pk")

    def of(self, donor: Any) -> Any | None:
        """Return what counts for a donor: its newest finding, or None."""
        return self.filter(donor=donor).newest_first().first()


class ProspectQuerySet(OwnedByDonor):
    def for_list(self) -> Self:
        return self.with_donor().order_by("-noted_on", "-pk")


class NonCashPledgeQuerySet(OwnedByDonor):
    def with_donor(self) -> Self:
        return self.select_related("donor__organisation")

    def for_list(self) -> Self:
        return self.with_donor().order_by("-pledged_on", "-pk")


class PledgeQuerySet(Amended):
    moved = ("pledged_on", "window_id")
    in_effect, entered = "amended_at__date", "amended_at"

    def made_until(self, day: date) -> Self:
        """Pledges of this day or before, as they stood at its end: see `worth_on`, and `pledged_on_then`, `window_id_then`."""
        return self.worth_on(day).filter(pledged_on_then__lte=day)

    def public(self) -> Self:
        """Pledges that everybody may see: acknowledged ones, whatever became of them. See also Pledge.is_public."""
        return self.filter(acknowledged_at__isnull=False)

    def standing(self) -> Self:
        """Pledges that still stand or were paid: not cancelled."""
        return self.exclude(state="cancelled")

    def awaiting_acknowledgement(self) -> Self:
        return self.filter(state="pledged")

    def without_agreement(self) -> Self:
        """Acknowledged pledges for which an agreement can be signed."""
        return self.filter(state="acknowledged", settled_on=None).exclude(agreements__state__in=("signed", "completed"))

    def for_list(self) -> Self:
        return self.with_donor().order_by("-pledged_on", "-pk")

    def for_task(self) -> Self:
        """No more than a line of a task list says."""
        rows = self.select_related("donor__organisation").only(
            "reference", "state", "amount", "amount_usd", "currency", *DONORS
        )
        return rows.order_by("-pledged_on", "-pk")


class AgreementQuerySet(Amended):
    in_effect, entered = "signed_on", "recorded_at"

    def running(self) -> Self:
        """Agreements that more money is expected under. See also running_on."""
        return self.filter(state="signed")

    def running_on(self, day: date) -> Self:
        """Agreements that more money was expected under at the end of a day, whatever became of them later."""
        signed = self.filter(signed_on__lte=day).exclude(cancelled_at__date__lte=day)
        return signed.exclude(completed_on__lte=day)

    def for_list(self) -> Self:
        return self.with_donor().select_related("pledge").order_by("-signed_on", "-pk")

    def for_task(self) -> Self:
        """No more than a line of a task list says."""
        rows = self.select_related("donor__organisation").only("reference", "currency", *DONORS)
        return rows.order_by("-signed_on", "-pk")


class InstalmentQuerySet(models.QuerySet[Any]):
    def in_force(self, day: date) -> Self:
        """Instalments that agreements had at the end of a day: those that the first amendment signed later replaced.

        An amendment replaces all instalments that an agreement has. `Instalment.objects` holds those of now.
        """
        amendments = self.model._meta.get_field("replaced_by").related_model.objects
        later = amendments.filter(agreement=OuterRef("agreement"), signed_on__gt=day).order_by("number")
        rows = self.alias(next_amendment=Subquery(later.values("pk")[:1]))
        return rows.filter(Q(replaced_by=F("next_amendment")) | Q(replaced_by=None, next_amendment=None))


class DepositQuerySet(OwnedByDonor):
    def standing(self, day: date | None = None) -> Self:
        """Deposits that stand: now, or received by the end of a day and not reversed by then. See also is_reversed.

        All figures of what was received are read through this: `Deposit.objects`, and each row's `deposits`, hold what
        stands now; `Deposit.ever.standing(day)` holds what stood then.
        """
        if day is None:
            return self.filter(reversed_on=None)
        return self.filter(Q(reversed_on=None) | Q(reversed_on__gt=day), received_on__lte=day)

    def for_list(self) -> Self:
        return self.with_donor().select_related("agreement", "pledge").order_by("-received_on", "-pk")


class PaymentQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """The secretariat and the auditor see all; a partner sees what is paid to its own organisation."""
        if user.reads_all:
            return self.all()
        return self.filter(payee_id__in=user.organisation_ids(*PARTNER_ROLES))

    def awaiting_authorisation(self, user: Any) -> Self:
        """Prepared payments that this person may authorise: those another one prepared."""
        return self.filter(state="prepared").exclude(prepared_by=user)

    def awaiting_payment(self) -> Self:
        return self.filter(state="authorised")

    def for_list(self) -> Self:
        return self.select_related("payee", "prepared_by", "authorised_by").order_by("-prepared_at", "-pk")

    def for_task(self) -> Self:
        """No more than a line of a task list says."""
        rows = self.select_related("payee").only("reference", "state", "amount", *names("payee"))
        return rows.order_by("-prepared_at", "-pk")


class VoucherQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """The secretariat and the auditor see all; to everybody else the fund's vouchers do not exist."""
        return self.all() if user.reads_all else self.none()

    def awaiting_authorisation(self, user: Any) -> Self:
        """Prepared vouchers that this person may authorise: those another one prepared."""
        return self.filter(state="prepared").exclude(prepared_by=user)

    def with_subjects(self) -> Self:
        """Add what a voucher is about, as far as its kind names it."""
        return self.select_related(
            "window", "destination", "organisation", "donor__organisation", "posting__debit", "posting__credit"
        )

    def for_list(self) -> Self:
        return self.with_subjects().select_related("prepared_by", "authorised_by").order_by("-prepared_at", "-pk")

    def for_task(self) -> Self:
        """No more than a line of a task list says."""
        return self.only("reference", "kind", "amount").order_by("-prepared_at", "-pk")


class ImportBatchQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.all() if user.reads_all else self.none()

    def with_counts(self) -> Self:
        """Add how many lines a batch has: in all, imported, unchanged, refused, and to look at."""

        def lines(**condition: Any) -> models.Count:
            return models.Count("rows", filter=Q(**condition), distinct=True)

        return self.annotate(
            lines=models.Count("rows", distinct=True),
            imported=lines(rows__outcome="imported"),
            unchanged=lines(rows__outcome="unchanged"),
            refused=lines(rows__outcome="refused"),
            flagged=lines(rows__flag__gt=""),
        )

    def for_list(self) -> Self:
        return self.select_related("made_by").order_by("-made_at", "-pk")
