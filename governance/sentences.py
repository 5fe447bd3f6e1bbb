"""What an outcome says, in words of the reader's language. Derived each time: nothing here is stored."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.core.formats import long_date
from governance.models import Constituency, Decision, Outcome, RuleSet


def labels(groups: Iterable[str]) -> str:
    return ", ".join(str(Constituency(group).label) for group in groups)


def of_outcome(decision: Decision, outcome: Outcome) -> list[str]:
    """Return the outcome as a short text: what was decided, by which count, what follows."""
    return [*_decided(decision, outcome), *_counted(outcome), *_follows(decision, outcome)]


def headline(outcome: Outcome) -> str:
    """Return the result in one line."""
    if outcome.is_carried and outcome.is_consensus:
        in_principle = outcome.result == Outcome.Result.IN_PRINCIPLE
        return _("Approved in principle, by consensus") if in_principle else _("Approved by consensus")
    return str(outcome.get_result_display())


def _decided(decision: Decision, outcome: Outcome) -> Iterator[str]:
    day = {"day": long_date(outcome.recorded_at.date())}
    match outcome.result:
        case Outcome.Result.CARRIED:
            yield _("The committee approved the item on %(day)s.") % day
        case Outcome.Result.IN_PRINCIPLE:
            yield _("The committee approved the item in principle on %(day)s. No money is committed by it.") % day
        case Outcome.Result.RETURNED:
            yield _("The committee returned the item to the applicant on %(day)s.") % day
        case Outcome.Result.REJECTED:
            yield _("The committee did not approve the item on %(day)s.") % day
        case Outcome.Result.DEFERRED:
            yield _("The chair deferred the item on %(day)s, before the first ballot.") % day
        case Outcome.Result.TO_SESSION:
            yield (
                _("A reasoned objection ended the no-objection procedure on %(day)s: the item goes to a session.") % day
            )
        case Outcome.Result.NO_QUORUM:
            yield _("The vote ended on %(day)s without a quorum: nothing was decided.") % day


def _counted(outcome: Outcome) -> Iterator[str]:
    counts = outcome.counts
    if not counts:
        return
    total = counts["total"]
    favour, against = total["approvals"] + total["conditional"], total["returns"] + total["objections"]
    cast = favour + against + total["abstentions"]
    yield ngettext(
        "%(cast)d of %(able)d seat able to vote took part.",
        "%(cast)d of %(able)d seats able to vote took part.",
        total["able"],
    ) % {"cast": cast, "able": total["able"]}
    if outcome.is_consensus and favour:
        yield _("Nobody was against: the decision was taken by consensus.")
    elif outcome.is_quorate and cast:
        yield _("In favour: %(favour)d. Against: %(against)d. Abstentions: %(abstentions)d.") % {
            "favour": favour, "against": against, "abstentions": total["abstentions"],
        }  # fmt: skip
    if counts["left_out"]:
        yield _("Left out of the count, having no seat able to vote: %(groups)s.") % {
            "groups": labels(counts["left_out"])
        }
    if counts["missing"]:
        yield _("Nobody took part for: %(groups)s.") % {"groups": labels(counts["missing"])}
    if counts["failed_groups"]:
        yield _("Without a majority in favour: %(groups)s.") % {"groups": labels(counts["failed_groups"])}


def _follows(decision: Decision, outcome: Outcome) -> Iterator[str]:
    if outcome.do_conditions_apply:
        yield _("The conditions put with the item apply.")
    elif outcome.is_carried and decision.condition_list:
        yield _("Plain approvals alone carried it: the conditions put with the item do not apply.")
    if outcome.money == Outcome.Money.ALLOCATED:
        yield _("The money was allocated in the same act.")
    elif outcome.money == Outcome.Money.WAITING:
        yield _(
            "The fund did not hold enough, or a window was not open: the approval waits for money, and nothing has been allocated."
        )


def of_rules(rules: RuleSet) -> list[str]:
    """Return a rule set as sentences that anybody can check a vote against."""
    return [
        _("Nobody against, and somebody in favour: the item is carried by consensus."),
        *majority(rules),
        quorum(rules),
        _("Abstentions count for the quorum only.")
        if rules.do_abstentions_count
        else _("Abstentions do not count at all."),
        *composition(rules),
        ngettext(
            "An item opens only when at least %(floor)d seat is able to vote.",
            "An item opens only when at least %(floor)d seats are able to vote.",
            rules.floor,
        )
        % {"floor": rules.floor},
        _("Votes are sealed: nobody sees a choice before the close.")
        if rules.is_sealed
        else _("Votes are open: every choice is seen as it is cast."),
        _("Conditions put with an item apply, unless plain approvals alone would carry it."),
        _(
            "Not carried: the item is returned when returns are at least as many as objections, otherwise it is not approved."
        ),
        _("The chair may defer an item before the first ballot.")
        if rules.may_chair_defer
        else _("The chair may not defer an item."),
        _("A seat’s ballot is its member’s last one or, if the member casts none, its alternate’s last one."),
        _("A holder whose organisation is the applicant or a partner does not vote; the alternate acts."),
        _("The secretariat never votes."),
    ]


def majority(rules: RuleSet) -> Iterator[str]:
    """Say what carries an item that somebody is against."""
    if rules.method == RuleSet.Method.CONSENSUS:
        yield _("Anybody against: the item is not carried.")
        return
    yield _("Otherwise it is carried when at least %(share)s of those for or against are in favour.") % {
        "share": rules.majority
    }
    if rules.group_majority:
        yield _("In each constituency that has a seat able to vote, more than %(share)s must be in favour.") % {
            "share": rules.group_majority
        }
        yield _("A constituency able to vote from which nobody is for or against has not given its majority.")


def quorum(rules: RuleSet) -> str:
    return _("Quorum: ballots from more than %(share)s of the seats able to vote.") % {"share": rules.quorum}


def composition(rules: RuleSet) -> Iterator[str]:
    """Say which groups must take part, where any must."""
    if not rules.required:
        return
    groups = {"groups": ", ".join(rules.required_labels)}
    if rules.is_composition_binding:
        yield _("Without a ballot from each of these groups there is no quorum: %(groups)s.") % groups
    else:
        yield _("The outcome warns when nobody took part from one of these groups: %(groups)s.") % groups
