"""Each section is one module that declares all of its parts, and what it freezes stays as it was."""

import pkgutil
from importlib import import_module

import pytest

from proposals import sections
from proposals.completeness import gaps
from proposals.content import all_parts, gather, token_of
from proposals.models import Proposal
from proposals.operations import start_proposal
from proposals.operations.drafts import ROWS, attach_document
from proposals.reading import read
from proposals.sections import SECTIONS
from proposals.sections.section import Section
from proposals.sections.tables import Names
from tests.proposals.factories import draft_proposal, organisation_of
from tests.proposals.test_documents import pdf

EVERY = pytest.mark.parametrize("section", SECTIONS.values(), ids=list(SECTIONS))
HEADER = {"format", "reference", "kind", "applicant", "applicant_kind", "call", "contributors"}
FROZEN = {
    "summary": "5a32d0a1f380d676",
    "route": "2ab2ca8252c2f2bb",
    "objectives": "9d484b13916cee31",
    "places": "77a676b9fd844dcc",
    "context": "fbd40c700fcd26ba",
    "approach": "d5dc18a2bdafb43f",
    "rights": "b264caaaab0579f6",
    "adverse_effects": "c64e9b5e3deb8c0d",
    "disaggregation": "4b315147e98932fe",
    "partnership": "7c47aa142765503a",
    "budget": "01830f984860ef6e",
    "indicators": "dda8fb8465f2bc65",
    "sustainability": "40c68d4f7967c15f",
    "documents": "f312f12e1f11f7f7",
}


@pytest.fixture
def full(agency):
    proposal = draft_proposal(agency, themes=("welfare",), justification="It makes policies coherent.")
    attach_document(by=agency, proposal=proposal, title="Annex", upload=pdf())
    return Proposal.objects.get(pk=proposal.pk)


@pytest.fixture
def bare(agency):
    return start_proposal(by=agency, applicant=organisation_of(agency), kind="project", title="Begun")


def test_every_module_holds_one_section_of_the_list():
    names = {module.name for module in pkgutil.iter_modules(sections.__path__)} - {"section", "tables"}
    held = [
        [thing for thing in vars(import_module(f"proposals.sections.{name}")).values() if is_own(thing, name)]
        for name in sorted(names)
    ]
    assert [len(own) for own in held] == [1] * len(names)
    assert sorted(own[0].key for own in held) == sorted(SECTIONS)


def is_own(thing, module):
    return isinstance(thing, Section) and thing.key == module


@EVERY
def test_section_says_what_it_is(section):
    assert str(section.title)
    assert str(section.purpose)
    assert section.form or section.template != "proposals/section.html"


@pytest.mark.parametrize("section", [row for row in SECTIONS.values() if row.form], ids=lambda row: row.key)
def test_everything_typed_is_saved(section):
    asked = set(section.form.base_fields) - {"seen"}
    assert set(section.columns) <= asked
    has_more = asked != set(section.columns) or "make_rows" in vars(section.form)
    assert has_more is (section.key in ROWS)


@EVERY
def test_columns_are_frozen_under_their_names(section, full):
    assert set(section.columns) <= set(section.content(full))


def test_sections_freeze_apart_and_together_everything(full):
    parts = all_parts(full)
    names = [name for held in parts.values() for name in held]
    assert len(names) == len(set(names))
    assert set(names) | HEADER == set(gather(full))


@EVERY
def test_whole_section_lacks_nothing_and_reads(section, full):
    content = gather(full)
    assert not [gap for gap in gaps(content) if gap.section == section.key]
    (reading,) = [reading for reading in read(content, Names([content])) if reading.key == section.key]
    assert not reading.is_empty


@EVERY
def test_section_not_begun_is_missing_unless_it_is_optional(section, bare):
    content = gather(bare) | {"title": ""}
    assert bool([gap for gap in gaps(content) if gap.section == section.key]) is not section.is_optional


def test_frozen_text_is_what_it_was(full):
    """What versions froze before the sections had modules of their own, to the byte, with the file's own facts left out."""
    parts = all_parts(full)
    parts["documents"]["attachments"][0] |= {"file": "", "sha256": "", "size": 0}
    assert {key: token_of(parts[key]) for key in FROZEN} == FROZEN
