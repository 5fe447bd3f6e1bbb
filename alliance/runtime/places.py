"""Where the embedded parts keep their files. Path arithmetic only: nothing is started or made here."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from alliance.runtime.account import SystemAccount, may_enter, server_account

DATABASE = "alliance"
SUPERUSER = "postgres"
# A Unix socket's path holds 107 bytes on Linux and 103 on macOS.
SOCKET_ROOM = 100
LONGEST_SOCKET = "database/.s.PGSQL.5432"
# Root's data folder may lie where the server's account cannot go (below /root, say).
ROOTS_OWN = Path("/var/lib/alliance-portal")


@dataclass(frozen=True)
class Places:
    """The files and folders of one data folder."""

    data: Path
    account: SystemAccount | None

    @property
    def mark(self) -> str:
        """A short name of this data folder, for what has to lie outside it."""
        return hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]

    @property
    def cluster_home(self) -> Path:
        """The folder that holds the database's files (and its programs, where they had to be copied)."""
        outside = ROOTS_OWN / self.mark
        if self.account is None or (self.data / "database").exists():
            return self.data
        if outside.exists() or not may_enter(self.account, self.data.parent):
            return outside
        return self.data

    @property
    def cluster(self) -> Path:
        return self.cluster_home / "database"

    @property
    def sockets(self) -> Path:
        """The folder of the sockets: in the data folder, or a short one where its path is too long."""
        folder = self.cluster_home / "run"
        if len(os.fsencode(folder / LONGEST_SOCKET)) <= SOCKET_ROOM:
            return folder
        return Path("/tmp") / f"alliance-{os.getuid()}-{self.mark}"  # noqa: S108  its owner is checked before use

    @property
    def database_sockets(self) -> Path:
        return self.sockets / "database"

    @property
    def broker_socket(self) -> Path:
        return self.sockets / "broker.sock"

    @property
    def broker(self) -> Path:
        return self.data / "broker"

    @property
    def locks(self) -> Path:
        return self.data / "locks"

    @property
    def logs(self) -> Path:
        return self.data / "log"

    @property
    def database_url(self) -> str:
        return f"postgres://{SUPERUSER}@{quote(str(self.database_sockets), safe='')}/{DATABASE}"

    @property
    def broker_url(self) -> str:
        return f"redis+socket://{quote(str(self.broker_socket))}"


def places(data: Path | str) -> Places:
    """Return the places of a data folder for whoever runs this."""
    return Places(Path(data).resolve(), server_account())
