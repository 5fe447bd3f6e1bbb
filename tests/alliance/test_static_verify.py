"""`static/verify.py` on small registers written here: each of its checks says what is wrong, and only that."""

import json
import runpy
import sys
from types import SimpleNamespace

import pytest

from alliance.register.canonical import GENESIS, canonical, chained, digest_of
from static import verify

HEADER = {"format": "alliance-register/1", "demonstration": True}
POOL, DONOR, PROJECT, PARTNER, TRANSIT = 1, 2, 3, 4, 5


def account(number, code, kind, guarded):
    return {
        "model": "funds.account",
        "pk": number,
        "columns": {"id": number, "code": code, "kind": kind, "guarded": guarded},
    }


ACCOUNTS = [
    account(POOL, "pool:GEN", "pool", True),
    account(DONOR, "donor:sweden", "contributions", False),
    account(PROJECT, "project:PRJ-1", "project", True),
    account(PARTNER, "partner:iom", "partner", True),
    account(TRANSIT, "transit:iom", "refunds_in_transit", True),
]  # fmt: skip


def posting(number, debit, credit, amount, reverses=None):
    columns = {"id": number, "debit_id": debit, "credit_id": credit, "amount": amount, "reverses_id": reverses}
    return {"model": "funds.posting", "pk": number, "columns": columns}


def share(of, source, amount):
    return {"model": "funds.share", "pk": of, "columns": {"posting_id": of, "source_id": source, "amount": amount}}


def published(n, stated):
    return {"model": "alliance.checkpoint", "pk": n, "columns": {"n": n, "hash": stated}}


def deposit(number, amount, source=1):
    return [posting(number, POOL, DONOR, amount), share(number, source, amount)]


def allocation(number, amount, source=1):
    return [posting(number, PROJECT, POOL, amount), share(number, source, amount)]


def entry(n, rows, /, **changed):
    """One entry's line with its body; `hash` comes with the chain."""
    body = {
        "id": n, "n": n, "act": f"{n:032d}", "kind": "test/1", "at": "2008-03-11T09:30:00+00:00", "by": "system",
        "public": True, "facts": {}, "rows": rows, "gone": [], "salt": "0f" * 16, "opens": {}, "asked": None,
    }  # fmt: skip
    return {"n": n, "body": canonical(body | changed)}


def closed(n):
    return {"n": n, "digest": digest_of(f"closed {n}")}


def checkpoint(n):
    return {"checkpoint": n, "made_at": "2008-03-11T10:00:00+00:00"}


def register(*lines):
    """Return a whole register: header, lines with their digests and hashes, head. Rows alone are an entry of an act of their own."""
    made, n, before = [dict(HEADER)], 0, GENESIS
    for given in lines:
        line = dict(given) if isinstance(given, dict) else entry(n + 1, given)
        if "n" in line:
            n += 1
            if "body" in line:
                line["digest"] = digest_of(line["body"])
            before = chained(before, line["digest"])
        made.append({"hash": before} | line)
    return [*made, {"head": n, "hash": before}]


@pytest.fixture
def said(tmp_path, capsys):
    """Return a function that checks lines, and gives the exit code, the problems and the last lines said."""

    def checked(lines, *arguments, since=None):
        paths = [write(tmp_path / "new.jsonl", lines)]
        if since is not None:
            paths += ["--since", write(tmp_path / "old.jsonl", since)]
        code = verify.main([*paths, *arguments])
        out = capsys.readouterr().out.splitlines()
        first = next(place for place, line in enumerate(out) if line.startswith("checked: "))
        return SimpleNamespace(code=code, problems=out[:first], end=out[first:])

    return checked


def write(path, lines):
    path.write_bytes(b"".join(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines))
    return str(path)


SMALL = register(ACCOUNTS, deposit(1, "1000.00"), checkpoint(2), closed(3), allocation(2, "400.05"))


def test_what_follows_is_said_with_its_figures(said):
    found = said(SMALL)
    assert (found.code, found.problems) == (0, [])
    assert found.end == [
        (
            "checked: 4 entries (3 public, 1 closed), 1 checkpoints, 2 postings on 3 accounts, "
            "debits 1400.05, credits 1400.05"
        ),
        f"head: 4 {SMALL[-1]['hash']}",
        "everything follows",
    ]


def test_problems_are_counted_at_the_end(said):
    found = said([*SMALL[:-1], {"head": 3, "hash": SMALL[-1]["hash"]}, {"strange": 1}])
    assert (found.code, len(found.problems), found.end[-1]) == (1, 3, "3 problems")


# The chain


def changed(line, **values):
    """The small register with some fields of one line (0 is its first) written again, or left out."""
    made = [dict(one) for one in SMALL]
    made[line].update(values)
    made[line] = {name: value for name, value in made[line].items() if value is not Ellipsis}
    return made


HASHES = [line.get("hash") for line in SMALL]
LAST = f"which is 4 with hash {HASHES[-1]}"
BEFORE = "the hash does not follow from the entry before"
NO_ENTRY = "is no entry, checkpoint or head"
CHAIN = [
    ("another hash", changed(1, hash="b" * 64), [f"entry 1: {BEFORE}", f"entry 2: {BEFORE}"]),
    ("another digest", changed(4, digest="b" * 64), [f"entry 3: {BEFORE}"]),
    ("number too high", changed(4, n=5), ["entry 5: entry 3 was expected here", "entry 4: entry 6 was expected here"]),
    ("number zero", changed(1, n=0), [
        "entry 0: entry 1 was expected here", "entry 0: the body says that it is entry 1",
        "entry 2: entry 1 was expected here",
    ]),
    ("number as text", changed(4, n="3"), [f"line 5: {NO_ENTRY}", "entry 4: entry 3 was expected here", f"entry 4: {BEFORE}"]),
    ("number as truth", changed(4, n=True), [f"line 5: {NO_ENTRY}", "entry 4: entry 3 was expected here", f"entry 4: {BEFORE}"]),
    ("number below zero", changed(4, n=-3), [f"line 5: {NO_ENTRY}", "entry 4: entry 3 was expected here", f"entry 4: {BEFORE}"]),
    ("digest that is none", changed(4, digest="B" * 64), [f"line 5: {NO_ENTRY}", "entry 4: entry 3 was expected here", f"entry 4: {BEFORE}"]),
    ("digest too long", changed(4, digest=SMALL[4]["digest"] + "0"), [f"line 5: {NO_ENTRY}", "entry 4: entry 3 was expected here", f"entry 4: {BEFORE}"]),
    ("hash that is none", changed(4, hash="b" * 63), [f"line 5: {NO_ENTRY}", "entry 4: entry 3 was expected here", f"entry 4: {BEFORE}"]),
    ("head of another number", changed(-1, head=3), [f"head 3: is not the last entry, {LAST}"]),
    ("head of another hash", changed(-1, hash=HASHES[1]), [f"head 4: is not the last entry, {LAST}"]),
    ("no head", SMALL[:-1], ["end: the file is cut off: its last line does not name the head"]),
    ("nothing behind the header", SMALL[:1], ["end: the file is cut off: its last line does not name the head"]),
    ("entry behind the head", [*SMALL[:-2], SMALL[-1], SMALL[-2]], [
        f"head 4: is not the last entry, which is 3 with hash {HASHES[4]}",
        "end: the file is cut off: its last line does not name the head",
    ]),
    ("line behind the head", [*SMALL, b"[1]\n"], [
        "line 8: cannot be read", "end: the file is cut off: its last line does not name the head",
    ]),
    ("body that is no text", changed(5, body=7), ["entry 4: the body is no text"]),
    ("half a letter in a body", changed(5, body="\ud800"), ["entry 4: the body is no text"]),
    ("another body", changed(5, body=SMALL[5]["body"] + " "), [
        "entry 4: the body is not the one that was hashed",
        "entry 4: the body is not canonical JSON with the fields of a body",
    ]),
    ("checkpoint of no number", changed(3, checkpoint="2"), ["checkpoint 2: cannot be read"]),
    ("checkpoint of no hash", changed(3, hash=7), ["checkpoint 2: cannot be read"]),
    ("checkpoint of another hash", changed(3, hash=HASHES[1]), [
        "checkpoint 2: the entry's hash is not the one that was published",
    ]),
    ("checkpoint behind another entry", changed(3, checkpoint=1), [
        "checkpoint 1: does not stand behind its entry, but behind entry 2",
    ]),
    ("checkpoint before its entry", changed(3, checkpoint=3, hash=HASHES[4]), [
        "checkpoint 3: does not stand behind its entry, but behind entry 2",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "why"), [case[1:] for case in CHAIN], ids=[case[0] for case in CHAIN])
def test_a_broken_chain_is_found(said, lines, why):
    found = said(lines)
    assert (found.code, found.problems) == (1, why)


@pytest.mark.parametrize(
    "line",
    [
        b"{\n", b"7\n", b"[]\n", b"null\n", b'"n"\n', b'{"n":1.5}\n', b'{"n":NaN}\n', b'{"n":Infinity}\n', b"\xff\n",
        b"{" + b'"a":[' * 100000 + b"\n",
    ],
    ids=["cut", "number", "list", "null", "text", "float", "nan", "infinity", "bytes", "deep"],
)  # fmt: skip
def test_a_line_that_is_no_object_cannot_be_read(said, line):
    found = said([*SMALL[:4], line, *SMALL[4:]])
    assert (found.code, found.problems) == (1, ["line 5: cannot be read"])


# Bodies

NO_BODY = "entry 1: the body is not canonical JSON with the fields of a body"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (entry(1, [], n=2)["body"], "entry 1: the body says that it is entry 2"),
        (entry(1, [], more=1)["body"], NO_BODY),
        (entry(1, [])["body"].replace('"asked":null,', ""), NO_BODY),
        (entry(1, [], salt="0f" * 15)["body"], NO_BODY),
        (entry(1, [], salt="0f" * 16 + "0")["body"], NO_BODY),
        (entry(1, [], salt="0F" * 16)["body"], NO_BODY),
        (entry(1, [], salt=7)["body"], NO_BODY),
        (entry(1, 7)["body"], NO_BODY),
        (entry(1, [7])["body"], NO_BODY),
        (entry(1, [{"model": "a", "pk": 1}])["body"], NO_BODY),
        (entry(1, [{"pk": 1, "columns": {}}])["body"], NO_BODY),
        (entry(1, [{"model": "a", "columns": {}}])["body"], NO_BODY),
        (entry(1, [{"model": "a", "pk": 1, "columns": []}])["body"], NO_BODY),
        (entry(1, [])["body"].replace(",", ", "), NO_BODY),
        (entry(1, [])["body"].replace('"facts":{}', '"facts":{"a":1.5}'), NO_BODY),
        (entry(1, [])["body"].replace('"facts":{}', '"facts":{"b":1,"a":1}'), NO_BODY),
        (entry(1, [])["body"].replace('"facts":{}', '"facts":{"a":"\\u00e9"}'), NO_BODY),
        ("[" * 100000, NO_BODY),
        ("{}", NO_BODY),
        ("7", NO_BODY),
        ("", NO_BODY),
    ],
)
def test_a_body_of_another_form_is_found(said, body, why):
    found = said(register({"n": 1, "body": body}))
    assert (found.code, found.problems) == (1, [why])


def test_letters_beyond_ascii_stand_as_themselves(said):
    assert said(register(entry(1, [], facts={"a": "é"}))).problems == []


# Checkpoints that a body published


def publishing(n, stated, *more):
    return register(ACCOUNTS, checkpoint(1), [published(n, stated)], *more)


def test_a_published_checkpoint_is_in_the_file(said):
    first = register(ACCOUNTS)[1]["hash"]
    missing = "published a checkpoint of entry {} that is not in the file"
    assert said(publishing(1, first)).problems == []
    assert said(publishing(1, "b" * 64)).problems == [f"entry 2: {missing.format(1)}"]
    assert said(publishing(2, first)).problems == [f"entry 2: {missing.format(2)}"]
    assert said(publishing("1", first)).problems == [f"entry 2: {missing.format('1')}"]
    assert said(publishing([1], first)).problems == [f"entry 2: {missing.format([1])}"]
    assert said(publishing(2, None)).problems == [f"entry 2: {missing.format(2)}"]


# The ledger: what one entry says


def in_one_entry(*rows):
    return register([*ACCOUNTS, *rows])


UNREADABLE = "a row of the ledger cannot be read (%s)"
ROWS = [
    ("amount of nothing", [posting(1, PROJECT, DONOR, "0.00")], ["the amount of posting 1 is not above zero"]),
    ("amount with a sign", [posting(1, PROJECT, DONOR, "-1.00")], [UNREADABLE % "no amount: '-1.00'"]),
    ("amount of one decimal", [posting(1, PROJECT, DONOR, "1.0")], [UNREADABLE % "no amount: '1.0'"]),
    ("amount of three decimals", [posting(1, PROJECT, DONOR, "1.000")], [UNREADABLE % "no amount: '1.000'"]),
    ("amount with zeros before it", [posting(1, PROJECT, DONOR, "01.00")], [UNREADABLE % "no amount: '01.00'"]),
    ("amount that is no text", [posting(1, PROJECT, DONOR, 1)], [UNREADABLE % "no amount: 1"]),
    ("amount without its whole", [posting(1, PROJECT, DONOR, ".50")], [UNREADABLE % "no amount: '.50'"]),
    ("one account on both sides", [posting(1, DONOR, DONOR, "1.00")], ["posting 1 has one account on both sides"]),
    ("account nobody opened", [posting(1, 9, DONOR, "1.00")], ["posting 1 is on account 9, which no public body opens"]),
    ("the other account", [posting(1, PROJECT, 9, "1.00")], ["posting 1 is on account 9, which no public body opens"]),
    ("account that is no number", [posting(1, "3", DONOR, "1.00")], [UNREADABLE % "no posting: 1"]),
    ("posting that is no number", [posting("1", PROJECT, DONOR, "1.00")], [UNREADABLE % "no posting: '1'"]),
    ("credit that is no number", [posting(1, PROJECT, None, "1.00")], [UNREADABLE % "no posting: 1"]),
    ("posting twice", [posting(1, PROJECT, DONOR, "1.00")] * 2, ["posting 1 was recorded before"]),
    ("shares of less", [posting(1, POOL, DONOR, "1.00"), share(1, 1, "0.99")], [
        "the shares of posting 1 add up to 0.99, not 1.00", "account pool:GEN holds 1.00, but its stakes add up to 0.99",
    ]),
    ("no shares", [posting(1, POOL, DONOR, "1.00")], [
        "the shares of posting 1 add up to 0.00, not 1.00", "account pool:GEN holds 1.00, but its stakes add up to 0.00",
    ]),
    ("no share of one cent", [posting(1, POOL, DONOR, "0.01")], [
        "the shares of posting 1 add up to 0.00, not 0.01", "account pool:GEN holds 0.01, but its stakes add up to 0.00",
    ]),
    ("no share of one cent given back", [posting(1, DONOR, POOL, "0.01")], [
        "the shares of posting 1 add up to 0.00, not 0.01", "account pool:GEN is below zero: -0.01",
        "account pool:GEN holds -0.01, but its stakes add up to 0.00",
    ]),
    ("shares where no pool is", [posting(1, PROJECT, DONOR, "1.00"), share(1, 1, "1.00")], [
        "the shares of posting 1 add up to 1.00, not 0.00",
    ]),
    ("share of nothing", [*deposit(1, "1.00"), share(1, 2, "0.00")], ["a share of posting 1 is not above zero"]),
    ("two shares of one source", [posting(1, POOL, DONOR, "1.00"), share(1, 1, "0.40"), share(1, 1, "0.60")], [
        "posting 1 has two shares of one source",
    ]),
    ("one cent", deposit(1, "0.01"), []),
    ("two sources", [posting(1, POOL, DONOR, "1.00"), share(1, 1, "0.40"), share(1, 2, "0.60")], []),
    ("share of no amount", [posting(1, PROJECT, DONOR, "1.00"), share(1, 1, "x")], [UNREADABLE % "no amount: 'x'"]),
    ("shares of another entry's posting", [share(7, 1, "1.00"), share(5, 1, "1.00")], [
        "shares of posting 5 stand in another entry than it", "shares of posting 7 stand in another entry than it",
    ]),
    ("guarded kind not guarded", [account(9, "pool:X", "pool", False)], ["account pool:X is guarded or not against its kind"]),
    ("guarded against its kind", [account(9, "fee:X", "fee", True)], ["account fee:X is guarded or not against its kind"]),
    ("partner not guarded", [account(9, "p:X", "partner", False)], ["account p:X is guarded or not against its kind"]),
    ("transit not guarded", [account(9, "t:X", "refunds_in_transit", False)], ["account t:X is guarded or not against its kind"]),
    ("project not guarded", [account(9, "j:X", "project", False)], ["account j:X is guarded or not against its kind"]),
    ("account the same again", [account(PROJECT, "project:PRJ-1", "project", True)], []),
    ("account of another code", [account(PROJECT, "project:PRJ-2", "project", True)], [
        "account project:PRJ-2 is not what it was opened as",
    ]),
    ("account of no number", [account(None, "pool:X", "pool", True)], [UNREADABLE % "no account: None"]),
    ("account below zero", [account(-1, "pool:X", "pool", True)], [UNREADABLE % "no account: -1"]),
    ("posting without an amount", [{"model": "funds.posting", "pk": 1, "columns": {"id": 1}}], [UNREADABLE % "'debit_id'"]),
    ("source that is a list", [share(1, [1], "1.00")], [UNREADABLE % "unhashable type: 'list'"]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "why"), [case[1:] for case in ROWS], ids=[case[0] for case in ROWS])
def test_false_rows_of_the_ledger_are_found(said, rows, why):
    found = said(in_one_entry(*rows))
    assert (found.code, found.problems) == (1 if why else 0, [f"entry 1: {text}" for text in why])


def test_an_account_is_opened_before_the_posting_whatever_the_order_of_the_rows(said):
    assert said(register([*deposit(1, "1.00"), *ACCOUNTS])).problems == []


# The ledger: reversals


def reversing(*reversed_by_number):
    """Five postings in an entry each, numbered far apart, and one entry that reverses."""
    numbers = (1, 2, 65537, 65538, 131072)
    rows = [posting(number, DONOR, PROJECT, "1.00", earlier) for number, earlier in reversed_by_number]
    return register(ACCOUNTS, *([posting(number, PROJECT, DONOR, "1.00")] for number in numbers), rows)


NOT_THERE = "entry 7: posting {} reverses posting {}, which is not there"
REVERSALS = [
    ("each once", [(10, 1), (11, 2), (12, 65537)], []),
    ("itself", [(10, 10)], [NOT_THERE.format(10, 10)]),
    ("one that is not there", [(10, 3)], [NOT_THERE.format(10, 3)]),
    ("a neighbour of what is there", [(10, 0)], [NOT_THERE.format(10, 0)]),
    ("the same place of another page", [(10, 65536 + 3)], [NOT_THERE.format(10, 65539)]),
    ("the same place of the first page", [(10, 65537 - 65536 + 2)], [NOT_THERE.format(10, 3)]),
    ("a page that nobody touched", [(10, 7 * 65536 + 1)], [NOT_THERE.format(10, 458753)]),
    ("eight further", [(20, 9)], [NOT_THERE.format(20, 9)]),
    ("a later one", [(10, 11), (11, 1)], [NOT_THERE.format(10, 11)]),
    ("what is no number", [(10, "1")], [NOT_THERE.format(10, "1")]),
    ("below zero", [(10, -1)], [NOT_THERE.format(10, -1)]),
    ("one twice", [(10, 1), (11, 1)], ["entry 7: posting 11 reverses posting 1, which was reversed before"]),
    ("beyond 65,535 twice", [(10, 65538), (11, 65538)], [
        "entry 7: posting 11 reverses posting 65538, which was reversed before",
    ]),
    ("the last of all", [(10, 131072)], []),
]  # fmt: skip


@pytest.mark.parametrize(("reversals", "why"), [case[1:] for case in REVERSALS], ids=[case[0] for case in REVERSALS])
def test_a_reversal_is_of_an_earlier_posting_and_the_only_one(said, reversals, why):
    assert said(reversing(*reversals)).problems == why


@pytest.mark.parametrize("number", [0, 7, 8, 65535, 65536, 65537, 524288, 10**9])
def test_a_set_of_numbers_tells_each_from_its_neighbours(number):
    seen = verify.Seen()
    assert seen.add(number)
    assert not seen.add(number)
    near = [number + step for step in (-65536, -256, -8, -1, 1, 8, 256, 65536) if number + step >= 0]
    assert [other for other in near if other in seen] == []
    assert number in seen
    assert [other for other in near if not seen.add(other)] == []


# The ledger: what holds when an act is over


def test_a_guarded_account_is_not_below_zero_when_its_act_is_over(said):
    paid = posting(1, DONOR, PROJECT, "3.05")
    below = "account project:PRJ-1 is below zero: -3.05"
    assert said(register(ACCOUNTS, [paid])).problems == [f"entry 2: {below}"]
    refilled = posting(2, PROJECT, DONOR, "3.05")
    assert said(register(ACCOUNTS, [paid, refilled])).problems == []
    same = register(ACCOUNTS, entry(2, [paid], act="e" * 32), entry(3, [refilled], act="e" * 32))
    assert said(same).problems == []


def test_an_account_refilled_in_a_later_act_was_below_zero(said):
    rows = [posting(1, DONOR, PROJECT, "3.05")], [posting(2, PROJECT, DONOR, "3.05")]
    assert said(register(ACCOUNTS, *rows)).problems == ["entry 2: account project:PRJ-1 is below zero: -3.05"]


def test_an_account_is_said_to_be_below_zero_in_each_act_that_leaves_it_so(said):
    rows = [posting(n, DONOR, PROJECT, "0.01") for n in (1, 2)]
    assert said(register(ACCOUNTS, [rows[0]], [], [rows[1]])).problems == [
        "entry 2: account project:PRJ-1 is below zero: -0.01",
        "entry 4: account project:PRJ-1 is below zero: -0.02",
    ]


def test_an_account_without_guard_may_be_below_zero(said):
    assert said(register(ACCOUNTS, deposit(1, "1.00"))).problems == []


def test_accounts_below_zero_are_said_in_the_order_of_their_numbers(said):
    rows = [posting(1, DONOR, PARTNER, "1.00"), posting(2, DONOR, PROJECT, "2.00"), posting(3, DONOR, TRANSIT, "12.34")]
    assert said(register(ACCOUNTS, rows)).problems == [
        "entry 2: account project:PRJ-1 is below zero: -2.00",
        "entry 2: account partner:iom is below zero: -1.00",
        "entry 2: account transit:iom is below zero: -12.34",
    ]
    second = account(16, "project:PRJ-2", "project", True)
    two = [posting(4, DONOR, 16, "4.00"), posting(5, DONOR, PROJECT, "2.00")]
    assert said(register([*ACCOUNTS, second], two)).problems == [
        "entry 2: account project:PRJ-1 is below zero: -2.00",
        "entry 2: account project:PRJ-2 is below zero: -4.00",
    ]


def test_no_source_draws_more_from_a_pool_than_it_has_there(said):
    given = [*deposit(1, "5.00", 1), *deposit(2, "5.00", 2)]
    drawn = [posting(3, PROJECT, POOL, "6.00"), share(3, 1, "5.50"), share(3, 2, "0.50")]
    assert said(register(ACCOUNTS, given, drawn)).problems == [
        "entry 3: the stake of source 1 in account pool:GEN is below zero: -0.50"
    ]
    exactly = [posting(3, PROJECT, POOL, "6.00"), share(3, 1, "5.00"), share(3, 2, "1.00")]
    assert said(register(ACCOUNTS, given, exactly)).problems == []


def test_a_stake_refilled_in_a_later_act_was_below_zero(said):
    given = [*deposit(1, "5.00", 1), *deposit(2, "5.00", 2)]
    assert said(register(ACCOUNTS, given, allocation(3, "6.00", 1), deposit(4, "1.00", 1))).problems == [
        "entry 3: the stake of source 1 in account pool:GEN is below zero: -1.00"
    ]
    assert said(register(ACCOUNTS, given, [*allocation(3, "6.00", 1), *deposit(4, "1.00", 1)])).problems == []


def test_stakes_below_zero_are_said_once_in_the_order_of_pools_and_sources(said):
    sources = (70, 9, 33, 5, 1)
    pools = [account(number, f"pool:{number}", "pool", True) for number in (12, 11)]
    given = [row for number in (11, 12) for row in (posting(number, number, DONOR, "9.00"), share(number, 2, "9.00"))]
    drawn = [
        row
        for pool in (12, 11)
        for row in (
            posting(pool + 10, PROJECT, pool, "0.05"),
            *(share(pool + 10, source, "0.01") for source in sources),
        )
    ]
    later = [posting(30, DONOR, PROJECT, "0.01")]
    assert said(register([*ACCOUNTS, *pools], given, drawn, later)).problems == [
        f"entry 3: the stake of source {source} in account pool:{pool} is below zero: -0.01"
        for pool in (11, 12)
        for source in sorted(sources)
    ]


def test_stakes_are_of_each_pool_alone(said):
    other = [account(9, "pool:RAP", "pool", True), posting(2, 9, POOL, "4.00"), share(2, 1, "4.00")]
    assert said(register(ACCOUNTS, deposit(1, "5.00"), other)).problems == []
    back = [posting(3, POOL, 9, "4.01"), share(3, 1, "4.01")]
    assert said(register(ACCOUNTS, deposit(1, "5.00"), other, back)).problems == [
        "entry 4: account pool:RAP is below zero: -0.01",
        "entry 4: the stake of source 1 in account pool:RAP is below zero: -0.01",
    ]


def test_postings_and_shares_of_one_entry_that_do_not_agree_leave_stakes_and_balance_apart(said):
    rows = [posting(1, POOL, DONOR, "2.00"), share(1, 1, "2.50")]
    apart = "account pool:GEN holds 2.00, but its stakes add up to 2.50"
    assert said(register(ACCOUNTS, rows, [])).problems == [
        "entry 2: the shares of posting 1 add up to 2.50, not 2.00",
        f"entry 2: {apart}",
    ]


def test_one_act_may_have_several_entries_and_is_checked_behind_its_last(said):
    lines = register(
        ACCOUNTS,
        entry(2, [posting(1, DONOR, PROJECT, "1.00")], act="e" * 32),
        entry(3, [], act="e" * 32),
        entry(4, [], act="f" * 32),
    )
    assert said(lines).problems == ["entry 3: account project:PRJ-1 is below zero: -1.00"]


def test_a_trial_balance_that_is_not_zero_is_said(capsys):
    ledger = verify.Ledger(verify.Chain("file", "", verify.Problems()))
    ledger.last = 7
    ledger.move(1, 100)
    ledger.move(2, -100)
    ledger.finish()
    assert capsys.readouterr().out == ""
    ledger.move(2, 1)
    ledger.finish()
    assert capsys.readouterr().out == "entry 7: the trial balance is not zero, but 0.01\n"


# Beside an older file


def test_a_register_that_grew_follows_from_the_older_one(said):
    assert said(SMALL, since=register(ACCOUNTS)).problems == []
    assert said(SMALL, since=register(ACCOUNTS, deposit(1, "1000.00"), checkpoint(2))).problems == []
    assert said(SMALL, since=SMALL).problems == []
    assert said(SMALL, since=register()).problems == []


def test_a_rewritten_past_is_said_once_with_how_many_entries_differ(said):
    lines = register(ACCOUNTS, deposit(1, "1000.01"), closed(3), allocation(2, "400.05"))
    assert said(lines, since=SMALL).problems == [
        "entry 2: its public body is not the one in the older file",
        "entry 2: is not the one in the older file: the past was rewritten from here (3 entries differ)",
        "checkpoint 2: was published in the older file and is not in this one",
    ]


def test_the_newest_entries_cut_off_are_said(said):
    assert said(register(ACCOUNTS), since=SMALL).problems == [
        "entry 1: the older file goes on to entry 4: the newest entries were cut off",
        "checkpoint 2: was published in the older file and is not in this one",
    ]


def test_entries_left_out_are_named(said):
    lines = [line for line in SMALL if line.get("n") not in (2, 3)]
    assert [problem for problem in said(lines, since=SMALL).problems if "older" in problem] == [
        "entry 2: stands in the older file and is missing here",
        "entry 3: stands in the older file and is missing here",
        "checkpoint 2: was published in the older file and is not in this one",
    ]


def test_entries_that_the_older_file_left_out_are_no_finding_of_the_newer(said):
    older = [line for line in SMALL if line.get("n") != 2 and "checkpoint" not in line]
    assert said(SMALL, since=older).problems == [
        "older file, entry 3: entry 2 was expected here",
        f"older file, entry 3: {BEFORE}",
    ]


def test_a_body_may_be_opened_and_never_closed_or_changed(said):
    older = register(ACCOUNTS, closed(2))
    same = register(ACCOUNTS, {"n": 2, "body": "closed 2"})
    assert said(same, since=older).problems == [NO_BODY.replace("entry 1", "entry 2")]
    assert said(older, since=same).problems == ["entry 2: its body was public in the older file and is closed here"]


def test_a_body_changed_under_the_same_hash_is_found_beside_the_older_file(said):
    """Its digest is as it was."""
    newer = [dict(line) for line in SMALL]
    newer[5]["body"] = newer[5]["body"].replace("400.05", "400.06")
    assert said(newer, since=SMALL).problems == [
        "entry 4: the body is not the one that was hashed",
        "entry 4: its public body is not the one in the older file",
    ]


def test_a_checkpoint_of_the_older_file_stands_in_the_newer(said):
    without = [line for line in SMALL if "checkpoint" not in line]
    assert said(without, since=SMALL).problems == [
        "checkpoint 2: was published in the older file and is not in this one"
    ]
    assert said(SMALL, since=without).problems == []


def test_checkpoints_gone_are_said_in_order(said):
    older = register(ACCOUNTS, checkpoint(1), closed(2), checkpoint(2))
    assert said(register(ACCOUNTS, closed(2)), since=older).problems == [
        f"checkpoint {n}: was published in the older file and is not in this one" for n in (1, 2)
    ]


# Checkpoints that the reader brings along


def test_checkpoints_of_the_reader_are_compared(said, tmp_path):
    hashes = {line["n"]: line["hash"] for line in SMALL if "n" in line}
    good = [f"--checkpoint={n}:{stated.upper()}" for n, stated in hashes.items()]
    assert said(SMALL, *good).problems == []
    other = "b" * 64
    assert said(SMALL, f"--checkpoint=2:{other}", f"--checkpoint=9:{other}", f"--checkpoint=5:{other}").problems == [
        "entry 2: its hash is not the one of your checkpoint",
        "entry 5: you have a checkpoint of it, and it is not here",
        "entry 9: you have a checkpoint of it, and it is not here",
    ]
    assert said(SMALL, f"--checkpoint=2:{hashes[2]}", f"--checkpoint=2:{other}").problems == [
        "entry 2: you gave two checkpoints of it that differ"
    ]
    assert said(SMALL, f"--checkpoint=2:{hashes[2]}", f"--checkpoint=2:{hashes[2]}").problems == []


def test_a_list_of_checkpoints_that_was_kept_is_compared(said, tmp_path):
    stated = SMALL[2]["hash"]
    kept = tmp_path / "kept.txt"
    kept.write_text(f"2:{stated} 2008-03-11\n\n  \n")
    assert said(SMALL, "--checkpoints", str(kept)).problems == []
    kept.write_text(f"9:{stated}\n")
    assert said(SMALL, "--checkpoints", str(kept), f"--checkpoint=8:{stated}").problems == [
        f"entry {n}: you have a checkpoint of it, and it is not here" for n in (8, 9)
    ]


@pytest.mark.parametrize(
    "text", ["2", "2:", f"two:{'b' * 64}", f":{'b' * 64}", f"-2:{'b' * 64}", f"2:{'b' * 63}", f"2 {'b' * 64}"]
)
def test_what_is_no_checkpoint_is_bad_input(tmp_path, capsys, text):
    file = write(tmp_path / "new.jsonl", SMALL)
    with pytest.raises(SystemExit) as refused:
        verify.main([file, f"--checkpoint={text}"])
    assert refused.value.code == 2
    assert capsys.readouterr().err.endswith("a checkpoint is N:HASH, such as 4711:" + "0" * 64 + "\n")
    kept = tmp_path / "kept.txt"
    kept.write_text(text + "\n")
    assert verify.main([file, "--checkpoints", str(kept)]) == 2
    assert capsys.readouterr().err.startswith(f"{kept}: no list of checkpoints (a checkpoint is N:HASH")


# What is no register


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "the file is empty"),
        (b"{}\n", "the first line does not say alliance-register/1 or alliance-register/2"),
        (b"PK\x03\x04", "the first line does not say alliance-register/1 or alliance-register/2"),
        (
            b'{"format":"alliance-register/3"}\n',
            "the first line does not say alliance-register/1 or alliance-register/2",
        ),
        (b'{"format":"alliance-register/2"}\n', "the first line does not say what the file holds"),
        (
            b'{"format":"alliance-register/2","body":[],"guarded":"all"}\n',
            "the first line does not say what the file holds",
        ),
        (
            b'{"format":"alliance-register/2","body":[7],"guarded":[]}\n',
            "the first line does not say what the file holds",
        ),
        (
            b'{"format":"alliance-register/2","body":[],"guarded":["vault","escrow"]}\n',
            "this checker is of an earlier release and does not know escrow, vault (guarded); download today's",
        ),
        (
            b'{"format":"alliance-register/2","body":["seal"],"guarded":[]}\n',
            "this checker is of an earlier release and does not know seal (body); download today's",
        ),
    ],
)
def test_what_is_no_register_is_refused(tmp_path, capsys, content, why):
    file = tmp_path / "other"
    file.write_bytes(content)
    small = write(tmp_path / "small.jsonl", SMALL)
    for arguments in ([str(file)], [small, "--since", str(file)]):
        assert verify.main(arguments) == 2
        assert capsys.readouterr() == ("", f"{file}: {why}\n")


def announcing(body, guarded, lines):
    return [{"format": "alliance-register/2", "demonstration": True, "body": body, "guarded": guarded}, *lines[1:]]


def test_a_file_of_the_second_format_may_hold_no_more_than_one_of_the_first(said):
    assert said(announcing([], [], SMALL)).problems == []
    assert said(announcing([], [], SMALL), since=SMALL).problems == []


def test_a_file_that_announces_what_this_checker_has_no_list_of_is_none_that_it_can_check(tmp_path, capsys):
    strange = announcing([], [], SMALL)
    strange[0]["sealed"] = []
    assert verify.main([write(tmp_path / "strange.jsonl", strange)]) == 2
    out, why = capsys.readouterr()
    assert (out, "does not know what is said of sealed" in why) == ("", True)


def test_what_a_later_release_holds_is_taken_where_it_is_announced(said, monkeypatch):
    monkeypatch.setattr(verify, "LATER", {"body": {"seal"}, "guarded": {"escrow"}})
    sealed = register(entry(1, [], seal=1))
    held = register([account(7, "escrow:X", "escrow", True)])
    against = ["entry 1: account escrow:X is guarded or not against its kind"]
    assert said(announcing(["seal"], [], sealed)).problems == []
    assert said(announcing(["seal"], ["escrow"], register(entry(1, [])))).problems == []
    assert said(announcing([], ["escrow"], sealed)).problems == [NO_BODY]
    assert said(sealed).problems == [NO_BODY]
    assert said(announcing(["seal"], [], register(entry(1, [], escrow=1)))).problems == [NO_BODY]
    assert said(announcing(["seal"], ["escrow"], register(entry(1, [], escrow=1)))).problems == [NO_BODY]
    assert said(announcing([], ["escrow"], held)).problems == []
    assert said(announcing(["seal"], [], held)).problems == against
    assert said(held).problems == against
    assert said(announcing(["seal"], ["escrow"], register([account(7, "seal:X", "seal", True)]))).problems == [
        "entry 1: account seal:X is guarded or not against its kind"
    ]


def test_a_file_that_is_not_there_is_refused(tmp_path, capsys):
    missing = str(tmp_path / "missing")
    small = write(tmp_path / "small.jsonl", SMALL)
    for arguments in ([missing], [small, "--since", missing], [small, "--checkpoints", missing]):
        assert verify.main(arguments) == 2
        assert capsys.readouterr() == ("", f"{missing}: No such file or directory\n")


def test_a_register_without_entries_is_whole(said):
    found = said(register())
    assert (found.code, found.end[1]) == (0, f"head: 0 {GENESIS}")


def test_the_command_ends_with_its_code(tmp_path, monkeypatch, capsys):
    for lines, code in ((SMALL, 0), (SMALL[:-1], 1), ([], 2)):
        monkeypatch.setattr(sys, "argv", ["verify.py", write(tmp_path / "new.jsonl", lines)])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(verify.__file__, run_name="__main__")
        assert ended.value.code == code


def test_amounts_are_read_and_said_in_cents():
    texts = ["0.00", "0.05", "1.00", "1234567.89", "10.00"]
    assert [verify.cents(text) for text in texts] == [0, 5, 100, 123456789, 1000]
    assert [verify.money(verify.cents(text)) for text in texts] == texts
    assert [verify.money(amount) for amount in (-5, -100, -123456)] == ["-0.05", "-1.00", "-1234.56"]


def test_help_says_what_each_argument_is(capsys):
    with pytest.raises(SystemExit) as ended:
        verify.main(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    told = (
        "Check a downloaded public register of the Alliance.",
        "file the register as downloaded",
        "--since OLDER an older download, from which FILE must have grown",
        "--checkpoint N:HASH",
        "--checkpoints KEPT a list of checkpoints that you kept",
    )
    assert (ended.value.code, [text for text in told if text not in said]) == (0, [])
