"""The ledger: accounts, postings of two sides; and whose money a pool holds."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance.core.fields import MoneyField
from alliance.register.models import Registered, RegisterEntry
from funds.ledger.chart import GUARDED, AccountKind

ZERO = Decimal("0.00")


class Account(Registered):
    """An account. Its sums are moved by the database's trigger on postings and by nothing else.

    `balance` is debits minus credits: positive where money is held, negative where it came from.
    """

    REGISTER_PLAIN: ClassVar[tuple[str, ...]] = ("code", "subject")
    REGISTER_EXEMPT: ClassVar[tuple[str, ...]] = ("debits", "credits")  # recomputed from the postings

    code = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20, choices=AccountKind.choices)
    subject = models.CharField(max_length=110, blank=True)
    window = models.OneToOneField("funds.Window", models.PROTECT, null=True, blank=True, related_name="pool")
    guarded = models.BooleanField()
    debits = MoneyField(default=ZERO)
    credits = MoneyField(default=ZERO)

    class Meta:
        indexes = [models.Index(fields=["kind", "subject"], name="account_by_kind")]
        constraints = [
            models.CheckConstraint(
                condition=Q(guarded=False) | Q(debits__gte=F("credits")),
                name="account_not_overdrawn",
                violation_error_message=_("There is not enough money on this account."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(GUARDED), guarded=True) | (~Q(kind__in=sorted(GUARDED)) & Q(guarded=False)),
                name="account_guarded_by_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="pool", window__isnull=False) | (~Q(kind="pool") & Q(window=None)),
                name="account_pool_has_window",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def balance(self) -> Decimal:
        return self.debits - self.credits


class Posting(Registered):
    """One two-sided row: `amount` moves from the account credited to the account debited.

    `effective_on` is the accounting date, `recorded_at` the date of knowledge. A correction is a new posting
    that `reverses` one.
    """

    entry = models.ForeignKey(RegisterEntry, models.PROTECT, related_name="postings")
    line = models.PositiveIntegerField()
    debit = models.ForeignKey(Account, models.PROTECT, related_name="debit_postings")
    credit = models.ForeignKey(Account, models.PROTECT, related_name="credit_postings")
    amount = MoneyField()
    effective_on = models.DateField(db_index=True)
    recorded_at = models.DateTimeField()
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "line"], name="posting_line_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="posting_amount_positive",
                violation_error_message=_("An amount is above zero."),
            ),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="posting_two_accounts"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}/{self.line}"


class Turnover(models.Model):
    """What moved from one account to another in a calendar year. Moved by the trigger on postings and by nothing else.

    Statements add these up instead of every posting; `verify` recomputes them.
    """

    year = models.PositiveSmallIntegerField()
    debit = models.ForeignKey(Account, models.PROTECT, related_name="+")
    credit = models.ForeignKey(Account, models.PROTECT, related_name="+")
    amount = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "debit", "credit"], name="turnover_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="turnover_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.debit_id} {self.credit_id}"


class SourceKind(models.TextChoices):
    DONOR = "donor", _("Donor")
    SEED = "seed", _("Trustee's seed capital")
    INCOME = "income", _("Fund income")


class Source(Registered):
    """Whose money it is: a donor's, the trustee's seed, or the fund's own income. `since` breaks ties in splits."""

    kind = models.CharField(max_length=10, choices=SourceKind.choices)
    donor = models.ForeignKey("funds.Donor", models.PROTECT, null=True, blank=True, related_name="sources")
    since = models.DateField()
    is_new = False  # set where an act has just made the source

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "donor"], name="source_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(kind="income", donor=None) | (~Q(kind="income") & Q(donor__isnull=False)),
                name="source_has_its_donor",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return str(self.donor.organisation) if self.donor else str(SourceKind.INCOME.label)


class Stake(models.Model):
    """What part of a pool's balance is a source's. Moved by the trigger on shares; sums to the pool's balance."""

    pool = models.ForeignKey(Account, models.PROTECT, related_name="stakes")
    source = models.ForeignKey(Source, models.PROTECT, related_name="stakes")
    amount = MoneyField(default=ZERO)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pool", "source"], name="stake_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="stake_not_overdrawn"),
        ]

    def __str__(self) -> str:
        return f"{self.pool_id} {self.source_id}"


class Share(Registered):
    """A source's part of a posting into or out of a pool. The shares of a posting add up to its amount."""

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="shares")
    source = models.ForeignKey(Source, models.PROTECT, related_name="shares")
    amount = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["posting", "source"], name="share_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="share_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.posting_id} {self.source_id}"
