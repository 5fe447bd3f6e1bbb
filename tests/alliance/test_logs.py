"""Logs: each line says what it belongs to, and nothing about people."""

import json
import subprocess
import sys
from pathlib import Path
from smtplib import SMTPRecipientsRefused

import pytest
import structlog
from django.core.mail.backends.base import BaseEmailBackend
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from alliance import celery
from alliance.jobs import tasks
from alliance.records import delivery, relay
from alliance.register import operation, record
from alliance.register.models import RegisterEntry
from tests.alliance.test_jobs import ask, own_data, rung  # noqa: F401

ROOT = Path(__file__).parents[2]
LOG = """
import json, logging, structlog
from alliance.core import logs
logs.configure({"level": "INFO", "json": True})
structlog.contextvars.bind_contextvars(request_id="0123456789")
try:
    raise ValueError('duplicate key\\nDETAIL:  Key (email)=(ana' + '@example.org) already exists.')
except ValueError:
    structlog.get_logger().exception("failed")
    logging.getLogger("django.request").exception("Internal Server Error")
"""


@operation
def act(*, by):
    structlog.get_logger().info("inside")
    record("organisation.confirmed/1", by=by)


@pytest.fixture
def lines(monkeypatch):
    with capture_logs(processors=[merge_contextvars]) as found:
        yield found


def named(lines: list, event: str) -> dict:
    (line,) = [line for line in lines if line["event"] == event]
    return line


def test_given_id_is_kept_and_returned(client, db):
    assert client.get("/healthz", headers={"X-Request-ID": "proxy-0123.45_6"})["X-Request-ID"] == "proxy-0123.45_6"


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "with space", "semi;colon", "naïve-naïve"])
def test_badly_formed_id_is_replaced(client, db, given):
    made = client.get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"]
    assert made != given
    assert len(made) == 32


def test_request_has_one_line_with_its_route_and_an_opaque_person(sign_in, officer, lines, settings):
    settings.ALLIANCE_ACCESS_LOG = True
    answer = sign_in(officer).get("/en/funds/pledges/?q=ana%40example.org", headers={"X-Request-ID": "abcdefgh"})
    line = named(lines, "request")
    del line["ms"]
    assert line == {
        "event": "request", "log_level": "info", "method": "GET", "route": "en/funds/pledges/", "status": answer.status_code,
        "request_id": "abcdefgh", "user": officer.uid.hex,
    }  # fmt: skip


def test_line_is_silent_about_the_person_of_the_request_before(sign_in, officer, client, lines, settings):
    settings.ALLIANCE_ACCESS_LOG = True
    sign_in(officer).get("/en/")
    client.logout()
    client.get("/en/")
    assert ["user" in line for line in lines if line["event"] == "request"] == [True, False]


def test_every_line_inside_an_act_carries_it(officer, lines, django_capture_on_commit_callbacks):
    structlog.contextvars.bind_contextvars(request_id="abcdefgh")
    with django_capture_on_commit_callbacks(execute=True):
        act(by=officer)
    structlog.contextvars.clear_contextvars()
    entry = RegisterEntry.objects.order_by("-n").first()
    inside, recorded = named(lines, "inside"), named(lines, "act recorded")
    assert (inside["act"], inside["operation"], inside["request_id"]) == (entry.act.hex, "act", "abcdefgh")
    assert (recorded["act"], recorded["entries"], recorded["log_level"]) == (entry.act.hex, [entry.n], "info")


def test_act_of_a_command_is_silent(officer, lines, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        act(by=officer)
    assert named(lines, "act recorded")["log_level"] == "debug"


def test_act_sent_again_names_the_first(officer, lines):
    act(by=officer, key="k1")
    act(by=officer, key="k1")
    first = RegisterEntry.objects.get(key="k1")
    assert named(lines, "act sent again")["first_act"] == first.act.hex


def test_lines_of_a_job_carry_the_job(officer, rung, lines):  # noqa: F811
    job = ask(officer, kind="test.broken")
    tasks.run_job(str(job.uid))
    line = named(lines, "document not made")
    assert (line["job"], line["kind"], line["attempt"]) == (str(job.uid), "test.broken", 1)


def test_lines_of_the_relay_carry_the_entry(officer, lines, monkeypatch):
    act(by=officer)
    entry = RegisterEntry.objects.order_by("-n").first()
    monkeypatch.setattr(relay.kinds, "kind", lambda name: structlog.get_logger().info("asked") or 1 / 0)
    relay.notices_of(entry)
    assert (named(lines, "asked")["entry"], named(lines, "asked")["act"]) == (entry.n, entry.act.hex)


class Refusing(BaseEmailBackend):
    """A mail server that repeats the address in its refusal, as they do."""

    def send_messages(self, email_messages):
        raise SMTPRecipientsRefused({(to := email_messages[0].to[0]): (550, f"no such person: {to}".encode())})


def test_failed_mail_is_logged_without_the_address(officer, lines, settings):
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.Refusing"}}
    act(by=officer)
    entry = RegisterEntry.objects.order_by("-n").first()
    notice = relay.Notice.objects.create(user=officer, kind=entry.kind, entry=entry)
    assert delivery.send_mail() == 0
    line = named(lines, "mail not sent")
    assert (line["notice"], line["error"]) == (notice.pk, "SMTPRecipientsRefused")
    assert officer.email not in json.dumps(lines, default=str)


def test_task_is_named_with_the_request_that_rang():
    celery.app.loader.import_default_modules()
    task = celery.app.tasks["alliance.relay"]
    task.push_request(id="t1", request_id="abcdefgh")
    celery.name_the_task(task_id="t1", task=task)
    bound = structlog.contextvars.get_contextvars()
    celery.forget_the_task()
    task.pop_request()
    assert bound == {"task": "alliance.relay", "task_id": "t1", "request_id": "abcdefgh"}


def test_json_lines_hold_the_traceback_and_no_value_of_a_row():
    done = subprocess.run([sys.executable, "-c", LOG], cwd=ROOT, capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["failed", "Internal Server Error"]
    for line in lines:
        assert line["request_id"] == "0123456789"
        assert "Traceback" in line["exception"]
        assert line["exception"].endswith("DETAIL: (left out)")
    assert "ana@example.org" not in done.stderr
