"""One donor, one record: the other names it goes by, and the agencies that pay for it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from alliance.register.models import Registered
from funds.models.donors import Donor
from funds.querysets import DonorAliasQuerySet


class AliasKind(models.TextChoices):
    OTHER_NAME = "other_name", _("Other name")
    PAYING_AGENCY = "paying_agency", _("Paying agency")


class DonorAlias(Registered):
    """A name that means this donor: in files that are imported, in searches, on the bank's statement."""

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="aliases")
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=AliasKind)
    added_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects = DonorAliasQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                condition=Q(withdrawn_at=None),
                name="donor_alias_names_one_donor",
                violation_error_message=_("This name means a donor already."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=AliasKind.values),
                name="donor_alias_kind_known",
                violation_error_message=_("This is not a kind of name."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""), name="donor_alias_is_a_name", violation_error_message=_("A name has letters.")
            ),
        ]

    def __str__(self) -> str:
        return self.name
