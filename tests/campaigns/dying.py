"""A web process that kills itself at a chosen step of an act: each statement of it, and both sides of its COMMIT.

The order stands in the file named by ALLIANCE_DYING: `trace` has the steps of each act written beside it, a number kills
the process by SIGKILL right before that step. Nothing of this is in the portal's own code.
"""

import json
import os
import signal
from pathlib import Path
from typing import Any
from uuid import UUID

_steps: dict[UUID, list[str]] = {}


def arm() -> None:
    """Watch the statements of this process."""
    from django.db import connection
    from django.db.backends.postgresql.base import DatabaseWrapper

    connection.execute_wrappers.append(_statement)
    commit = DatabaseWrapper._commit

    def watched(self: Any) -> Any:
        _step("COMMIT")
        done = commit(self)
        _step("after COMMIT")
        return done

    DatabaseWrapper._commit = watched  # type: ignore[method-assign]


def _statement(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    _step(sql)
    return execute(sql, params, many, context)


def _step(what: str) -> None:
    from alliance.register.acts import _current

    order = Path(os.environ["ALLIANCE_DYING"])
    if (act := _current.get()) is None or not order.exists():
        return
    steps = _steps.setdefault(act.id, [])
    steps.append(what)
    wanted = order.read_text()
    if wanted == "trace":
        order.with_suffix(".steps").write_text(json.dumps(steps))
    elif wanted and len(steps) == int(wanted):
        order.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
