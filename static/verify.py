#!/usr/bin/env python3
"""Check a downloaded public register of the Alliance. Python 3.8 or later, nothing else.

    python3 verify.py FILE [--since OLDER] [--checkpoint N:HASH ...] [--checkpoints KEPT]

FILE is the register as the portal gives it. With --since, FILE must have grown from OLDER, an earlier download
that you kept: nothing rewritten, nothing cut off, nothing closed again. With --checkpoint, FILE must hold that hash
at that entry: give it the checkpoints that you were mailed or noted down; --checkpoints takes a list that you kept,
one on a line.

One line for each problem. Exit code: 0 all is well, 1 there are problems, 2 the input is no such file.
The format is written down in docs/register.md, so that you can write a checker of your own and trust neither.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from typing import Any

FORMATS = ("alliance-register/1", "alliance-register/2")
GENESIS = "0" * 64
HEX64 = re.compile(r"[0-9a-f]{64}")
SALT = re.compile(r"[0-9a-f]{32}")
AMOUNT = re.compile(r"(?:0|[1-9][0-9]*)\.[0-9]{2}")
BODY_KEYS = {"id", "n", "act", "kind", "at", "by", "public", "facts", "rows", "gone", "salt", "asked", "opens"}
GUARDED = {"pool", "project", "partner", "refunds_in_transit"}
# What a file of the second format may hold beside these; its first line announces what it does hold.
LATER = {"body": set(), "guarded": set()}  # type: dict[str, set[str]]
POOL = "pool"


class NotARegister(Exception):
    """The input is no public register at all."""


# Reading -------------------------------------------------------------------------------------------------------------


def no_floats(text: str) -> Any:
    raise ValueError("a float: " + text)


def parsed(text: str) -> Any:
    return json.loads(text, parse_float=no_floats, parse_constant=no_floats)


def canonical(value: Any) -> str:
    """The one JSON text of a value: keys sorted, no spaces, other letters than ASCII as they are."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def lines_of(path: str) -> Iterator[tuple[int, Any]]:
    """Yield (number, object) for each line; the object is None where a line cannot be read."""
    try:
        with open(path, "rb") as file:
            number = 0
            for number, line in enumerate(file, 1):
                yield number, object_of(line)
            if not number:
                raise NotARegister(path + ": the file is empty")
    except OSError as error:
        raise NotARegister(path + ": " + str(error.strerror)) from error


def announced(path: str, line: Any) -> set[str]:
    """Return what the first line says that the file holds beyond the first format; refuse what this checker does not know."""
    if line is None or line.get("format") not in FORMATS:
        raise NotARegister(path + ": the first line does not say " + " or ".join(FORMATS))
    if line["format"] == FORMATS[0]:
        return set()
    if strange := sorted(set(line) - {"format", "demonstration"} - set(LATER)):
        text = ": this checker is of an earlier release and does not know what is said of %s; download today's"
        raise NotARegister(path + text % ", ".join(strange))
    named = set()  # type: set[str]
    for name, known in LATER.items():
        words = line.get(name)
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise NotARegister(path + ": the first line does not say what the file holds")
        if strange := sorted(set(words) - known):
            text = ": this checker is of an earlier release and does not know %s (%s); download today's"
            raise NotARegister(path + text % (", ".join(strange), name))
        named.update(words)
    return named


def object_of(line: bytes) -> Any:
    try:
        found = parsed(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_hash(value: Any) -> bool:
    return isinstance(value, str) and HEX64.fullmatch(value) is not None


# The chain -----------------------------------------------------------------------------------------------------------


class Problems:
    """Says each problem on a line of its own, and counts them."""

    def __init__(self) -> None:
        self.count = 0

    def say(self, where: str, why: str) -> None:
        self.count += 1
        print(where + ": " + why)


class Chain:
    """Follows one file line by line: numbers without gaps, digests, hashes, checkpoints, the head at the end."""

    def __init__(self, path: str, name: str, problems: Problems) -> None:
        self.path, self.name, self.problems = path, name, problems
        self.n, self.hash = 0, GENESIS
        self.head = None  # type: tuple[Any, Any] | None
        self.public = 0
        self.announced = set()  # type: set[str]
        self.checkpoints = {}  # type: dict[int, str]

    def say(self, where: str, why: str) -> None:
        self.problems.say(self.name + where, why)

    def entries(self) -> Iterator[dict[str, Any]]:
        """Yield each entry's line, checked, and at the end check that the file is whole."""
        for number, line in lines_of(self.path):
            if number == 1:
                self.announced = announced(self.path, line)
            elif line is None:
                self.say("line %d" % number, "cannot be read")
                self.head = None
            elif "head" in line:
                self.see_head(line)
            elif "checkpoint" in line:
                self.see_checkpoint(line)
            elif self.see_entry(number, line):
                yield line
        if self.head is None:
            self.say("end", "the file is cut off: its last line does not name the head")

    def see_head(self, line: dict[str, Any]) -> None:
        self.head = (line.get("head"), line.get("hash"))
        if self.head != (self.n, self.hash):
            self.say(
                "head %s" % line.get("head"), "is not the last entry, which is %d with hash %s" % (self.n, self.hash)
            )

    def see_checkpoint(self, line: dict[str, Any]) -> None:
        n, stated = line.get("checkpoint"), line.get("hash")
        if not is_number(n) or not is_hash(stated):
            self.say("checkpoint %s" % n, "cannot be read")
        elif n != self.n:
            self.say("checkpoint %d" % n, "does not stand behind its entry, but behind entry %d" % self.n)
        elif stated != self.hash:
            self.say("checkpoint %d" % n, "the entry's hash is not the one that was published")
        else:
            self.checkpoints[n] = stated

    def see_entry(self, number: int, line: dict[str, Any]) -> bool:
        n, digest, stated = line.get("n"), line.get("digest"), line.get("hash")
        self.head = None
        if not is_number(n) or not is_hash(digest) or not is_hash(stated):
            self.say("line %d" % number, "is no entry, checkpoint or head")
            return False
        if n != self.n + 1:
            self.say("entry %d" % n, "entry %d was expected here" % (self.n + 1))
        follows = hashlib.sha256(bytes.fromhex(self.hash) + bytes.fromhex(digest)).hexdigest()
        if stated != follows:
            self.say("entry %d" % n, "the hash does not follow from the entry before")
        self.n, self.hash = n, stated
        if "body" in line:
            self.public += 1
            return self.see_body(n, digest, line["body"])
        return True

    def see_body(self, n: int, digest: str, body: Any) -> bool:
        try:
            found = hashlib.sha256(body.encode("utf-8")).hexdigest()
        except (AttributeError, ValueError):
            self.say("entry %d" % n, "the body is no text")
            return False
        if found != digest:
            self.say("entry %d" % n, "the body is not the one that was hashed")
        return True


def body_of(line: dict[str, Any], chain: Chain) -> dict[str, Any] | None:
    """Return the public body as an object; None, with the problem said, when it is not what a body is."""
    where = "entry %d" % line["n"]
    try:
        body = parsed(line["body"])
        more = set(body) - BODY_KEYS
        if not set(body) >= BODY_KEYS or not more <= LATER["body"] & chain.announced or canonical(body) != line["body"]:
            raise ValueError
        if not SALT.fullmatch(body["salt"]):
            raise ValueError
        for row in body["rows"]:
            row["model"], row["pk"], row["columns"].items()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        chain.say(where, "the body is not canonical JSON with the fields of a body")
        return None
    if body["n"] != line["n"]:
        chain.say(where, "the body says that it is entry %s" % body["n"])
    return body


def see_published(body: dict[str, Any], chain: Chain) -> None:
    """Check the checkpoints that a body says were published: each stands in the file, behind its entry."""
    for row in body["rows"]:
        if row["model"] == "alliance.checkpoint":
            n, stated = row["columns"].get("n"), row["columns"].get("hash")
            if not is_number(n) or chain.checkpoints.get(n, "") != stated:
                chain.say("entry %d" % body["n"], "published a checkpoint of entry %s that is not in the file" % n)


# The ledger ----------------------------------------------------------------------------------------------------------


class Seen:
    """A set of row numbers that takes a bit for each: a million postings are 125 kB."""

    def __init__(self) -> None:
        self.pages = {}  # type: dict[int, bytearray]

    def add(self, number: int) -> bool:
        """Add a number; say whether it was new."""
        page = self.pages.setdefault(number >> 16, bytearray(8192))
        place, bit = (number >> 3) & 8191, 1 << (number & 7)
        was = page[place] & bit
        page[place] |= bit
        return not was

    def __contains__(self, number: int) -> bool:
        page = self.pages.get(number >> 16)
        return bool(page and page[(number >> 3) & 8191] & (1 << (number & 7)))


def cents(text: Any) -> int:
    if not isinstance(text, str) or not AMOUNT.fullmatch(text):
        raise ValueError("no amount: %r" % (text,))
    return int(text.replace(".", ""))


def money(amount: int) -> str:
    return "%s%d.%02d" % ("-" if amount < 0 else "", abs(amount) // 100, abs(amount) % 100)


class Ledger:
    """Recomputes accounts and stakes from the public bodies. Rules hold at the end of each act, entry by entry before."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.act = None  # type: str | None
        self.last = 0
        self.accounts = {}  # type: dict[int, tuple[Any, ...]]
        self.balances = {}  # type: dict[int, int]
        self.stakes = {}  # type: dict[tuple[int, int], int]
        self.staked = {}  # type: dict[int, int]
        self.touched = set()  # type: set[int]
        self.drawn = set()  # type: set[tuple[int, int]]
        self.postings, self.reversed = Seen(), Seen()
        self.count = self.debits = self.credits = 0

    def take(self, body: dict[str, Any]) -> None:
        """Take one public body: accounts first, then postings with the shares of each."""
        if body["act"] != self.act:
            self.settle()
            self.act = body["act"]
        self.last = body["n"]
        by_model = {}  # type: dict[str, list[dict[str, Any]]]
        for row in body["rows"]:
            by_model.setdefault(row["model"], []).append(row["columns"])
        try:
            for account in by_model.get("funds.account", ()):
                self.open(account)
            shares = self.shared(by_model.get("funds.share", ()))
            for posting in by_model.get("funds.posting", ()):
                self.post(posting, shares.pop(posting["id"], {}))
            for number in sorted(shares):
                self.say("shares of posting %s stand in another entry than it" % number)
        except (ValueError, KeyError, TypeError) as error:
            self.say("a row of the ledger cannot be read (%s)" % error)

    def say(self, why: str) -> None:
        self.chain.say("entry %d" % self.last, why)

    def open(self, row: dict[str, Any]) -> None:
        number, account = row["id"], (row["code"], row["kind"], row["guarded"])
        if not is_number(number):
            raise ValueError("no account: %r" % (number,))
        if self.accounts.setdefault(number, account) != account:
            self.say("account %s is not what it was opened as" % row["code"])
        if (row["kind"] in GUARDED | LATER["guarded"] & self.chain.announced) is not row["guarded"]:
            self.say("account %s is guarded or not against its kind" % row["code"])

    def shared(self, rows: Any) -> dict[int, dict[int, int]]:
        shares = {}  # type: dict[int, dict[int, int]]
        for row in rows:
            parts, source = shares.setdefault(row["posting_id"], {}), row["source_id"]
            if source in parts:
                self.say("posting %s has two shares of one source" % row["posting_id"])
            if cents(row["amount"]) <= 0:
                self.say("a share of posting %s is not above zero" % row["posting_id"])
            parts[source] = parts.get(source, 0) + cents(row["amount"])
        return shares

    def post(self, row: dict[str, Any], shares: dict[int, int]) -> None:
        number, debit, credit, amount = row["id"], row["debit_id"], row["credit_id"], cents(row["amount"])
        if not all(is_number(value) for value in (number, debit, credit)):
            raise ValueError("no posting: %r" % (number,))
        if not self.postings.add(number):
            self.say("posting %d was recorded before" % number)
        if amount <= 0:
            self.say("the amount of posting %d is not above zero" % number)
        if debit == credit:
            self.say("posting %d has one account on both sides" % number)
        for account in (debit, credit):
            if account not in self.accounts:
                self.say("posting %d is on account %d, which no public body opens" % (number, account))
        self.see_reversal(number, row["reverses_id"])
        self.move(debit, amount)
        self.move(credit, -amount)
        self.count += 1
        self.debits += amount
        self.credits += amount
        self.share_out(number, debit, credit, amount, shares)

    def see_reversal(self, number: int, earlier: Any) -> None:
        if earlier is None:
            return
        if not is_number(earlier) or earlier == number or earlier not in self.postings:
            self.say("posting %d reverses posting %s, which is not there" % (number, earlier))
        elif not self.reversed.add(earlier):
            self.say("posting %d reverses posting %d, which was reversed before" % (number, earlier))

    def move(self, account: int, amount: int) -> None:
        self.balances[account] = self.balances.get(account, 0) + amount
        self.touched.add(account)

    def is_pool(self, account: int) -> bool:
        return account in self.accounts and self.accounts[account][1] == POOL

    def share_out(self, number: int, debit: int, credit: int, amount: int, shares: dict[int, int]) -> None:
        due = amount if self.is_pool(debit) or self.is_pool(credit) else 0
        if sum(shares.values()) != due:
            self.say(
                "the shares of posting %d add up to %s, not %s" % (number, money(sum(shares.values())), money(due))
            )
        for account, sign in ((debit, 1), (credit, -1)):
            if self.is_pool(account):
                for source, part in shares.items():
                    key = (account, source)
                    self.stakes[key] = self.stakes.get(key, 0) + sign * part
                    self.staked[account] = self.staked.get(account, 0) + sign * part
                    self.drawn.add(key)

    def settle(self) -> None:
        """Check what must hold when an act is over: no guarded account or stake below zero, pools equal to stakes."""
        for account in sorted(self.touched):
            code, _, guarded = self.accounts.get(account, (account, "", False))
            balance = self.balances[account]
            if guarded and balance < 0:
                self.say("account %s is below zero: %s" % (code, money(balance)))
            if self.is_pool(account) and self.staked.get(account, 0) != balance:
                text = "account %s holds %s, but its stakes add up to %s"
                self.say(text % (code, money(balance), money(self.staked.get(account, 0))))
        for pool, source in sorted(self.drawn):
            if self.stakes[pool, source] < 0:
                text = "the stake of source %d in account %s is below zero: %s"
                self.say(text % (source, self.accounts[pool][0], money(self.stakes[pool, source])))
        self.touched.clear()
        self.drawn.clear()

    def finish(self) -> None:
        self.settle()
        if sum(self.balances.values()) != 0:
            self.say("the trial balance is not zero, but %s" % money(sum(self.balances.values())))


# Growing -------------------------------------------------------------------------------------------------------------


class Growth:
    """Compares FILE, entry by entry, with an older download of which it must be the continuation."""

    def __init__(self, path: str, problems: Problems) -> None:
        self.chain = Chain(path, "older file, ", problems)
        self.problems = problems
        self.entries = self.chain.entries()
        self.waiting = next(self.entries, None)
        self.rewritten = []  # type: list[int]

    def compare(self, line: dict[str, Any]) -> None:
        older = self.waiting
        if older is None or older["n"] > line["n"]:
            return
        self.waiting = next(self.entries, None)
        if older["n"] != line["n"]:
            self.problems.say("entry %d" % older["n"], "stands in the older file and is missing here")
            self.compare(line)
            return
        where = "entry %d" % line["n"]
        if (older["digest"], older["hash"]) != (line["digest"], line["hash"]):
            self.rewritten.append(line["n"])
        if "body" in older and "body" not in line:
            self.problems.say(where, "its body was public in the older file and is closed here")
        elif "body" in older and older["body"] != line["body"]:
            self.problems.say(where, "its public body is not the one in the older file")

    def finish(self, newer: Chain) -> None:
        if self.rewritten:
            text = "is not the one in the older file: the past was rewritten from here (%d entries differ)"
            self.problems.say("entry %d" % self.rewritten[0], text % len(self.rewritten))
        while self.waiting is not None:
            self.waiting = next(self.entries, None)
        if self.chain.n > newer.n:
            text = "the older file goes on to entry %d: the newest entries were cut off"
            self.problems.say("entry %d" % newer.n, text % self.chain.n)
        for n, stated in sorted(self.chain.checkpoints.items()):
            if newer.checkpoints.get(n) != stated:
                self.problems.say("checkpoint %d" % n, "was published in the older file and is not in this one")


class Expected:
    """Checkpoints that the reader brought along."""

    def __init__(self, given: list[tuple[int, str]], problems: Problems) -> None:
        self.given = {}  # type: dict[int, str]
        for n, stated in given:
            if self.given.setdefault(n, stated) != stated:
                problems.say("entry %d" % n, "you gave two checkpoints of it that differ")
        self.problems = problems

    def compare(self, line: dict[str, Any]) -> None:
        stated = self.given.pop(line["n"], line["hash"])
        if stated != line["hash"]:
            self.problems.say("entry %d" % line["n"], "its hash is not the one of your checkpoint")

    def finish(self) -> None:
        for n in sorted(self.given):
            self.problems.say("entry %d" % n, "you have a checkpoint of it, and it is not here")


# The command ---------------------------------------------------------------------------------------------------------


def check(path: str, older: str | None, given: list[tuple[int, str]], problems: Problems) -> tuple[Chain, Ledger]:
    """Read the file once, and the older one beside it."""
    chain = Chain(path, "", problems)
    ledger = Ledger(chain)
    growth = Growth(older, problems) if older else None
    expected = Expected(given, problems)
    for line in chain.entries():
        if growth:
            growth.compare(line)
        expected.compare(line)
        body = body_of(line, chain) if "body" in line else None
        if body:
            see_published(body, chain)
            ledger.take(body)
    ledger.finish()
    expected.finish()
    if growth:
        growth.finish(chain)
    return chain, ledger


def checkpoint(text: str) -> tuple[int, str]:
    number, _, stated = text.partition(":")
    if not number.isdigit() or not is_hash(stated.lower()):
        raise argparse.ArgumentTypeError("a checkpoint is N:HASH, such as 4711:" + "0" * 64)
    return int(number), stated.lower()


def kept(path: str) -> list[tuple[int, str]]:
    """Return the checkpoints of a list: N:HASH first on each line."""
    try:
        with open(path, encoding="utf-8") as file:
            return [checkpoint(line.split()[0]) for line in file if line.strip()]
    except OSError as error:
        raise NotARegister(path + ": " + str(error.strerror)) from error
    except (ValueError, argparse.ArgumentTypeError) as error:
        raise NotARegister(path + ": no list of checkpoints (" + str(error) + ")") from error


def main(arguments: list[str] | None = None) -> int:
    words = argparse.ArgumentParser(description="Check a downloaded public register of the Alliance.")
    words.add_argument("file", help="the register as downloaded")
    words.add_argument("--since", metavar="OLDER", help="an older download, from which FILE must have grown")
    words.add_argument("--checkpoint", metavar="N:HASH", type=checkpoint, action="append", default=[])
    words.add_argument("--checkpoints", metavar="KEPT", help="a list of checkpoints that you kept")
    asked = words.parse_args(arguments)
    problems = Problems()
    try:
        given = asked.checkpoint + (kept(asked.checkpoints) if asked.checkpoints else [])
        chain, ledger = check(asked.file, asked.since, given, problems)
    except NotARegister as error:
        print(error, file=sys.stderr)
        return 2
    print(
        "checked: %d entries (%d public, %d closed), %d checkpoints, %d postings on %d accounts, debits %s, credits %s"
        % (
            chain.n, chain.public, chain.n - chain.public, len(chain.checkpoints), ledger.count, len(ledger.balances),
            money(ledger.debits), money(ledger.credits),
        )
    )  # fmt: skip
    print("head: %d %s" % (chain.n, chain.hash))
    print("everything follows" if not problems.count else "%d problems" % problems.count)
    return 1 if problems.count else 0


if __name__ == "__main__":
    sys.exit(main())
