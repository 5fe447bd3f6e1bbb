"""Writing sections in the browser: saved as one types, kept on a clash, lines added without scripts."""

from datetime import date

import pytest
from django.urls import reverse

from proposals.content import token
from proposals.models import Proposal


@pytest.fixture
def proposal(draft):
    return draft


def url(proposal, key):
    return reverse("proposals:section", args=[proposal.reference, key])


def fresh(proposal):
    return Proposal.objects.get(pk=proposal.pk)


def test_button_saves_and_returns_to_the_task_list(proposal, agency, sign_in):
    answer = sign_in(agency).post(
        url(proposal, "context"), {"context": "New words.", "seen": token(proposal, "context")}
    )
    assert answer.url == proposal.get_absolute_url()
    assert fresh(proposal).context == "New words."


def test_autosave_answers_with_the_moment_and_the_next_token(proposal, agency, sign_in):
    client = sign_in(agency)
    seen = token(proposal, "context")
    answer = client.post(url(proposal, "context"), {"context": "A", "seen": seen}, headers={"hx-request": "true"})
    text = answer.content.decode()
    assert "Saved at" in text
    assert token(fresh(proposal), "context") in text
    assert "<html" not in text


@pytest.mark.parametrize("headers", [{}, {"hx-request": "true"}])
def test_second_tab_loses_nothing(headers, proposal, agency, sign_in):
    client = sign_in(agency)
    seen = token(proposal, "context")
    client.post(url(proposal, "context"), {"context": "From the first tab.", "seen": seen})
    answer = client.post(url(proposal, "context"), {"context": "From the second tab.", "seen": seen}, headers=headers)
    assert fresh(proposal).context == "From the first tab."
    assert "changed elsewhere" in answer.content.decode()


def test_both_texts_are_shown_and_the_next_save_decides(proposal, agency, sign_in):
    client = sign_in(agency)
    seen = token(proposal, "context")
    client.post(url(proposal, "context"), {"context": "From the first tab.", "seen": seen})
    text = client.post(url(proposal, "context"), {"context": "From the second tab.", "seen": seen}).content.decode()
    assert "From the first tab." in text
    assert "From the second tab." in text
    now = token(fresh(proposal), "context")
    assert now in text
    client.post(url(proposal, "context"), {"context": "From the second tab.", "seen": now})
    assert fresh(proposal).context == "From the second tab."


def test_same_text_in_two_tabs_is_no_clash(proposal, agency, sign_in):
    client = sign_in(agency)
    seen = token(proposal, "context")
    for _tab in range(2):
        answer = client.post(url(proposal, "context"), {"context": "The same.", "seen": seen})
        assert answer.status_code == 302


def test_tabs_on_different_sections_do_not_clash(proposal, agency, sign_in):
    client = sign_in(agency)
    first, second = token(proposal, "context"), token(proposal, "approach")
    client.post(url(proposal, "context"), {"context": "One.", "seen": first})
    client.post(url(proposal, "approach"), {"approach": "Two.", "seen": second})
    row = fresh(proposal)
    assert (row.context, row.approach) == ("One.", "Two.")


def lines(*rows, initial=0):
    posted = {"rows-TOTAL_FORMS": str(len(rows)), "rows-INITIAL_FORMS": str(initial)}
    for number, row in enumerate(rows):
        posted |= {f"rows-{number}-{name}": value for name, value in row.items()}
    return posted


def test_budget_lines_are_added_and_removed(proposal, agency, sign_in):
    line = {"partner": "iom", "year": "2008", "category": "1", "description": "Staff", "amount": "1 234,50"}
    gone = {**line, "description": "Gone", "DELETE": "on"}
    empty = {"partner": "", "year": "", "category": "", "description": "", "amount": ""}
    answer = sign_in(agency).post(url(proposal, "budget"), lines(line, gone, empty, initial=2) | {"more": "1"})
    assert answer.url.endswith("?rows=3#rows")
    assert [(row.description, str(row.amount)) for row in proposal.budget_lines.all()] == [("Staff", "1234.50")]
    assert str(proposal.partners.get().share) == "1234.50"


@pytest.mark.parametrize("amount", ["twelve", "0", "-5", "1.234", "99999999999999999"])
def test_wrong_amount_is_said_and_kept(amount, proposal, agency, sign_in):
    line = {"partner": "iom", "year": "2008", "category": "1", "description": "Staff", "amount": amount}
    answer = sign_in(agency).post(url(proposal, "budget"), lines(line))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Some lines need attention" in text
    assert f'value="{amount}"' in text
    assert proposal.budget_lines.count() == 2


def test_number_of_lines_that_is_none_gives_the_usual_ones(proposal, agency, sign_in):
    client = sign_in(agency)

    def lines(rows):
        return client.get(url(proposal, "budget"), {"rows": rows}).context["form"].rows.total_form_count()

    assert {lines(rows) for rows in ("9" * 5000, "-1", "x", "٣", "1e9")} == {lines("")}
    assert lines("99") == lines("") + 20


@pytest.mark.parametrize(
    ("first", "last", "years"),
    [
        (date(9999, 1, 1), None, []),
        (date(1998, 1, 1), date(2002, 12, 31), [2000, 2001, 2002]),
        (date(2099, 1, 1), date(9999, 12, 31), [2099, 2100]),
    ],
)
def test_years_to_choose_from_are_those_that_a_budget_line_can_have(proposal, agency, sign_in, first, last, years):
    proposal.budget_lines.all().delete()
    Proposal.objects.filter(pk=proposal.pk).update(starts_on=first, ends_on=last)
    form = sign_in(agency).get(url(proposal, "budget")).context["form"]
    assert [year for year, _label in form.rows.empty_form.fields["year"].choices if year] == years


@pytest.mark.requirement("R69")
def test_search_narrows_the_recommendations_and_keeps_what_is_ticked(proposal, agency, sign_in):
    typed = {"recommendations": ["B02"], "coherence_justification": "", "q": "b04", "search": "1"}
    text = sign_in(agency).post(url(proposal, "route"), typed).content.decode()
    assert 'value="B02"' in text
    assert 'value="B04"' in text
    assert 'value="B09"' not in text
    assert list(proposal.recommendations.values_list("recommendation__code", flat=True)) == ["B04"]


@pytest.mark.requirement("R40")
def test_objectives_without_a_main_one_are_refused_on_the_page(proposal, agency, sign_in):
    answer = sign_in(agency).post(url(proposal, "objectives"), {"percent_O1": "100"})
    assert answer.status_code == 200
    assert [(row.objective.code, row.percent) for row in proposal.objectives.order_by("pk")] == [("O1", 40), ("O3", 60)]


def test_unknown_section_does_not_exist(proposal, agency, sign_in):
    assert sign_in(agency).get(url(proposal, "nothing")).status_code == 404


@pytest.mark.parametrize("name", ["section", "documents"])
def test_submitted_proposal_sends_back_to_its_page(name, proposal, agency, sign_in):
    from proposals.operations import submit_proposal

    submit_proposal(by=agency, proposal=proposal)
    arguments = [proposal.reference, "context"] if name == "section" else [proposal.reference]
    assert sign_in(agency).get(reverse(f"proposals:{name}", args=arguments)).url == proposal.get_absolute_url()
