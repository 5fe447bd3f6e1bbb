"""The public register as a file, and `static/verify.py`, which checks it with the standard library alone."""

import ast
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from alliance.core import clock
from alliance.register.canonical import canonical, chained, digest_of
from alliance.register.models import Checkpoint, RegisterEntry, head
from funds.models import Posting
from tests.world import played

VERIFIER = settings.BASE_DIR / "static" / "verify.py"
type Lines = list[dict[str, Any]]


@pytest.fixture(scope="module")
def honest(
    demonstration_played: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lines]:
    """The demonstration's public register as lines, with checkpoints after two of its entries."""
    file = tmp_path_factory.mktemp("register") / "register.jsonl"
    with django_db_blocker.unblock(), played():
        for n in (20, head()[0]):
            entry = RegisterEntry.objects.get(n=n)
            Checkpoint.objects.create(n=n, hash=entry.hash, made_at=clock.now())
        assert not Posting.objects.filter(entry__public_from=None).exists()
        call_command("public_register", str(file))
        yield read(file)


@pytest.fixture(scope="module")
def verifier() -> ModuleType:
    spec = importlib.util.spec_from_file_location("register_verifier", VERIFIER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def said(verifier: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture) -> Callable[..., tuple[int, list[str]]]:
    """Return a function that verifies lines, and gives the exit code and the problems said."""

    def verified(lines: Lines, since: Lines | None = None, *more: str) -> tuple[int, list[str]]:
        arguments = [str(write(tmp_path / "new.jsonl", lines)), *more]
        if since is not None:
            arguments += ["--since", str(write(tmp_path / "old.jsonl", since))]
        code = verifier.main(arguments)
        out = capsys.readouterr().out.splitlines()
        return code, out[: next(number for number, line in enumerate(out) if line.startswith("checked:"))]

    return verified


def read(file: Path) -> Lines:
    return [json.loads(line) for line in file.read_text().splitlines()]


def write(file: Path, lines: Lines) -> Path:
    file.write_text("".join(canonical(line) + "\n" for line in lines))
    return file


def copied(lines: Lines) -> Lines:
    return [dict(line) for line in lines]


def entry(lines: Lines, n: int) -> dict[str, Any]:
    return next(line for line in lines if line.get("n") == n)


def rechained(lines: Lines) -> Lines:
    """Recompute every digest and hash, as whoever rules the database can; checkpoints too."""
    previous = "0" * 64
    for line in lines:
        if "n" in line:
            if "body" in line:
                line["digest"] = digest_of(line["body"])
            previous = line["hash"] = chained(previous, line["digest"])
        elif "hash" in line:
            line["hash"] = previous
    return lines


def first_with(lines: Lines, model: str) -> dict[str, Any]:
    return next(line for line in lines if f'"model":"{model}"' in line.get("body", ""))


def rewritten(lines: Lines, model: str, change: Callable[[dict[str, Any]], None]) -> tuple[Lines, int]:
    """Change the first row of a model in its body, and recompute all hashes."""
    lines = copied(lines)
    line = first_with(lines, model)
    body = json.loads(line["body"])
    change(next(row for row in body["rows"] if row["model"] == model)["columns"])
    line["body"] = canonical(body)
    return rechained(lines), line["n"]


def test_an_honest_register_follows(honest, said):
    assert said(honest) == (0, [])
    assert said(honest, honest) == (0, [])


def test_the_file_holds_every_entry_and_of_a_closed_one_three_things(honest):
    entries = [line for line in honest if "n" in line]
    assert [line["n"] for line in entries] == list(range(1, len(entries) + 1))
    assert {frozenset(line) for line in entries} == {
        frozenset({"n", "digest", "hash"}),
        frozenset({"n", "digest", "hash", "body"}),
    }


def test_the_verifier_runs_alone_on_an_old_python(honest, tmp_path):
    ast.parse(VERIFIER.read_text(), feature_version=(3, 8))
    file = write(tmp_path / "register.jsonl", honest)
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(VERIFIER), str(file)], capture_output=True, text=True, check=False, env={}
    )
    assert (done.returncode, done.stderr, done.stdout.splitlines()[-1]) == (0, "", "everything follows")


@pytest.mark.requirement("D1")
@pytest.mark.parametrize(
    ("change", "said_of"),
    [
        (lambda lines: entry(lines, 9).update(hash="a" * 64), ["entry 9", "entry 10"]),
        (lambda lines: entry(lines, 9).update(digest="a" * 64), ["entry 9"]),
        (lambda lines: lines.remove(entry(lines, 9)), ["entry 10", "entry 10"]),
        (lambda lines: lines.pop(), ["end"]),
        (lambda lines: lines.__delitem__(slice(-3, None)), ["end"]),
        (lambda lines: lines[-1].update(head=4), ["head 4"]),
        (lambda lines: next(line for line in lines if "checkpoint" in line).update(hash="a" * 64), ["checkpoint 20"]),
        (lambda lines: lines.insert(5, {"strange": 1}), ["line 6"]),
    ],
    ids=["hash", "digest", "left out", "no head", "cut", "other head", "checkpoint", "strange line"],
)
def test_a_damaged_file_is_found(honest, said, change, said_of):
    lines = copied(honest)
    change(lines)
    code, problems = said(lines)
    assert (code, [problem.partition(":")[0] for problem in problems][: len(said_of)]) == (1, said_of)


def test_a_changed_body_is_found(honest, said):
    lines = copied(honest)
    line = first_with(lines, "funds.posting")
    line["body"] = line["body"].replace('"line":1', '"line":7', 1)
    assert said(lines) == (1, [f"entry {line['n']}: the body is not the one that was hashed"])


LEDGER = [
    ("funds.posting", {"amount": "0.00"}, "above zero"),
    ("funds.posting", {"amount": "999999999.00"}, "add up to"),
    ("funds.share", {"amount": "0.01"}, "add up to"),
    ("funds.posting", {"debit_id": 999999}, "which no public body opens"),
    ("funds.posting", {"reverses_id": 999999}, "which is not there"),
    ("funds.posting", {"amount": 5}, "cannot be read"),
    ("funds.account", {"guarded": False}, "against its kind"),
    ("funds.share", {"amount": "0.00"}, "a share of posting"),
]


@pytest.mark.parametrize(("model", "columns", "why"), LEDGER, ids=[why for *_, why in LEDGER])
def test_a_false_ledger_is_found_though_every_hash_was_recomputed(honest, said, model, columns, why):
    lines, n = rewritten(honest, model, lambda row: row.update(columns))
    code, problems = said(lines)
    assert code == 1
    assert [problem for problem in problems if problem.startswith(f"entry {n}: ") and why in problem]


def changed_rows(lines: Lines, change: Callable[[list[dict[str, Any]]], None]) -> tuple[Lines, int]:
    """Change the rows of the first body with a posting, and recompute all hashes."""
    lines = copied(lines)
    line = first_with(lines, "funds.posting")
    body = json.loads(line["body"])
    change(body["rows"])
    line["body"] = canonical(body)
    return rechained(lines), line["n"]


def first_row(rows: list[dict[str, Any]], model: str) -> dict[str, Any]:
    return next(row for row in rows if row["model"] == model)


def one_account(rows: list[dict[str, Any]]) -> None:
    columns = first_row(rows, "funds.posting")["columns"]
    columns["debit_id"] = columns["credit_id"]


def reversed_twice(rows: list[dict[str, Any]]) -> None:
    posting = first_row(rows, "funds.posting")
    for number in (900001, 900002):
        columns = posting["columns"] | {"id": number, "reverses_id": posting["pk"]}
        rows.append({"model": "funds.posting", "pk": number, "columns": columns})


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (one_account, "has one account on both sides"),
        (reversed_twice, "which was reversed before"),
        (lambda rows: rows.append(first_row(rows, "funds.share")), "has two shares of one source"),
        (lambda rows: rows.append(first_row(rows, "funds.posting")), "was recorded before"),
    ],
    ids=["one account", "reversed twice", "share twice", "posting twice"],
)
def test_false_rows_are_found_though_every_hash_was_recomputed(honest, said, change, why):
    lines, n = changed_rows(honest, change)
    code, problems = said(lines)
    assert code == 1
    assert [problem for problem in problems if problem.startswith(f"entry {n}: ") and why in problem]


BODIES = [
    (lambda body: body | {"n": 4711}, "the body says that it is entry 4711"),
    (lambda body: body | {"salt": "short"}, "the body is not canonical JSON with the fields of a body"),
    (lambda body: body | {"more": 1}, "the body is not canonical JSON with the fields of a body"),
    (lambda body: {**body, "rows": [1]}, "the body is not canonical JSON with the fields of a body"),
    (lambda body: {**body, "facts": {"amount": 1.5}}, "the body is not canonical JSON with the fields of a body"),
]


@pytest.mark.parametrize(("change", "why"), BODIES, ids=["number", "salt", "field", "rows", "float"])
def test_a_body_of_another_form_is_found(honest, said, change, why):
    lines = copied(honest)
    line = [line for line in lines if "body" in line and '"funds.' not in line["body"]][-1]
    line["body"] = json.dumps(
        change(json.loads(line["body"])), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    assert said(rechained(lines)) == (1, [f"entry {line['n']}: {why}"])


def test_a_body_that_is_no_text_is_found(honest, said):
    lines = copied(honest)
    line = first_with(lines, "funds.posting")
    line["body"] = 7
    code, problems = said(lines)
    assert (code, problems[0]) == (1, f"entry {line['n']}: the body is no text")


def test_a_checkpoint_that_cannot_be_read_is_found(honest, said):
    lines = copied(honest)
    next(line for line in lines if "checkpoint" in line)["hash"] = None
    assert said(lines) == (1, ["checkpoint 20: cannot be read"])


def test_an_entry_missing_beside_an_older_download_is_named(honest, said):
    lines = copied(honest)
    lines.remove(entry(lines, 9))
    code, problems = said(lines, honest)
    assert code == 1
    assert "entry 9: stands in the older file and is missing here" in problems


def test_checkpoints_are_taken_from_a_list_that_was_kept(honest, said, tmp_path):
    first, last = entry(honest, 1)["hash"], honest[-1]
    kept = tmp_path / "kept.txt"
    kept.write_text(f"1:{first} 2008-01-01\n\n{last['head']}:{last['hash']} 2008-09-15\n")
    assert said(honest, None, "--checkpoints", str(kept)) == (0, [])
    kept.write_text(f"1:{first}\n1:{last['hash']}\n")
    assert said(honest, None, "--checkpoints", str(kept)) == (
        1,
        ["entry 1: you gave two checkpoints of it that differ"],
    )


def test_an_overdrawn_account_is_found(honest, said):
    """A deposit and its share made smaller by the same: what was later drawn from the pool is no longer covered."""
    lines = copied(honest)
    for line in lines:
        if '"kind":"deposit.recorded/1"' in line.get("body", ""):
            body = json.loads(line["body"])
            for row in body["rows"]:
                if row["model"] in {"funds.posting", "funds.share"}:
                    row["columns"]["amount"] = "0.01"
            line["body"] = canonical(body)
    code, problems = said(rechained(lines))
    assert code == 1
    assert [problem for problem in problems if "is below zero" in problem and "account pool:" in problem]
    assert [problem for problem in problems if "the stake of source" in problem and "is below zero" in problem]


@pytest.mark.requirement("D1")
def test_a_rewritten_past_is_found_beside_an_older_download(honest, said):
    lines, n = rewritten(honest, "funds.posting", lambda row: row.update(effective_on="2008-01-01"))
    assert said(lines) == (0, [])
    code, problems = said(lines, honest)
    assert code == 1
    assert [problem.partition(":")[0] for problem in problems][:2] == [f"entry {n}", f"entry {n}"]
    assert "the past was rewritten from here" in problems[1]


def cut(lines: Lines, by: int) -> Lines:
    """Cut the newest entries off, and name the head anew."""
    entries = [line for line in lines if "n" in line]
    last = entries[-1 - by]
    kept = copied(lines[: lines.index(last) + 1])
    return [*kept, {"head": last["n"], "hash": last["hash"]}]


def test_a_cut_tail_is_found_beside_an_older_download(honest, said):
    lines = cut(honest, 1)
    last = lines[-1]["head"]
    assert said(lines) == (0, [])
    assert said(lines, honest) == (
        1,
        [
            f"entry {last}: the older file goes on to entry {last + 1}: the newest entries were cut off",
            f"checkpoint {last + 1}: was published in the older file and is not in this one",
        ],
    )
    assert said(honest, lines) == (0, [])


def test_a_body_may_be_opened_and_never_closed(honest, said):
    closed = copied(honest)
    line = next(line for line in closed if line.get("n") and "body" in line and "funds." not in line["body"])
    del line["body"]
    assert said(honest, closed) == (0, [])
    assert said(closed, honest) == (1, [f"entry {line['n']}: its body was public in the older file and is closed here"])


def test_a_checkpoint_that_was_kept_is_compared(honest, said):
    last = honest[-1]["head"]
    kept = honest[-1]["hash"]
    assert said(honest, None, "--checkpoint", f"{last}:{kept}") == (0, [])
    lines, _ = rewritten(honest, "funds.posting", lambda row: row.update(effective_on="2008-01-01"))
    assert said(lines, None, "--checkpoint", f"{last}:{kept}", "--checkpoint", f"9999:{kept}") == (
        1,
        [
            f"entry {last}: its hash is not the one of your checkpoint",
            "entry 9999: you have a checkpoint of it, and it is not here",
        ],
    )


def test_a_checkpoint_left_out_of_the_file_is_found(honest, said):
    """The entry that published it says so."""
    lines = copied(honest)
    number = 1 + lines.index(next(line for line in lines if "checkpoint" in line))
    body = {
        "id": 21, "n": 21, "act": "a" * 32, "kind": "checkpoint.published/1", "at": "2008-09-15T00:00:00+00:00",
        "by": "system", "public": True, "opens": {}, "asked": "c" * 64, "facts": {}, "gone": [], "salt": "b" * 32,
        "rows": [{"model": "alliance.checkpoint", "pk": 1, "columns": {"n": 20, "hash": lines[number - 2]["hash"]}}],
    }  # fmt: skip
    following = entry(lines, 21)
    following["body"] = canonical(body)
    following["digest"] = digest_of(following["body"])
    kept = rechained(lines)
    assert said(kept) == (0, [])
    assert said([line for line in kept if line.get("checkpoint") != 20]) == (
        1,
        ["entry 21: published a checkpoint of entry 20 that is not in the file"],
    )


@pytest.mark.parametrize("content", [b"", b"{}\n", b"PK\x03\x04", b'{"format":"other/1"}\n'])
def test_what_is_no_register_is_refused(verifier, tmp_path, capsys, content):
    file = tmp_path / "other.bin"
    file.write_bytes(content)
    assert verifier.main([str(file)]) == 2
    assert verifier.main([str(tmp_path / "missing")]) == 2
    assert capsys.readouterr().out == ""


def test_a_line_cut_short_is_named(honest, said, verifier, tmp_path, capsys):
    file = write(tmp_path / "register.jsonl", honest)
    file.write_bytes(file.read_bytes()[:-40])
    assert verifier.main([str(file)]) == 1
    assert capsys.readouterr().out.splitlines()[:2] == [
        f"line {len(honest)}: cannot be read",
        "end: the file is cut off: its last line does not name the head",
    ]


def test_a_file_that_cannot_be_written_is_said(db, tmp_path):
    with pytest.raises(CommandError) as refused:
        call_command("public_register", str(tmp_path / "missing" / "register.jsonl"))
    assert refused.value.returncode == 2
