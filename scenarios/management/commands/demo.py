"""Start the whole portal on this machine, with the demonstration, or empty but for the invitation of its first head."""

import signal
import sys
from argparse import ArgumentParser
from types import FrameType
from typing import Any, NoReturn
from urllib.parse import urljoin

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from alliance.core.errors import Refused
from alliance.runtime import PartFailed, address, native
from alliance.runtime.commands import MISSING
from alliance.runtime.places import places
from scenarios.people.personas import PASSWORD, PERSONAS
from scenarios.portal import Beginning, Demonstration

BAD_INPUT = 2
HEAD = "head@example.org"
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Command(BaseCommand):
    help = "Start database, broker, worker, scheduler and web with the demonstration; Ctrl-C stops all of them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--reset", action="store_true", help="empty the portal and play the demonstration again")
        parser.add_argument(
            "--empty", action="store_true", help="no demonstration: a portal that its first head begins"
        )
        parser.add_argument("--head", metavar="EMAIL", default=HEAD, help="with --empty: the first head's address")
        parser.add_argument(
            "--second-factor", action="store_true", help="ask for second factors, as a real portal does"
        )
        parser.add_argument("--no-input", action="store_true", help="ask nothing")

    def handle(
        self, *, port: int, reset: bool, second_factor: bool, no_input: bool, empty: bool, head: str, **options: Any
    ) -> None:
        if not 0 < port < 65536:
            self._leave(BAD_INPUT, f"--port {port} is not a port")
        if reset and not no_input and not self._confirmed():
            self._leave(BAD_INPUT, "nothing was changed")
        if not address.port_is_free(port):
            self._leave(MISSING, f"port {port} is taken: end what uses it, or choose another with --port")
        native.provide(settings.ALLIANCE_DATA, self.say, ask=not no_input)
        where = places(settings.ALLIANCE_DATA)
        try:
            portal = Beginning(where, port, self.say, head) if empty else Demonstration(where, port, self.say)
            portal.second_factor = second_factor and not empty
            self._run(portal, reset)
        except Refused as refusal:
            self._leave(BAD_INPUT, str(refusal))
        except PartFailed as failure:
            self._leave(MISSING, str(failure))

    def say(self, line: str) -> None:
        """Print a line at once; a terminal that has gone away is no reason to stop."""
        try:
            print(line, flush=True)
        except OSError:
            sys.stdout = sys.stderr = open("/dev/null", "w")  # noqa: SIM115, PTH123  for the rest of this process

    def _run(self, portal: Demonstration, reset: bool) -> None:
        for ending in ENDINGS:
            if ending != signal.SIGHUP or signal.getsignal(ending) is not signal.SIG_IGN:  # nohup means it
                signal.signal(ending, _stop)
        with portal.held():
            try:
                portal.build()
                portal.start_servers(reset=reset)
                portal.prepare()
                portal.set_factors()
                self._invite(portal, portal.start_processes())
                portal.run()
            except _Stopped:
                self.say("stopping …")
            finally:
                for ending in ENDINGS:
                    signal.signal(ending, signal.SIG_IGN)
                portal.stop()
        self.say("stopped")

    def _invite(self, portal: Demonstration, home: str) -> None:
        self.say(f"portal: {home}")
        if portal.is_demonstration:
            for role, email in PERSONAS.items():
                self.say(f"login: {role} {email} {PASSWORD} {portal.secrets.get(email, '')}".rstrip())
        else:
            self.say(f"mail: {urljoin(home, reverse('records:local_mail'))}")
        if isinstance(portal, Beginning) and portal.begin:
            self.say(f"begin: {urljoin(home, portal.begin)}")

    def _confirmed(self) -> bool:
        question = f"Everything in the portal of {settings.ALLIANCE_DATA} will be removed. Go on? [y/N] "
        return sys.stdin.isatty() and input(question).strip().lower() in ("y", "yes")

    def _leave(self, code: int, line: str) -> NoReturn:
        self.stderr.write(line)
        sys.exit(code)


class _Stopped(BaseException):
    """Somebody asked the portal to stop."""


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise _Stopped
