"""The two commands of the README before anything is installed."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("command", ["portal", "check"])
def test_older_python_gets_one_line(tmp_path, command):
    for name in ("python3", "python3.12", "python3.13", "python3.14"):
        old = tmp_path / name
        old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.11.2" && exit 0\nexit 1\n')
        old.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.defpath}", "HOME": str(tmp_path)}
    done = subprocess.run([str(ROOT / command)], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "needs Python 3.12 or later (found: Python 3.11.2)" in done.stderr


def test_requirements_are_pinned_with_hashes_and_name_no_index():
    for name in ("base", "test"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        assert "://" not in text
        blocks = text.replace(" \\\n", " ").strip().splitlines()
        assert all("==" in block and "--hash=sha256:" in block for block in blocks if block.strip())


def test_tests_install_everything_that_the_portal_does():
    def pins(name: str) -> set[str]:
        lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
        return {line.split(" ")[0] for line in lines if "==" in line}

    assert pins("base") <= pins("test")
