"""The count: a decision table, and what must hold for any vote."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance import counting
from governance.counting import (
    ABSTAIN,
    APPROVE,
    APPROVE_WITH_CONDITIONS,
    CARRIED,
    CHOICES,
    DEVELOPING_COUNTRIES,
    DONORS,
    INSTITUTIONS,
    NO_QUORUM,
    OBJECT,
    OTHERS,
    REJECTED,
    RETURN,
    RETURNED,
    TO_SESSION,
    CastBallot,
    GroupTally,
    Result,
    Rules,
    SeatAtVote,
    able_seats,
    count,
    count_silence,
)

RULES = Rules()
LETTERS = {"a": APPROVE, "c": APPROVE_WITH_CONDITIONS, "r": RETURN, "o": OBJECT, "-": ABSTAIN, ".": None}
GROUPS = {"D": DONORS, "I": INSTITUTIONS, "C": DEVELOPING_COUNTRIES, "O": OTHERS}


def member_of(seat: int) -> int:
    return seat * 10 + 1


def alternate_of(seat: int) -> int:
    return seat * 10 + 2


def committee(groups: str) -> list[SeatAtVote]:
    """`DDC` is two seats of donors and one of developing countries, each with a member and an alternate."""
    return [
        SeatAtVote(number, GROUPS[letter], member_of(number), alternate_of(number))
        for number, letter in enumerate(groups, start=1)
    ]


def votes(letters: str) -> list[CastBallot]:
    """One letter per seat, by its member: a approve, c with conditions, r return, o object, - abstain, . nothing."""
    return [
        CastBallot(seat, member_of(seat), choice, seat)
        for seat, letter in enumerate(letters, start=1)
        if (choice := LETTERS[letter])
    ]


def counted(groups: str, letters: str, rules: Rules = RULES, recused: frozenset[int] = frozenset()) -> Result:
    return count(votes(letters), committee(groups), recused, rules)


@pytest.mark.parametrize(
    ("groups", "letters", "result", "is_consensus", "do_conditions_apply"),
    [
        # nobody against
        ("DDIICC", "aaaaaa", CARRIED, True, False),
        ("DDIICC", "aa..aa", CARRIED, True, False),
        ("DDIICC", "a---a-", CARRIED, True, False),
        ("DDIICC", "cccccc", CARRIED, True, True),
        ("DDIICC", "acccca", CARRIED, True, True),
        ("DDDICC", "caaaaa", CARRIED, True, False),
        ("DDIICC", "caaaaa", CARRIED, True, True),
        # nobody in favour either: nothing is carried by abstaining
        ("DDIICC", "------", RETURNED, False, False),
        # two thirds, exactly and one short
        ("DDIICC", "aaarar", RETURNED, False, False),
        ("DDDDDDCCC", "aaaarraar", CARRIED, False, False),
        ("DDDDDDCCC", "aaarr-aar", RETURNED, False, False),
        ("DDDDDDCCC", "aaaoo-aao", REJECTED, False, False),
        # two thirds of all, and not more than half of a group
        ("DDDDDDCC", "aaaaaaao", REJECTED, False, False),
        ("DDDDDDCC", "aaaaaaar", RETURNED, False, False),
        ("DDDDDDCCC", "aaaaaaaao", CARRIED, False, False),
        ("DDDDDDCCC", "aaaaaaa-o", REJECTED, False, False),
        # a group that could vote and stood aside has not given its majority
        ("DDDDIC", "aaao.-", REJECTED, False, False),
        # conditions: plain approvals alone must carry for them to fall away
        ("DDDCCC", "aaoaaa", CARRIED, False, False),
        ("DDDCCC", "aaoaac", CARRIED, False, False),
        ("DDDCCC", "acoaac", CARRIED, False, True),
        ("DDDCCC", "caccac", CARRIED, True, True),
        # returns against objections
        ("DDICC", "rraao", RETURNED, False, False),
        ("DDICC", "roaaa", RETURNED, False, False),
        ("DDDICC", "rooaaa", REJECTED, False, False),
        # quorum: more than half of the able seats
        ("DDIICC", "a....a", NO_QUORUM, False, False),
        ("DDIICC", "a.a..a", NO_QUORUM, False, False),
        ("DDIICC", "a.a.aa", CARRIED, True, False),
        ("DDICC", "a.a.a", CARRIED, True, False),
        ("DDICC", "--a.-", CARRIED, True, False),
        # quorum: a donor and a developing country
        ("DDIICC", "aaaa..", NO_QUORUM, False, False),
        ("DDIICC", "..aaaa", NO_QUORUM, False, False),
        ("DDIIII", "aaaaaa", NO_QUORUM, False, False),
        # the floor
        ("DC", "aa", NO_QUORUM, False, False),
        ("DIC", "aaa", CARRIED, True, False),
        ("DIC", "a.a", CARRIED, True, False),
    ],
)
@pytest.mark.requirement("R62")
def test_decision_table(groups, letters, result, is_consensus, do_conditions_apply):
    found = counted(groups, letters)
    assert (found.result, found.is_consensus, found.do_conditions_apply) == (
        result,
        is_consensus,
        do_conditions_apply,
    )


@pytest.mark.requirement("R62")
@pytest.mark.parametrize(
    ("rules", "letters", "result"),
    [
        (RULES, "aaoaar", CARRIED),
        (replace(RULES, majority=Fraction(3, 4)), "aaoaar", RETURNED),
        (replace(RULES, is_consensus_required=True), "aaoaar", RETURNED),
        (replace(RULES, is_consensus_required=True), "aaaa-.", CARRIED),
        (replace(RULES, majority=Fraction(1, 2), group_majority=None), "aaarrr", CARRIED),
        (RULES, "aaarrr", RETURNED),
        (RULES, "aaa...", NO_QUORUM),
        (replace(RULES, quorum=Fraction(1, 3), required_groups=frozenset({DONORS})), "aaa...", CARRIED),
        (RULES, "a---.-", CARRIED),
        (replace(RULES, do_abstentions_count=False), "a---.-", NO_QUORUM),
        (replace(RULES, floor=7), "aaaaaa", NO_QUORUM),
    ],
)
def test_same_votes_under_two_versions_of_the_rules(rules, letters, result):
    assert counted("DDDCCC", letters, rules).result == result


@pytest.mark.requirement("R61")
def test_no_developing_country_is_not_quorate_or_only_a_warning_as_configured():
    strict, lenient = RULES, replace(RULES, is_composition_binding=False)
    assert counted("DDIC", "aaa.", strict).result == NO_QUORUM
    found = counted("DDIC", "aaa.", lenient)
    assert (found.result, found.missing) == (CARRIED, (DEVELOPING_COUNTRIES,))


def test_empty_group_is_left_out_and_said():
    recused = frozenset({member_of(3), alternate_of(3)})
    found = counted("DDICC", "aa.ar", RULES, recused)
    assert found.left_out == (INSTITUTIONS,)
    assert found.tally.able == 4


def test_recused_member_leaves_the_seat_to_the_alternate():
    seats = committee("DDICC")
    ballots = [*votes("rrrrr"), *(CastBallot(seat, alternate_of(seat), APPROVE, 100 + seat) for seat in range(1, 6))]
    recused = {member_of(seat) for seat in range(1, 6)}
    found = count(ballots, seats, recused, RULES)
    assert found.tally.approvals == 5
    assert found.tally.against == 0


def test_seat_with_both_recused_leaves_the_denominator():
    recused = frozenset({member_of(1), alternate_of(1)})
    assert [seat.seat for seat in able_seats(committee("DDICC"), recused)] == [2, 3, 4, 5]
    assert counted("DDICC", "oaaaa", RULES, recused).is_consensus


def test_ballot_of_a_holder_recused_later_is_not_counted():
    found = counted("DDDICC", "oaaaaa", RULES, frozenset({member_of(1)}))
    assert found.is_consensus
    assert found.tally.cast == 5
    assert found.tally.able == 6


def test_members_ballot_beats_a_later_one_of_the_alternate():
    seats = committee("DIC")
    later = [CastBallot(seat, alternate_of(seat), OBJECT, 100) for seat in (1, 2, 3)]
    assert count([*votes("aaa"), *later], seats, (), RULES).is_consensus


def test_alternates_ballot_counts_when_the_member_cast_none():
    by_alternate = [CastBallot(1, alternate_of(1), APPROVE, 1)]
    found = count([*by_alternate, *votes(".aa")], committee("DIC"), (), RULES)
    assert found.tally.approvals == 3


def test_a_person_who_holds_two_seats_votes_for_each():
    seats = [SeatAtVote(1, DONORS, 11), SeatAtVote(2, INSTITUTIONS, 21, 11), SeatAtVote(3, DEVELOPING_COUNTRIES, 31)]
    cast = [CastBallot(1, 11, OBJECT, 1), CastBallot(3, 31, APPROVE, 2), CastBallot(2, 11, APPROVE, 3)]
    assert count(cast, seats, (), RULES).counted == (cast[0], cast[2], cast[1])
    assert count(cast[:2], seats, (), RULES).counted == (cast[0], cast[1])


def test_last_ballot_of_a_holder_counts():
    first = votes("ooo")
    last = [replace(ballot, choice=APPROVE, order=ballot.order + 100) for ballot in first]
    assert count([*first, *last], committee("DIC"), (), RULES).is_consensus
    changed_back = [replace(ballot, order=ballot.order + 200) for ballot in first]
    assert count([*first, *last, *changed_back], committee("DIC"), (), RULES).result == REJECTED


def test_vacant_seat_is_not_able():
    seats = [*committee("DIC"), SeatAtVote(4, OTHERS), SeatAtVote(5, OTHERS)]
    found = count(votes("aa."), seats, (), RULES)
    assert found.tally.able == 3
    assert found.left_out == (OTHERS,)


def test_groups_say_who_did_not_give_a_majority():
    assert counted("DDDDDDCC", "aaaaaaao").failed_groups == (DEVELOPING_COUNTRIES,)
    assert counted("DDIICC", "aoaoao").failed_groups == (DEVELOPING_COUNTRIES, DONORS, INSTITUTIONS)
    assert counted("DDIICC", "aaaaao").failed_groups == (DEVELOPING_COUNTRIES,)


def test_objections_count_when_plain_approvals_are_counted_alone():
    """Five plain approvals are more than two thirds of seven votes, and less of eight."""
    rules = replace(RULES, group_majority=None)
    assert counted("DDDDCCCC", "aaacaaco", rules).do_conditions_apply
    assert not counted("DDDDCCC", "aaacaac", replace(rules, is_composition_binding=False)).do_conditions_apply


@pytest.mark.requirement("R62")
def test_a_group_with_nobody_able_to_vote_blocks_nothing():
    """Both holders of the institutions' only seat are recused: two thirds of the others carry."""
    nobody = frozenset({member_of(4), alternate_of(4)})
    found = counted("DDDICC", "aao.aa", RULES, nobody)
    assert (found.result, found.left_out, found.failed_groups) == (CARRIED, (INSTITUTIONS,), ())
    lost = counted("DDDICC", "aao.oo", RULES, nobody)
    assert (lost.result, lost.left_out, lost.failed_groups) == (REJECTED, (INSTITUTIONS,), (DEVELOPING_COUNTRIES,))


def test_a_vote_that_is_lost_without_group_majority_names_no_group():
    lost = counted("DDDCCC", "aroorr", replace(RULES, group_majority=None))
    assert (lost.result, lost.failed_groups) == (RETURNED, ())
    assert counted("DDDCCC", "aroorr").failed_groups == (DEVELOPING_COUNTRIES, DONORS)


def test_a_result_holds_the_tally_of_each_group_in_order_and_the_ballots_counted():
    found = counted("DCDIO", "acro-")
    groups = (
        (DEVELOPING_COUNTRIES, GroupTally(able=1, conditional=1)),
        (DONORS, GroupTally(able=2, approvals=1, returns=1)),
        (INSTITUTIONS, GroupTally(able=1, objections=1)),
        (OTHERS, GroupTally(able=1, abstentions=1)),
    )
    assert found == Result(
        RETURNED,
        tally=GroupTally(able=5, approvals=1, conditional=1, returns=1, objections=1, abstentions=1),
        groups=groups,
        failed_groups=(DONORS, INSTITUTIONS, OTHERS),
        counted=tuple(votes("acro-")),
    )
    assert (found.tally.in_favour, found.tally.against, found.tally.voting, found.tally.cast) == (2, 2, 4, 5)


def test_required_groups_that_took_no_part_are_named_in_order():
    found = counted("DDIIIC", "..aaa.")
    assert (found.result, found.is_quorate, found.missing) == (NO_QUORUM, False, (DEVELOPING_COUNTRIES, DONORS))
    backwards = replace(RULES, required_groups=(OTHERS, INSTITUTIONS, DONORS, DEVELOPING_COUNTRIES))
    assert counted("OIDC", "....", backwards).missing == (DEVELOPING_COUNTRIES, DONORS, INSTITUTIONS, OTHERS)
    assert counted("DIC", "a.-", replace(RULES, do_abstentions_count=False)).missing == (DEVELOPING_COUNTRIES,)


@pytest.mark.parametrize(
    ("letters", "result"),
    [("......", CARRIED), ("a.....", CARRIED), ("o.....", TO_SESSION), ("aaaaao", TO_SESSION), ("-.....", CARRIED)],
)
def test_silence_is_consent_until_somebody_objects(letters, result):
    assert count_silence(votes(letters), committee("DDIICC"), (), RULES).result == result


def test_silence_below_the_floor_is_not_consent():
    found = count_silence([], committee("DC"), (), RULES)
    assert (found.result, found.is_quorate, found.is_consensus) == (NO_QUORUM, False, False)
    assert count_silence([], committee("DDDD"), (), replace(RULES, floor=4)).result == CARRIED


def test_silence_carries_with_the_conditions_it_was_asked_under():
    found = count_silence([], committee("DIC"), (), RULES)
    assert (found.result, found.is_consensus, found.is_quorate, found.do_conditions_apply) == (
        CARRIED,
        True,
        True,
        True,
    )
    objected = count_silence(votes("o"), committee("DIC"), (), RULES)
    assert (objected.is_consensus, objected.is_quorate, objected.do_conditions_apply) == (False, True, False)


# -- what holds for any vote ---------------------------------------------------------------------------------------

unhurried = settings(deadline=None)  # a busy machine is no finding
groups_of_seats = st.lists(st.sampled_from(list(GROUPS.values())), min_size=1, max_size=9)


@st.composite
def any_vote(draw) -> tuple[list[CastBallot], list[SeatAtVote], frozenset[int]]:
    groups = draw(groups_of_seats)
    seats = [
        SeatAtVote(
            number,
            group,
            member_of(number) if draw(st.booleans()) else None,
            alternate_of(number) if draw(st.booleans()) else None,
        )
        for number, group in enumerate(groups, start=1)
    ]
    holders = [(seat.seat, holder) for seat in seats for holder in (seat.member, seat.alternate) if holder]
    ballots = [
        CastBallot(seat, holder, draw(st.sampled_from(CHOICES)), order)
        for order, (seat, holder) in enumerate(draw(st.lists(st.sampled_from(holders), max_size=24)) if holders else [])
    ]
    recused = draw(st.frozensets(st.sampled_from([holder for _, holder in holders]), max_size=3)) if holders else ()
    return ballots, seats, frozenset(recused)


any_rules = st.builds(
    Rules,
    majority=st.sampled_from([Fraction(1, 2), Fraction(2, 3), Fraction(3, 4)]),
    group_majority=st.sampled_from([None, Fraction(1, 2)]),
    is_composition_binding=st.booleans(),
    is_consensus_required=st.booleans(),
    do_abstentions_count=st.booleans(),
    floor=st.integers(1, 4),
)


@unhurried
@given(any_vote(), any_rules, st.randoms())
def test_order_of_ballots_is_irrelevant(vote, rules, random):
    ballots, seats, recused = vote
    shuffled, reseated = list(ballots), list(seats)
    random.shuffle(shuffled)
    random.shuffle(reseated)
    assert count(ballots, seats, recused, rules) == count(shuffled, reseated, recused, rules)


@unhurried
@given(any_vote(), any_rules)
def test_one_more_approval_never_turns_carried_into_not_carried(vote, rules):
    ballots, seats, recused = vote
    before = count(ballots, seats, recused, rules)
    if before.result != CARRIED:
        return
    for seat in able_seats(seats, recused):
        holder = counting.able_holders(seat, recused)[0]
        more = [*ballots, CastBallot(seat.seat, holder, APPROVE, 1000)]
        after = count(more, seats, recused, rules)
        assert after.result == CARRIED
        assert after.do_conditions_apply <= before.do_conditions_apply


@unhurried
@given(any_vote(), any_rules)
def test_one_more_vote_against_never_carries(vote, rules):
    """Turning a counted vote into one against never helps (a late vote may: it can make the quorum)."""
    ballots, seats, recused = vote
    before = count(ballots, seats, recused, rules)
    if before.result == CARRIED:
        return
    for ballot in before.counted:
        after = count([*ballots, replace(ballot, choice=OBJECT, order=1000)], seats, recused, rules)
        assert after.result != CARRIED or not (before.is_quorate or rules.do_abstentions_count)


@unhurried
@given(any_vote(), any_rules)
def test_every_counted_ballot_belongs_to_an_able_seat_once(vote, rules):
    ballots, seats, recused = vote
    found = count(ballots, seats, recused, rules)
    assert len({ballot.seat for ballot in found.counted}) == len(found.counted) == found.tally.cast
    assert found.tally.cast <= found.tally.able == len(able_seats(seats, recused))
    assert not {ballot.holder for ballot in found.counted} & recused


@unhurried
@given(any_vote(), any_rules)
def test_recused_holders_ballots_change_nothing(vote, rules):
    ballots, seats, recused = vote
    kept = [ballot for ballot in ballots if ballot.holder not in recused]
    assert count(ballots, seats, recused, rules) == count(kept, seats, recused, rules)


@unhurried
@given(any_vote(), any_rules)
def test_result_says_why(vote, rules):
    ballots, seats, recused = vote
    found = count(ballots, seats, recused, rules)
    if found.result == CARRIED:
        assert found.tally.in_favour > 0
        assert found.is_consensus == (found.tally.against == 0)
    elif found.is_quorate:
        assert (found.result == RETURNED) == (found.tally.returns >= found.tally.objections)
        assert not found.do_conditions_apply
    else:
        assert found.result == NO_QUORUM
