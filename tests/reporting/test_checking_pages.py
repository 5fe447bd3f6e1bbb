"""What outsiders get: the files and the pages that say how to check with them."""

import gzip
import hashlib
import json
import re
from datetime import datetime

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from alliance.people.operations import register_organisation
from alliance.register import publication
from alliance.register.checkpoints import publish_due
from alliance.register.models import Checkpoint, RegisterEntry, head
from tests.funds.test_ledger import deposit


@pytest.fixture
def visitor(db):
    return Client()


def content(response):
    return b"".join(response.streaming_content)


def act(officer, slug="another"):
    register_organisation(by=officer, slug=slug, kind="other", name_en="Institute")


@pytest.mark.requirement("R64")
def test_the_site_gives_the_file_that_the_command_writes(visitor, tmp_path, monkeypatch):
    monkeypatch.setattr(publication, "BATCH", 7)
    publish_due()
    call_command("public_register", str(tmp_path / "register.jsonl"))
    response = visitor.get("/open/register.jsonl")
    assert content(response) == (tmp_path / "register.jsonl").read_bytes()
    assert response["Content-Disposition"] == f'attachment; filename="alliance-register-{head()[0]}.jsonl"'
    packed = visitor.get("/open/register.jsonl", headers={"Accept-Encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(content(packed)) == (tmp_path / "register.jsonl").read_bytes()
    assert packed["ETag"] != response["ETag"]


@pytest.mark.parametrize(
    "name", ["register.jsonl", "ledger.beancount", "ledger.hledger", "checkpoints.txt", "checkpoints.json"]
)
def test_a_file_is_sent_again_only_when_the_register_moved(visitor, officer, django_assert_max_num_queries, name):
    first = visitor.get(f"/open/{name}")
    again = {"If-None-Match": first["ETag"]}
    with django_assert_max_num_queries(3):
        assert visitor.get(f"/open/{name}", headers=again).status_code == 304
    act(officer)
    moved = visitor.get(f"/open/{name}", headers=again)
    assert (moved.status_code, moved["ETag"] != first["ETag"]) == (200, True)
    publish_due()
    assert visitor.get(f"/open/{name}", headers={"If-None-Match": moved["ETag"]}).status_code == 200


def test_reading_the_register_takes_as_many_queries_as_there_are_batches(
    visitor, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(publication, "BATCH", 10)
    last = head()[0]
    batches = -(-last // 10)
    with django_assert_num_queries(3 + 2 * batches + 1):
        assert len(list(publication.lines())) == last + 2


def test_a_body_that_is_closed_gives_only_number_digest_and_hash(visitor, officer):
    act(officer)
    register_line = content(visitor.get("/open/register.jsonl")).decode().splitlines()[-2]
    assert "body" in json.loads(register_line)
    entry = RegisterEntry.objects.filter(public_from=None).order_by("-n").first()
    line = content(visitor.get("/open/register.jsonl")).decode().splitlines()[entry.n]
    assert json.loads(line) == {"n": entry.n, "digest": entry.digest, "hash": entry.hash}


@pytest.mark.parametrize("form", ["beancount", "hledger"])
def test_the_site_gives_the_ledger_that_the_command_writes(visitor, finance_officer, tmp_path, form):
    deposit(by=finance_officer, slug="sweden-mfa", amount="1000.00", fee="10.00")
    call_command("export_ledger", "--format", form, str(tmp_path / "ledger"))
    assert content(visitor.get(f"/open/ledger.{form}")) == (tmp_path / "ledger").read_bytes()
    assert "1000.00 USD" in (tmp_path / "ledger").read_text()


def test_the_verifier_has_one_address_and_its_digest_stands_on_the_page(visitor):
    given = content(visitor.get("/open/verify.py"))
    assert given == (settings.BASE_DIR / "static" / "verify.py").read_bytes()
    assert hashlib.sha256(given).hexdigest() in visitor.get("/en/register/checking/").content.decode()


def test_checkpoints_are_listed_in_three_ways(visitor, officer, set_clock):
    for day in (1, 2, 3):
        set_clock(datetime(2008, 9, day))
        act(officer, f"org-{day}")
        publish_due()
    pairs = [str(row) for row in Checkpoint.objects.order_by("n")]
    text = visitor.get("/open/checkpoints.txt").content.decode()
    assert [line.split()[0] for line in text.splitlines()] == pairs
    feed = json.loads(visitor.get("/open/checkpoints.json").content)
    assert [item["content_text"] for item in feed["items"]] == pairs[::-1]
    assert feed["feed_url"] == "http://testserver/open/checkpoints.json"
    page = visitor.get("/en/register/checkpoints/").content.decode()
    assert re.findall(r"[0-9a-f]{64}", page) == [pair.partition(":")[2] for pair in pairs[::-1]]


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_the_pages_lead_to_every_file(visitor, language):
    page = visitor.get(f"/{language}/register/checking/").content.decode()
    for name in ("register", "verifier", "checkpoints", "feed"):
        assert f'href="{reverse(f"open_register:{name}")}"' in page
    for form in ("beancount", "hledger"):
        assert f'href="{reverse("open_register:ledger", args=[form])}"' in page


def test_every_public_page_leads_to_it(visitor):
    link = f'href="{reverse("reporting:checking")}"'
    for name in ("reporting:public_home", "reporting:register", "reporting:money"):
        assert link in visitor.get(reverse(name)).content.decode()


@pytest.mark.parametrize("name", ["reporting:checking", "reporting:checkpoints"])
def test_pages_ask_as_much_at_many_rows_as_at_one(visitor, officer, set_clock, name, django_assert_max_num_queries):
    for day in (1, 2, 3):
        set_clock(datetime(2008, 9, day))
        act(officer, f"org-{day}")
        publish_due()
    visitor.get(reverse(name))
    with django_assert_max_num_queries(9):
        assert visitor.get(reverse(name)).status_code == 200
