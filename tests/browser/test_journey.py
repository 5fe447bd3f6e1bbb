"""The portal's main thread, end to end, in each language."""

import time

import pytest

from alliance.core.countries import country_choices
from alliance.forum.models import Objective, Summit
from alliance.jobs.models import Job
from alliance.people.models import Organisation, User
from funds.contributions.amounts import currencies
from funds.models import Account
from proposals.models import Project
from reporting.verification.everything import verify
from scenarios.management.commands.play import found
from tests.browser import journey
from tests.browser.texts import english_left, scenario_texts

MINUTE = 60
PUBLIC = (
    "", "money/", "money/postings/", "projects/", "decisions/", "organisations/", "register/", "search/?q=labour",
    "forum/", "forum/BRU2007/", "recommendations/", "objectives/", "glossary/", "about/", "committee/seats/",
    "who-does-what-where/", "activities/",
)  # fmt: skip


@pytest.mark.requirement(
    "R46", "R48", "R52", "R54", "R56", "R59", "R60", "R61", "R63", "R64", "R68", "R69", "R96", "R104", "D8"
)
@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_thread_from_pledge_to_the_forums_report(language, visitor, worker):
    one = visitor(language)
    journey.money(one, journey.pledge(one))
    proposal, receipt = journey.proposal(one)
    assert receipt
    decision = journey.check_and_table(one, proposal.reference)
    project = journey.vote(one, decision)
    signed = journey.contract(one, project)
    assert journey.report(one, signed).state == "accepted"
    row = Project.objects.with_money().get(reference=project)
    assert (str(row.allocated), str(row.spent)) == ("99510.00", "12000.00")
    ask_for_reports(one)
    look_at_public_pages(one, project, decision.reference)
    assert one.violations == []
    assert one.errors == []
    assert left_in_english(one) == {}
    assert verify().problems == []


def ask_for_reports(one):
    """Step 8: the secretariat asks for the report to Manila in three languages; the worker makes them."""
    one.become("officer")
    one.go("forum-reports/")
    one.fill(summit="MNL2008")
    one.press("main form:has([name=summit])")
    end = time.monotonic() + 3 * MINUTE
    while Job.objects.exclude(state__in=("done", "failed")).exists():
        assert time.monotonic() < end, list(Job.objects.values_list("state", "error"))
        time.sleep(1)
    assert sorted(Job.objects.values_list("state", "language")) == [("done", "en"), ("done", "es"), ("done", "fr")]
    assert len({job.file.sha256 for job in Job.objects.select_related("file")}) == 3
    job = Job.objects.get(language=one.language)
    one.go(f"documents/{job.uid}/")
    assert one.context.request.get(one.path(f"documents/{job.uid}/file/")).body().startswith(b"%PDF")
    one.go("forum-reports/figures/MNL2008/")
    assert journey.TITLE in one.text()


def look_at_public_pages(one, project, decision):
    """What was done is on the public pages."""
    one.context.clear_cookies()
    for path in PUBLIC:
        one.go(path)
    one.go(f"projects/{project}/")
    assert decision in one.text()
    one.go("recommendations/B05/")
    assert project in one.text()


def left_in_english(one):
    """Return, by page, the texts that are English on a page of another language and should not be."""
    names = {
        value
        for row in Organisation.objects.values_list("name_en", "name_fr", "name_es", "acronym_en")
        for value in row
    }
    people = set(User.objects.values_list("name", flat=True))
    accounts = set(Account.objects.values_list("code", flat=True))
    # A contract drafted in French stays French.
    objectives = {name for row in Objective.objects.values_list("name_fr", "name_es") for name in row}
    places = {str(label) for _code, label in country_choices()} | set(Summit.objects.values_list("city_en", flat=True))
    allowed = (
        scenario_texts(found("demonstration"))
        | one.typed
        | names
        | people
        | accounts
        | objectives
        | places
        | currencies()
    )
    left = set(english_left(set().union(*one.twins.values()), one.language, allowed))
    return {path: shared & left for path, shared in one.twins.items() if shared & left}
