"""The account a server runs as. PostgreSQL refuses to run as root, so root lends it another one."""

import os
import pwd
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CANDIDATES = ("postgres", "nobody")
ENTER = stat.S_IXOTH
READ_AND_ENTER = stat.S_IROTH | stat.S_IXOTH


@dataclass(frozen=True)
class SystemAccount:
    """A user of this machine other than the present one."""

    name: str
    uid: int
    gid: int

    @property
    def switch(self) -> Mapping[str, Any]:
        """The arguments that make subprocess run a program as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_account() -> SystemAccount | None:
    """Return the account for the database server, or None where the present one will do."""
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return SystemAccount(name, found.pw_uid, found.pw_gid)
    return SystemAccount("nobody", 65534, 65534)


def permits(account: SystemAccount, path: Path, wanted: int = ENTER) -> bool:
    """Say whether the mode of `path` gives this account `wanted` (bits as for others)."""
    status = path.stat()
    shift = 6 if status.st_uid == account.uid else 3 if status.st_gid == account.gid else 0
    return status.st_mode >> shift & wanted == wanted


def may_enter(account: SystemAccount, folder: Path) -> bool:
    """Say whether the account can walk to `folder`. What does not exist yet is ours to make, and does not count."""
    return all(permits(account, step) for step in (folder, *folder.parents) if step.exists())
