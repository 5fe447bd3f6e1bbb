"""`docs/register.md` says what is so: its worked example is recomputed from the document itself."""

import hashlib
import json
import re

import pytest
from django.conf import settings

from alliance.register.file_format import FIRST as FORMAT
from tests.reporting.test_public_register import VERIFIER

DOCUMENT = (settings.BASE_DIR / "docs" / "register.md").read_text()
BLOCKS = re.findall(r"```(jsonl|text)\n(.*?)\n```", DOCUMENT, re.S)
FILE = next(text for language, text in BLOCKS if language == "jsonl")
BODY, DIGEST, FIRST, SECOND, NAME, CHECKPOINT = [text for language, text in BLOCKS if language == "text"]


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def chained(before, digest):
    return sha256(bytes.fromhex(before) + bytes.fromhex(digest))


def test_the_example_follows_from_what_the_document_says():
    header, one, two, three, checkpoint, head = [json.loads(line) for line in FILE.splitlines()]
    assert header == {"format": FORMAT, "demonstration": True}
    assert (one["body"], one["digest"], one["hash"]) == (BODY, DIGEST, FIRST)
    assert (sha256(BODY.encode()), chained("0" * 64, DIGEST)) == (DIGEST, FIRST)
    assert (set(two), two["hash"]) == ({"n", "digest", "hash"}, SECOND)
    assert (chained(FIRST, two["digest"]), chained(SECOND, three["digest"])) == (SECOND, three["hash"])
    assert f"{checkpoint['checkpoint']}:{checkpoint['hash']}" == CHECKPOINT == f"3:{three['hash']}"
    assert (head["head"], head["hash"]) == (3, three["hash"])


def test_a_text_stands_as_the_digest_of_salt_and_text():
    body = json.loads(BODY)
    said = re.search(r"here of `(\w{32})(.+)`:", DOCUMENT)
    assert said
    assert said[1] == body["salt"]
    assert sha256((said[1] + said[2]).encode()) == NAME
    assert body["rows"][1]["columns"]["name_en"] == {"sha256": NAME}


def test_the_verifier_accepts_the_example(tmp_path, capsys):
    module: dict = {"__name__": "example"}
    exec(compile(VERIFIER.read_text(), str(VERIFIER), "exec"), module)
    file = tmp_path / "register.jsonl"
    file.write_text(FILE + "\n")
    assert module["main"]([str(file), "--checkpoint", CHECKPOINT]) == 0
    assert "1 postings on 2 accounts, debits 1000.00, credits 1000.00" in capsys.readouterr().out


@pytest.mark.django_db
def test_bodies_have_the_fields_of_the_document():
    from alliance.register.models import RegisterEntry

    documented = set(re.findall(r"^\| `(\w+)` \|", DOCUMENT.partition("## The file")[0], re.M))
    assert {frozenset(json.loads(body)) for body in RegisterEntry.objects.values_list("body", flat=True)} == {
        frozenset(documented)
    }
