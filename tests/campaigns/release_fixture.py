"""Leave a database, a public register and the checker of this release behind, for later releases to prove.

    .venv/bin/python -m tests.campaigns.release_fixture VERSION [--folder tests/releases]

Plays the demonstration and every other kind of act into a database of its own, which is made and dropped, and writes
`tests/releases/VERSION`: a backup by the portal's own command, the public register of the same moment, the totals that
the commands print, and a copy of `static/verify.py`; new columns of record are noted in `columns.json`. Made once, on the release's own code, and never again: an old
fixture is proof because nothing of later has touched it. Prints one line; exit 1 when a declared kind of entry,
account or voucher has no case in it or `verify` is not clean, 2 when the release has its folder already.
"""

import argparse
import json
import lzma
import os
import shutil
import sys
import tempfile
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from tests.campaigns.database import migrated, own_database

FOLDER = Path(__file__).parents[1] / "releases"
PAST = date(2008, 6, 30)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("version", help="the release that this code is, such as 0.1")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    target: Path = options.folder / options.version
    if target.exists():
        print(f"{target} exists: a release's fixture is made once", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    with own_database("alliance_release", ready=migrated), tempfile.TemporaryDirectory() as data:
        from django.test import override_settings

        with override_settings(ALLIANCE_DATA=Path(data) / "data"):
            live()
            problems = found_wrong()
            if not problems:
                leave(target, Path(data))
    for problem in problems:
        print(problem)
    if not problems:
        print(figures(target))
    return 1 if problems else 0


def live() -> None:
    """Play, act, write notices, and publish a checkpoint."""
    from django.core.management import call_command

    from alliance.records.relay import relay
    from alliance.register.acts import entries_written
    from alliance.register.checkpoints import publish_checkpoint
    from tests import every_act, history, world

    entries_written.disconnect(dispatch_uid="records.relay")  # there is no broker here
    call_command("play", "demonstration", verbosity=0, stdout=StringIO())
    world.things()
    history.enrich()
    every_act.enact()
    relay()
    publish_checkpoint(by=None)


def found_wrong() -> list[str]:
    from reporting.verification.everything import verify
    from tests import every_act

    wrong = [f"{problem.what} {problem.where}: {problem.why}" for problem in verify().problems]
    return [*wrong, *(f"no case of {what}: it belongs into tests/every_act.py" for what in every_act.missing())]


def leave(target: Path, data: Path) -> None:
    """Write the release's folder. It has its name only when it is whole."""
    from django.conf import settings
    from django.core.management import call_command

    from reporting.verification import columns

    made = data / "made"
    made.mkdir()
    call_command("backup", str(made / "backup"), stdout=StringIO())
    call_command("public_register", str(data / "register.jsonl"))
    (made / "register.jsonl.xz").write_bytes(lzma.compress((data / "register.jsonl").read_bytes(), preset=9))
    (made / "totals.json").write_text(json.dumps(totals(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    shutil.copy(settings.BASE_DIR / "static" / "verify.py", made / "verify.py")
    target.parent.mkdir(exist_ok=True)
    shutil.move(made, target)
    if target.parent == FOLDER:
        columns.write()


def totals(days: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return what the commands say of the money, on a past day and on the last: by default of this moment."""
    from alliance.core import clock

    now = clock.now()
    days = days or (PAST.isoformat(), now.date().isoformat())
    return {
        "now": now.isoformat(),
        "days": {day: _on(day) for day in days},
        "projects": _projects(),
        "stakes": _stakes(),
    }


def _on(day: str) -> dict[str, Any]:
    return {name: said(name, as_of=date.fromisoformat(day)) for name in ("trial_balance", "funding_status")}


def said(command: str, **options: Any) -> Any:
    """Return what a command prints with `--json`."""
    from django.core.management import call_command

    out = StringIO()
    call_command(command, json=True, stdout=out, **options)
    return json.loads(out.getvalue())


def _projects() -> dict[str, dict[str, str]]:
    from proposals.models import Project

    return {
        row.reference: {"amount": f"{row.amount:.2f}", "state": row.state} for row in Project.objects.order_by("pk")
    }


def _stakes() -> dict[str, str]:
    from funds.models import Stake

    rows = Stake.objects.select_related("pool", "source__donor__organisation").order_by("pool__code", "source_id")
    return {f"{row.pool.code} {_source(row.source)}": f"{row.amount:.2f}" for row in rows}


def _source(source: Any) -> str:
    return f"{source.kind} {source.donor.organisation.slug}" if source.donor else str(source.kind)


def figures(target: Path) -> str:
    manifest = json.loads((target / "backup" / "manifest.json").read_text())
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    rows, head = sum(manifest["rows"].values()), manifest["register_head"]["n"]
    return f"release {target.name}: {head} entries, {rows} rows in {len(manifest['rows'])} tables, {size} bytes"


if __name__ == "__main__":
    sys.exit(main())
