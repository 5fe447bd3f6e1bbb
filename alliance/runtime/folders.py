"""Making the folders of `places`, each with the owner and mode that its part needs."""

import os
from pathlib import Path

from alliance.runtime import PartFailed
from alliance.runtime.places import Places


def make(where: Places) -> None:
    """Make the data folder and what the embedded parts need in it."""
    passable = 0o711 if where.account else 0o700
    try:
        _own(where.data, passable)
        _own(where.cluster_home, passable)
        _own(where.sockets, passable)
        for folder in (where.broker, where.locks, where.logs):
            _own(folder, 0o700)
        _lend(where, where.database_sockets)
    except PermissionError as refusal:
        raise PartFailed(
            f"{refusal.filename} cannot be used by this account; give it another folder with ALLIANCE_DATA"
        ) from None


def _own(folder: Path, mode: int) -> None:
    """Make a folder, or take one that is ours: a stranger's in a shared place is refused."""
    if not folder.parent.exists():
        _own(folder.parent, 0o755)
    folder.mkdir(exist_ok=True)
    if folder.stat().st_uid != os.geteuid() or folder.is_symlink():
        raise PartFailed(f"{folder} belongs to another account; remove it, or set ALLIANCE_DATA to another folder")
    folder.chmod(mode)


def _lend(where: Places, folder: Path) -> None:
    """Make a folder that belongs to the database server's account."""
    folder.mkdir(exist_ok=True)
    if where.account:
        os.chown(folder, where.account.uid, where.account.gid)
    folder.chmod(0o700)


def lend(where: Places, folder: Path) -> Path:
    """Make an empty folder for the database server's account."""
    _lend(where, folder)
    return folder
