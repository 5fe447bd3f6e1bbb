"""Who is told of changes to reference data: nobody in particular."""

from django.utils.translation import gettext_lazy as _

from alliance.register import declare

declare("reference.loaded/1", label=_("Reference data loaded"))
declare("reference.brought_in_line/1", label=_("Reference data brought in line"))
declare("area.added/1", label=_("Area of work added"))
