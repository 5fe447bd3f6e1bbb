"""Which rows, for whom, and with which figures. `visible_to` comes first, always.

Money is read from the ledger's accounts by code: `project:REF`, `partner:REF:organisation`,
`spent:REF:organisation:category`. From balances alone, so that reversals never count twice:
spent + with partners = net funded; net funded + undisbursed = allocated.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, Func, Max, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Concat, Greatest

from alliance.access import granted
from alliance.core import clock
from alliance.core.translated import names
from alliance.people.models import PARTNER_ROLES, Role, User

MONEY: models.Field = models.DecimalField(max_digits=18, decimal_places=2)
ZERO = Value(Decimal("0.00"), output_field=MONEY)
STAMPS = (
    "saved_at", "submitted_at", "eligible_at", "tabled_at", "returned_at", "decided_at", "principle_at", "withdrawn_at",
)  # fmt: skip


def model_named(name: str) -> Any:
    """Return a model of this app: they import this module, so it cannot import them."""
    return apps.get_model("proposals", name)


def balance_under(*parts: str | F | OuterRef) -> Coalesce:
    """Return the sum of the balances of all accounts whose code begins with these parts.

    Compared byte by byte, so that the code's pattern index serves a correlated subquery.
    """
    accounts = apps.get_model("funds", "Account")
    start = Concat(*(Value(part) if isinstance(part, str) else part for part in parts), Value(":"))
    end = Concat(*(Value(part) if isinstance(part, str) else part for part in parts), Value(";"))
    inside = accounts.objects.filter(_bytewise(F("code"), " ~>=~ ", start), _bytewise(F("code"), " ~<~ ", end))
    total = inside.order_by().values(one=Value(1)).annotate(total=Sum(F("debits") - F("credits"))).values("total")
    return Coalesce(Subquery(total, output_field=MONEY), ZERO)


def _bytewise(left: Any, operator: str, right: Any) -> Func:
    return Func(left, right, template="%(expressions)s", arg_joiner=operator, output_field=models.BooleanField())


def balance_of(*parts: str | F | OuterRef) -> Coalesce:
    """Return the balance of the one account with this code, zero when it was never used."""
    accounts = apps.get_model("funds", "Account")
    code = Concat(*(Value(part) if isinstance(part, str) else part for part in parts))
    found = accounts.objects.filter(code=code).values(balance_now=F("debits") - F("credits"))
    return Coalesce(Subquery(found, output_field=MONEY), ZERO)


class CallQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Everybody may read the calls."""
        return self.all()

    def open_at(self, moment: datetime) -> Self:
        """Calls that take proposals at this moment. See also Call.is_open_at."""
        return self.filter(opens_at__lte=moment, closes_at__gt=moment)

    def for_list(self) -> Self:
        return self.order_by("-closes_at", "-pk").fetch_mode(models.FETCH_RAISE)


class OutsideActivityQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Everybody reads what stands; what was withdrawn, those who read all."""
        return self if user.is_authenticated and user.reads_all else self.standing()

    def standing(self) -> Self:
        """Recorded and not withdrawn: what is public."""
        return self.filter(state="recorded")

    def for_list(self) -> Self:
        return self.select_related("organisation").order_by("-starts_on", "-pk").fetch_mode(models.FETCH_RAISE)


class PartnerQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self if user.is_authenticated else self.none()


class ProposalQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """The applicant's own people and co-authors; what was submitted, for those who read all."""
        if not user.is_authenticated:
            return self.none()
        seen = self._of_own_organisations(user) | Q(pk__in=self._granted_to(user))
        return self.filter(seen | Q(submitted_at__isnull=False) if user.reads_all else seen)

    def written_by(self, user: User) -> Self:
        """Proposals whose sections this person may write. See also permissions.may_write."""
        return self.filter(self._of_own_organisations(user) | Q(pk__in=self._granted_to(user)))

    def _of_own_organisations(self, user: User) -> Q:
        return Q(applicant__in=user.organisation_ids(*PARTNER_ROLES))

    def _granted_to(self, user: User) -> models.QuerySet:
        return granted(user, "proposals.change_proposal", self.model._default_manager.all()).values("pk")

    def submitted_once(self) -> Self:
        return self.filter(submitted_at__isnull=False)

    def to_check(self) -> Self:
        """Submitted and not found eligible yet: the officer's work, oldest first."""
        return self.filter(state="submitted").order_by("submitted_at", "pk")

    def ready_for_committee(self) -> Self:
        """Eligible, approved in principle, or with an approval that lapsed; the rights check done on the newest version."""
        newest = model_named("ProposalVersion").objects.filter(proposal=OuterRef("pk")).order_by("-number")
        checked = newest.values("check_made__is_rights_checked")[:1]
        standing = model_named("WaitingApproval").objects.standing(clock.today()).values("version__proposal")
        waiting = Q(state="approved_waiting") & ~Q(pk__in=standing)
        rows = self.filter(Q(state__in=["eligible", "approved_in_principle"]) | waiting)
        return rows.alias(is_checked=Subquery(checked)).filter(is_checked=True)

    def to_continue(self) -> Self:
        """Drafts and returned proposals, whose authors are to go on."""
        return self.filter(state__in=["draft", "returned"])

    def with_totals(self) -> Self:
        """Annotate `requested`: the sum of the budget lines, in the fund's currency."""
        lines = model_named("BudgetLine").objects.filter(proposal=OuterRef("pk"))
        total = lines.order_by().values("proposal").annotate(total=Sum("amount")).values("total")
        return self.annotate(requested=Coalesce(Subquery(total, output_field=MONEY), ZERO))

    def with_latest_version(self) -> Self:
        """Annotate `latest_number`: the number of the newest version, null before the first."""
        return self.annotate(latest_number=Max("versions__number"))

    def with_last_change(self) -> Self:
        """Annotate `changed_at`: the newest of what happened to the proposal, a check that found it wanting included."""
        checks = model_named("Check").objects.filter(version__proposal=OuterRef("pk")).order_by("-checked_at")
        return self.annotate(changed_at=Greatest(*STAMPS, Subquery(checks.values("checked_at")[:1])))

    def for_list(self) -> Self:
        rows = self.with_last_change().select_related("applicant", "call")
        return rows.order_by("-changed_at", "-pk").fetch_mode(models.FETCH_RAISE)

    def with_call(self) -> Self:
        """Its author's task: the call says until when a draft can be handed in."""
        return self.select_related("call").only("reference", "state", "title", "call__closes_at")

    def for_task(self) -> Self:
        """No more than a line of a task list says."""
        return self.select_related("applicant").only("reference", "state", "title", *names("applicant"))


class ProposalVersionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Versions of visible proposals, and those granted to this person while it has the committee's role."""
        if not user.is_authenticated:
            return self.none()
        proposals = model_named("Proposal").objects.visible_to(user)
        seen = self.filter(proposal__in=proposals.values("pk"))
        if not user.has_role(Role.COMMITTEE):
            return seen
        given = granted(user, "proposals.view_proposalversion", self.model._default_manager.all())
        return self.filter(Q(proposal__in=proposals.values("pk")) | Q(pk__in=given.values("pk")))

    def latest(self) -> Self:  # type: ignore[override]
        """Only the newest version of each proposal."""
        newer = self.model._default_manager.filter(proposal=OuterRef("proposal"), number__gt=OuterRef("number"))
        return self.filter(~Exists(newer))

    def following(self, recommendation: models.Model) -> Self:
        """Versions that name this recommendation, as frozen."""
        return self.filter(recommendation_links__recommendation=recommendation)

    def with_returns(self) -> Self:
        """Annotate `was_returned`: whether the version was given back to its authors."""
        return self.annotate(was_returned=Exists(model_named("Return").objects.filter(version=OuterRef("pk"))))

    def for_list(self) -> Self:
        return (
            self.select_related("proposal__applicant", "submitted_by", "check_made")
            .order_by("-submitted_at", "-pk")
            .defer("content")
            .fetch_mode(models.FETCH_RAISE)
        )


class WaitingApprovalQuerySet(models.QuerySet):
    def standing(self, day: date) -> Self:
        """Not allocated yet, and not lapsed by that day. See also WaitingApproval.has_lapsed."""
        months = settings.ALLIANCE_RULES["waiting_months"]
        until = Func(
            F("approved_on"),
            Value(months),
            template="(%(expressions)s))::date",
            arg_joiner=" + make_interval(months => ",
            output_field=models.DateField(),
        )
        return self.filter(funded_at=None).alias(until=until).filter(until__gte=day)

    def in_rank(self) -> Self:
        """In the order of their decisions: the order in which they are served."""
        return self.select_related("version").order_by("approved_on", "pk")


class ProjectQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """The work on a project is seen by its partners and by those who read all. The public page is open to all."""
        if not user.is_authenticated:
            return self.none()
        if user.reads_all:
            return self
        own = user.organisation_ids(*PARTNER_ROLES)
        contracts = model_named("Contract").objects.filter(partner__in=own).exclude(state="draft")
        return self.filter(Q(lead__in=own) | Q(pk__in=contracts.values("project")))

    def following(self, recommendation: models.Model) -> Self:
        """Projects whose approved version follows this recommendation."""
        return self.filter(version__recommendation_links__recommendation=recommendation)

    def with_money(self) -> Self:
        """Annotate `allocated`, `net_funded`, `spent`, `with_partners`, `undisbursed` from the ledger, as it stands now."""
        reference = OuterRef("reference")
        money = self.annotate(
            undisbursed=balance_of("project:", reference),
            with_partners=balance_under("partner:", reference),
            spent=balance_under("spent:", reference),
            _in_transit=balance_under("refunds-in-transit:", reference),
        )
        return money.annotate(
            net_funded=F("with_partners") + F("spent"),
            allocated=F("undisbursed") + F("with_partners") + F("spent") + F("_in_transit"),
        )

    def for_task(self) -> Self:
        """No more than a line of a task list says."""
        return self.only("reference", "title")

    def for_list(self) -> Self:
        return self.select_related("lead").order_by("-approved_on", "-pk").fetch_mode(models.FETCH_RAISE)


class ContractQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """The partner from the offer on; those who read all, always."""
        if not user.is_authenticated:
            return self.none()
        if user.reads_all:
            return self
        own = user.organisation_ids(*PARTNER_ROLES)
        return self.filter(partner__in=own).exclude(offered_at=None)

    def awaiting_partner(self) -> Self:
        return self.filter(state="offered", partner_signed_at=None)

    def awaiting_head(self) -> Self:
        return self.filter(state="offered", alliance_signed_at=None)

    def for_task(self) -> Self:
        """No more than a line of a task list says."""
        return self.select_related("project").only("reference", "state", "project__title")

    def for_list(self) -> Self:
        return self.select_related("project", "partner").order_by("-drafted_at", "-pk").fetch_mode(models.FETCH_RAISE)


class TrancheQuerySet(models.QuerySet):
    def ready_on(self, day: date) -> Self:
        """Tranches that nothing holds back on that day. See also operations.projects.blocks, Payment.is_over."""
        reports, conditions = model_named("PartnerReport").objects, model_named("ReleaseCondition").objects
        late = reports.filter(due_on__lt=day).exclude(state="accepted").values("contract")
        return (
            self.filter(contract__state="signed", contract__project__state__in=["approved", "active"])
            .filter(Q(payment=None) | Q(payment__state__in=["cancelled", "reversed"]))
            .filter(Q(report_required=None) | Q(report_required__state="accepted"))
            .exclude(contract__in=late)
            .exclude(contract__project__in=conditions.filter(met_at=None).values("project"))
        )


class PartnerReportQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """The contract's partner once it is signed; those who read all."""
        if not user.is_authenticated:
            return self.none()
        signed = self.filter(contract__state="signed")
        if user.reads_all:
            return signed
        return signed.filter(contract__partner__in=user.organisation_ids(*PARTNER_ROLES))

    def to_write(self) -> Self:
        """Due or returned, under signed contracts: the partner's work, oldest first."""
        return self.filter(state__in=["due", "returned"], contract__state="signed").order_by("due_on", "pk")

    def to_review(self) -> Self:
        return self.filter(state="submitted").order_by("submitted_at", "pk")

    def accepted(self) -> Self:
        return self.filter(state="accepted")

    def for_task(self) -> Self:
        """No more than a line of a task list says."""
        rows = self.select_related("contract__project")
        return rows.only("reference", "state", "due_on", "contract__project__title")

    def for_list(self) -> Self:
        return (
            self.select_related("contract__project", "contract__partner")
            .order_by("due_on", "pk")
            .fetch_mode(models.FETCH_RAISE)
        )
