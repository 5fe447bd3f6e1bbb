"""The ledger as plain-text accounting: two tools that are not ours accept it, agree to the cent and refuse a changed cent."""

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core import data, realization
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from funds.ledger.export import BEANCOUNT, HLEDGER, account_name, account_of
from funds.models import AccountKind
from tests.campaigns.ledger_export import altered, beancount_refuses, hledger_refuses
from tests.world import played

COPIES = 10
BEAN_CHECK = str(Path(sys.executable).with_name("bean-check"))
NEEDS_HLEDGER = pytest.mark.skipif(not shutil.which("hledger"), reason="hledger is not installed")
D = Decimal


@pytest.fixture(scope="module")
def books(
    demonstration_played: None, django_db_blocker: Any, tmp_path_factory: Any
) -> Iterator[tuple[Path, dict[str, D]]]:
    """The demonstration's ledger in both formats, and its balances by `trial_balance --json`."""
    folder = tmp_path_factory.mktemp("books")
    with django_db_blocker.unblock(), played():
        for form in (BEANCOUNT, HLEDGER):
            call_command("export_ledger", "--format", form, str(folder / f"ledger.{form}"))
        out = StringIO()
        call_command("trial_balance", "--json", stdout=out)
        accounts = json.loads(out.getvalue())["accounts"]
        balances = {account_name(a["kind"], a["code"].partition(":")[2]): D(a["balance"]) for a in accounts}
        yield folder, balances


def test_bean_check_accepts_it_and_agrees_to_the_cent(books):
    folder, balances = books
    done = subprocess.run([BEAN_CHECK, "--no-cache", str(folder / "ledger.beancount")], capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    entries, errors, _ = loader.load_string((folder / "ledger.beancount").read_text())
    assert errors == []
    real = realization.realize(entries)
    sums = {account: realization.get(real, account).balance.get_currency_units("USD").number for account in balances}
    assert sums == balances
    assert sum(isinstance(entry, data.Balance) for entry in entries) == len(balances)


@NEEDS_HLEDGER
def test_hledger_accepts_it_and_agrees_to_the_cent(books):
    folder, balances = books
    file = str(folder / "ledger.hledger")
    done = subprocess.run(["hledger", "-f", file, "check", "--strict"], capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    listed = subprocess.run(
        ["hledger", "-f", file, "balance", "--flat", "--no-total", "--empty", "-O", "csv"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    rows = [line.replace('"', "").split(",") for line in listed.stdout.splitlines()[1:]]
    assert {account: D(amount.removesuffix(" USD")) for account, amount in rows} == balances


@pytest.mark.requirement("R54")
def test_bean_check_refuses_each_copy_with_a_changed_cent(books):
    text = (books[0] / "ledger.beancount").read_text()
    accepted = [copy for copy in altered(text, COPIES, random.Random(1)) if not beancount_refuses(copy)]
    assert accepted == []


@NEEDS_HLEDGER
def test_hledger_refuses_each_copy_with_a_changed_cent(books):
    text = (books[0] / "ledger.hledger").read_text()
    accepted = [copy for copy in altered(text, COPIES, random.Random(1)) if not hledger_refuses(copy)]
    assert accepted == []


def test_the_same_ledger_gives_the_same_bytes(finance_officer, tmp_path):
    for form in (BEANCOUNT, HLEDGER):
        for name in ("one", "two"):
            call_command("export_ledger", "--format", form, str(tmp_path / name))
        assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


PART = st.text(st.characters(exclude_characters=":", exclude_categories=("Cs",)), min_size=1, max_size=12)


@given(st.sampled_from(AccountKind.values), st.lists(PART, max_size=3))
def test_account_names_can_be_read_back(kind, parts):
    name = account_name(kind, ":".join(parts))
    assert account_of(name) == (kind, ":".join(parts))
    entries, errors, _ = loader.load_string(f"2008-01-01 open {name} USD\n")
    assert (errors, [entry.account for entry in entries]) == ([], [name])


@pytest.mark.parametrize(
    ("kind", "subject", "name"),
    [
        ("pool", "GEN", "Assets:Pool:GEN"),
        ("contributions", "sweden-mfa", "Income:Contributions:Sweden-mfa"),
        ("spent", "PRJ-2008-0001:iom:1", "Expenses:Spent:PRJ-2008-0001:Iom:1"),
        ("refunds_in_transit", "", "Assets:Refunds-In-Transit"),
        ("seed", "Sweden-mfa", "Income:Seed:0x53776564656e2d6d6661"),
    ],
)
def test_accounts_are_named_by_kind_and_subject(kind, subject, name):
    assert account_name(kind, subject) == name


def test_a_file_that_cannot_be_written_is_said(db, tmp_path):
    with pytest.raises(CommandError) as refused:
        call_command("export_ledger", "--format", BEANCOUNT, str(tmp_path / "missing" / "ledger"))
    assert refused.value.returncode == 2
