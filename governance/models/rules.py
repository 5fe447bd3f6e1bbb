"""Rule sets: quorum, majorities, floor, sealing, silence; each in force from a day (R62)."""

import re
from fractions import Fraction
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.register.models import Registered
from governance import counting
from governance.models.committee import Constituency
from governance.querysets import RuleSetQuerySet

FRACTION = r"^[1-9][0-9]?/[1-9][0-9]?$"
IS_FRACTION = RegexValidator(FRACTION, _("Write a fraction such as 2/3."))


class FractionField(models.CharField):
    """A share such as 2/3, kept as written: exact."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 5
        kwargs.setdefault("validators", [IS_FRACTION])
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(validators=[IS_FRACTION], **kwargs)


def share(name: str, *, optional: bool = False) -> models.CheckConstraint:
    written = Q(**{f"{name}__regex": FRACTION})
    return models.CheckConstraint(
        condition=written | Q(**{name: ""}) if optional else written, name=f"rules_{name}_fraction"
    )


def both_required() -> list[str]:
    return [counting.DONORS, counting.DEVELOPING_COUNTRIES]


class RuleSet(Registered):
    """One version of the rules of decision. A later version leaves earlier decisions as they were.

    The founding document is silent on all of this: the rules are ours. The first version is a founding act; each
    later one carries out a decision of the committee.
    """

    REGISTER_PLAIN = ("quorum", "majority", "group_majority")

    class Method(models.TextChoices):
        MAJORITY = "majority", _("Consensus, otherwise the majority")
        CONSENSUS = "consensus", _("Consensus only")

    number = models.PositiveSmallIntegerField(unique=True)
    effective_from = models.DateField(unique=True)
    decision = models.OneToOneField("governance.Decision", models.PROTECT, null=True, related_name="rules_adopted")
    method = models.CharField(_("method"), max_length=10, choices=Method, default=Method.MAJORITY)
    quorum = FractionField(_("quorum: more than"), default="1/2")
    majority = FractionField(_("majority: at least"), default="2/3")
    group_majority = FractionField(_("in each group: more than"), default="1/2", blank=True)
    required = ArrayField(
        models.CharField(max_length=24, choices=Constituency),
        verbose_name=_("groups that must take part"),
        default=both_required,
    )
    is_composition_binding = models.BooleanField(_("without them there is no quorum"), default=True)
    do_abstentions_count = models.BooleanField(_("abstentions count for the quorum"), default=True)
    is_sealed = models.BooleanField(_("votes are sealed until the close"), default=True)
    may_chair_defer = models.BooleanField(_("the chair may defer before the first ballot"), default=True)
    floor = models.PositiveSmallIntegerField(_("fewest seats able to vote"), default=3)
    silence_days = models.PositiveSmallIntegerField(_("working days of a no-objection procedure"), default=10)

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        constraints = [
            share("quorum"),
            share("majority"),
            share("group_majority", optional=True),
            models.CheckConstraint(condition=Q(floor__gte=1), name="rules_floor_positive"),
            models.CheckConstraint(condition=Q(silence_days__gte=1), name="rules_silence_days_positive"),
            models.CheckConstraint(
                condition=Q(number=1, decision=None) | Q(number__gt=1, decision__isnull=False), name="rules_by_decision"
            ),
            models.CheckConstraint(condition=Q(method__in=["majority", "consensus"]), name="rules_method_known"),
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    def clean(self) -> None:
        """Refuse what no vote could ever meet: the rules change by a vote, so such a version could never be left."""
        for name in ("quorum", "group_majority", "majority"):
            written, most = getattr(self, name), Fraction(1)
            if not re.fullmatch(FRACTION, written):
                continue  # said by the field, or empty
            if Fraction(written) > most or (name != "majority" and Fraction(written) == most):
                raise ValidationError({name: _("No vote could ever reach this share.")})
        for name in ("floor", "silence_days"):
            if getattr(self, name) < 1:
                raise ValidationError({name: _("Give a number of one or more.")})

    @property
    def rules(self) -> counting.Rules:
        """The rules as the count wants them."""
        return counting.Rules(
            quorum=Fraction(self.quorum),
            majority=Fraction(self.majority),
            group_majority=Fraction(self.group_majority) if self.group_majority else None,
            required_groups=frozenset(self.required),
            is_composition_binding=self.is_composition_binding,
            is_consensus_required=self.method == self.Method.CONSENSUS,
            do_abstentions_count=self.do_abstentions_count,
            floor=self.floor,
        )

    @property
    def required_labels(self) -> list[str]:
        return [str(Constituency(group).label) for group in self.required]
