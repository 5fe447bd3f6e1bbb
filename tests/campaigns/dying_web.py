"""The web server's configuration with processes that die when told to (see `dying`)."""

from typing import Any

from alliance.runtime import web
from alliance.runtime.web import *  # noqa: F403


def post_fork(server: Any, worker: Any) -> None:
    from tests.campaigns import dying

    web.post_fork(server, worker)
    dying.arm()
