"""People, organisations, the fund's and the windows' status."""

from alliance.core.translated import columns
from alliance.people.models import Organisation, OrganisationKind, Role, User
from alliance.people.operations import register_organisation
from funds.models import Fund, FundStatus, Window
from funds.operations.fund import set_fund_status, set_window_status
from scenarios.people.enrolment import enrol, enrol_people
from scenarios.people.personas import MORE_MEMBERS, Persona
from scenarios.play.scenario import Act
from scenarios.play.stage import Stage
from scenarios.play.vocabulary import verb


def _enrolled(stage: Stage, act: Act) -> bool:
    return User.objects.filter(email=MORE_MEMBERS[-1].email).exists()


def _is_known(stage: Stage, act: Act) -> bool:
    return User.objects.filter(email=act.text("email")).exists()


@verb(done=_enrolled)
def people(stage: Stage, act: Act) -> None:
    """Enter the demonstration's people and their organisations."""
    enrol_people(since=act.day)


@verb("slug kind name_en", " ".join([*columns("name")[1:], "country"]))
def organisation(stage: Stage, act: Act) -> Organisation:
    kind = act.text("kind")
    if kind not in OrganisationKind.values:
        raise act.wrong(f"“{kind}” is no kind of organisation; there are: {', '.join(OrganisationKind.values)}")
    texts = {name: act.text(name, "") for name in (*columns("name"), "country")}
    return register_organisation(by=None, slug=act.text("slug"), kind=kind, **texts, key=act.key())


@verb("email name organisation roles", "language", done=_is_known)
def person(stage: Stage, act: Act) -> User:
    """Enter a person with roles for an organisation from this day on."""
    place, roles = stage.organisation(act), tuple(act.texts("roles"))
    if unknown := [role for role in roles if role not in Role.values]:
        raise act.wrong(f"“{unknown[0]}” is no role; there are: {', '.join(Role.values)}")
    made = _Named(act.text("email"), act.text("name"), place.slug, roles, act.text("language", "en"))
    return enrol(made, since=act.day)


class _Named(Persona):
    """A person of a scenario: known by the e-mail address itself."""

    __slots__ = ()

    @property
    def email(self) -> str:
        return self.key


def _has_come_so_far(stage: Stage, act: Act) -> bool:
    """A portal set up with a later status has no way back, and needs none."""
    order, wanted = FundStatus.values, act.text("status")
    if wanted not in order:
        raise act.wrong(f"“{wanted}” is no status of the fund; there are: {', '.join(order)}")
    return stage.is_done(act) or order.index(Fund.objects.the().status) >= order.index(wanted)


@verb("status", "note", done=_has_come_so_far)
def fund_status(stage: Stage, act: Act) -> Fund:
    if _has_come_so_far(stage, act):
        return Fund.objects.the()
    return set_fund_status(
        by=stage.person(act, "head"), status=act.text("status"), note=act.text("note", ""), key=act.key()
    )


@verb("window status", "note")
def window_status(stage: Stage, act: Act) -> Window:
    by, status, note = stage.person(act, "head"), act.text("status"), act.text("note", "")
    return set_window_status(by=by, window=stage.window(act), status=status, note=note, key=act.key())
