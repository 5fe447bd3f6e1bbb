"""What is closed for good: the accounts of a project that came to its end."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.register.models import Registered


class ClosedProject(Registered):
    """A project whose accounts take no posting any more: every one of them stood at zero. A trigger refuses the rest."""

    REGISTER_PLAIN = ("reference",)

    reference = models.CharField(_("project"), max_length=20, unique=True)
    closed_on = models.DateField(_("closed on"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(reference=""),
                name="closed_project_is_named",
                violation_error_message=_("A closed project has its reference."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference
