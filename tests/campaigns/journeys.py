"""Every browser journey is walked in each of its languages, each page looked at with axe and beside its English twin.

    .venv/bin/python -m tests.campaigns.journeys

The suite walks each in one language, by turns. Prints what pytest prints, and one line of figures; exit 1 when a
journey was not walked to its end.
"""

import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
JOURNEYS = ("tests/browser/test_journey.py", "tests/browser/test_finance.py", "tests/browser/test_donor.py")


def main() -> int:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--every-language", *JOURNEYS],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    print(done.stdout)
    found = {what: int(count) for count, what in re.findall(r"(\d+) (passed|failed|error|skipped)", done.stdout)}
    print(
        f"journeys walked {found.get('passed', 0)}, broken off {found.get('failed', 0) + found.get('error', 0)}; {time.monotonic() - began:.0f} s"
    )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
