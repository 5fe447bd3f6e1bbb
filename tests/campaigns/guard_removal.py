"""Each guard of the database is violated once, dropped, and violated again: without it the violation goes through.

    .venv/bin/python -m tests.campaigns.guard_removal [--part 1/1]

The test that each guard has (`tests/test_guards.py`) is thereby red when the guard is gone. Prints each guard whose
test is not, and one line of figures; exit 1 when there is one. Needs a database of its own, which it makes and drops
on the server named by DATABASE_URL (or on the embedded one).
"""

import argparse
import os
import sys
import time


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--part", default="1/1", help="which part of how many, such as 3/10")
    part, parts = (int(n) for n in parser.parse_args().part.split("/"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    began = time.monotonic()
    from tests.campaigns.database import own_database

    with own_database("alliance_guards"):
        from tests.history import rich
        from tests.violations import removal

        with rich():
            found = removal(part - 1, parts, say=print)
    print(f"{found.line}; {time.monotonic() - began:.0f} s")
    return 1 if found.green else 0


if __name__ == "__main__":
    sys.exit(main())
