"""Checkpoints: when one is due, of what, and who gets it by mail."""

import json
import threading
from datetime import datetime

import pytest
from django.core import mail
from django.db import connections, transaction

from alliance.people.models import Organisation
from alliance.people.operations import register_organisation
from alliance.records.models import Notice
from alliance.records.tasks import relay_entries
from alliance.register.checkpoints import KIND, is_due, publish_due
from alliance.register.models import Checkpoint, RegisterEntry, head
from governance.operations import close_decision
from reporting.verification.everything import verify
from tests.governance.factories import committee, opened_text, person


def act(officer, slug):
    register_organisation(by=officer, slug=slug, kind="other", name_en="Institute")


@pytest.fixture
def up_to_date(officer, set_clock):
    """Begin with a checkpoint of everything so far, at noon."""

    set_clock(datetime(2008, 9, 15, 12))
    return publish_due()


def test_a_checkpoint_is_of_the_newest_entry_and_is_an_entry_itself(officer, up_to_date):
    checkpoint = Checkpoint.objects.get()
    entry = RegisterEntry.objects.latest("n")
    assert (entry.n, entry.kind) == (checkpoint.n + 1, KIND)
    assert RegisterEntry.objects.get(n=checkpoint.n).hash == checkpoint.hash
    assert json.loads(entry.body)["facts"] == {"n": checkpoint.n, "hash": checkpoint.hash}
    assert entry.public_from is not None
    assert verify().problems == []


def test_one_is_made_once(up_to_date):
    assert (publish_due(), is_due(), Checkpoint.objects.count()) == (None, False, 1)


def test_a_day_brings_one_when_something_happened(officer, up_to_date, set_clock):

    act(officer, "first")
    assert publish_due() is None
    set_clock(datetime(2008, 9, 16, 0, 1))
    assert publish_due().n == up_to_date.n + 2
    set_clock(datetime(2008, 9, 17, 0, 1))
    assert publish_due() is None


def test_a_decision_brings_one_at_once(up_to_date, set_clock):
    decision = opened_text()
    assert publish_due() is None
    set_clock(decision.closes_at)
    publish_due()
    close_decision(by=None, decision=decision)
    n, digest = head()
    assert (str(publish_due()), publish_due()) == (f"{n}:{digest}", None)


def test_holders_of_seats_get_number_and_hash_by_mail_in_their_language(up_to_date, set_clock, settings):

    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    committee()
    set_clock(datetime(2008, 9, 16, 0, 1))
    member = person("member")
    member.language = "fr"
    member.save(update_fields=["language"])
    relay_entries()
    made = Checkpoint.objects.latest("n")
    told = Notice.objects.filter(kind=KIND, entry__n=made.n + 1)
    assert {notice.user.email for notice in told} >= {member.email, person("alternate").email, person("chair").email}
    (message,) = [one for one in mail.outbox if one.to == [member.email] and str(made) in one.body]
    assert "Gardez ce message" in message.body
    assert "/fr/register/checkpoints/" in message.body


@pytest.mark.django_db(transaction=True)
def test_it_is_made_of_what_is_committed_only(officer):
    with transaction.atomic():
        act(officer, "uncommitted")
        with pytest.raises(RuntimeError, match="durable"):
            publish_due()
    assert Checkpoint.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_act_under_way_is_not_in_it(officer):
    n, digest = head()
    made = []

    def publish():
        made.append(str(publish_due()))
        connections.close_all()

    with transaction.atomic():
        organisation = Organisation.objects.select_for_update().get(slug="iom")
        other = threading.Thread(target=publish)
        other.start()
        other.join()
        assert organisation.slug == "iom"
    assert made == [f"{n}:{digest}"]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one(officer):
    def publish():
        publish_due()
        connections.close_all()

    threads = [threading.Thread(target=publish) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Checkpoint.objects.count() == 1
