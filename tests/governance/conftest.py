"""How far the committee has come when a test begins: scenes."""

from alliance.people.models import User
from governance.models import Body, Decision
from governance.operations import close_decision, open_decision
from proposals.models import ProposalVersion
from tests.governance.factories import all_but, committee, opened_text, person, tabled, vote
from tests.ground.scenes import scene
from tests.proposals.factories import checked_version


@scene
def founded() -> Body:
    return committee()


@scene
def version(founded: Body, agency: User, officer: User) -> ProposalVersion:
    return checked_version(agency, officer)


@scene
def item(version: ProposalVersion) -> Decision:
    return tabled(version=version)


@scene
def decision(item: Decision, officer: User) -> Decision:
    return open_decision(by=officer, decision=item)


@scene
def open_text(founded: Body) -> Decision:
    return opened_text()


@scene
def silent_text(founded: Body) -> Decision:
    return opened_text(procedure="no_objection")


@scene
def unanimous(decision: Decision) -> Decision:
    """The open decision, with the approval of every seat that may vote."""
    vote(decision, "approve", *all_but("member_iom"))
    return decision


@scene
def unanimous_text(open_text: Decision) -> Decision:
    vote(open_text, "approve", *all_but())
    return open_text


@scene
def closed_text(unanimous_text: Decision) -> Decision:
    close_decision(by=person("chair"), decision=unanimous_text)
    return Decision.objects.get(pk=unanimous_text.pk)
