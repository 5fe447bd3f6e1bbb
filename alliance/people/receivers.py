"""Who is told of changes to people and organisations."""

from django.utils.translation import gettext_lazy as _

from alliance.register import declare

declare("organisation.registered/1", label=_("Organisation registered"))
declare("organisation.confirmed/1", label=_("Organisation confirmed"))
declare("membership.started/1", label=_("Role given"))
declare("membership.ended/1", label=_("Role ended"))
