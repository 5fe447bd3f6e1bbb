"""Every table and column of the database is tampered with as a superuser with triggers off; all of it must be found.

    .venv/bin/python -m tests.campaigns.tamper [--seed 1] [--part 1/1] [--histories 1000]

Each tampering is done twice on the demonstration played: as it is, and with the whole chain recomputed afterwards.
Prints each that was not found and one line of figures; exit 1 when something was not found, or an honest history
raised an alarm. Needs a database of its own, which it makes and drops on the server named by DATABASE_URL (or on
the embedded one).
"""

import argparse
import os
import sys
import time


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", default="1/1", help="which part of how many, such as 3/10")
    parser.add_argument("--histories", type=int, default=1000)
    options = parser.parse_args()
    part, parts = (int(n) for n in options.part.split("/"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    began = time.monotonic()
    from tests.campaigns.database import own_database

    with own_database(f"alliance_tamper_{part}"):
        from tests import honest, tamper
        from tests.history import rich

        with rich():
            found = tamper.campaign(seed=options.seed, part=part - 1, parts=parts, say=print)
        alarms = honest.alarms(seed=options.seed, histories=options.histories, say=print)
    print(f"{found.line}; honest histories {options.histories}, alarms {alarms}; {time.monotonic() - began:.0f} s")
    return 1 if found.unfound or alarms else 0


if __name__ == "__main__":
    sys.exit(main())
