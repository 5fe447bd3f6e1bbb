"""Sums brought forward: made from the ledger, made again at will, of record nowhere."""

from django.db import models

from alliance.core.fields import MoneyField


class Carried(models.Model):
    """All postings that took effect until a day and were entered until the register entry `n`, added up.

    Parts of projects are carried with the newest of them alone.
    """

    until = models.DateField(unique=True)
    n = models.PositiveBigIntegerField()
    with_parts = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.until} {self.n}"


class CarriedMove(models.Model):
    """What moved in a year between kinds of accounts, for one key of a cut; see `funds.ledger.movements`."""

    carried = models.ForeignKey(Carried, models.CASCADE, related_name="moves")
    cut = models.CharField(max_length=10, blank=True)
    year = models.PositiveSmallIntegerField()
    debit = models.CharField(max_length=20)
    credit = models.CharField(max_length=20)
    key = models.CharField(max_length=120, blank=True)
    amount = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["carried", "cut", "year", "debit", "credit", "key"], name="carried_move_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.carried_id} {self.cut} {self.year} {self.debit} {self.credit} {self.key}"


class CarriedPart(models.Model):
    """A project's figures, or the part of them that a cut's key has: a source, an objective, a partner.

    Without a project: the sum of all of them.
    """

    carried = models.ForeignKey(Carried, models.CASCADE, related_name="parts")
    cut = models.CharField(max_length=10)
    key = models.CharField(max_length=120, blank=True)
    project = models.CharField(max_length=110, blank=True)
    allocated = MoneyField()
    transferred = MoneyField()
    spent = MoneyField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["carried", "cut", "key", "project"], name="carried_part_once")]
        indexes = [models.Index(fields=["carried", "cut", "project"], name="carried_part_by_project")]

    def __str__(self) -> str:
        return f"{self.carried_id} {self.cut} {self.key} {self.project}"
