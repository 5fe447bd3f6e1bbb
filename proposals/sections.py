"""The sections of a proposal in the order in which they are shown: titles and what each is for."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import Text


class Section(NamedTuple):
    """A section: key, title, and one sentence on what to write there."""

    key: str
    title: Text
    purpose: Text
    is_optional: bool = False


_ALL = (
    Section("summary", _("Title and summary"), _("What is proposed, in words that anyone understands.")),
    Section(
        "route",
        _("Recommendations followed"),
        _("The Forum’s recommendations that the proposal follows or, without one, why it serves objective 2 or 3."),
    ),
    Section(
        "objectives",
        _("Objectives"),
        _("Which of the Alliance’s objectives it serves, in percent; one is the main one."),
    ),
    Section("places", _("Countries and dates"), _("Where, with which governments, and when.")),
    Section("context", _("Context"), _("The situation that the proposal answers.")),
    Section("approach", _("Approach"), _("What will be done, and why this way.")),
    Section(
        "rights",
        _("Rights and welfare"),
        _(
            "How migrants’ rights are protected and their welfare safeguarded. The committee decides on no proposal without it."
        ),
    ),
    Section("adverse_effects", _("Adverse effects"), _("What could go wrong for people, and how that is limited.")),
    Section(
        "disaggregation",
        _("Disaggregation of figures"),
        _("By what figures will be broken down: sex, education, age and others. Ethnic origin is never required."),
    ),
    Section("partnership", _("Partners"), _("Who carries out what, and the share of the budget of each.")),
    Section("budget", _("Budget"), _("What each partner needs, by year and category, in US dollars.")),
    Section("indicators", _("Indicators"), _("How success is measured: from a baseline to a target.")),
    Section("sustainability", _("Sustainability"), _("What stays when the money has been spent."), is_optional=True),
    Section("documents", _("Documents"), _("Papers that belong to the proposal."), is_optional=True),
)
SECTIONS = {section.key: section for section in _ALL}
