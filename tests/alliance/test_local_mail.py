"""The page with the mail of a portal on one machine: there where `demo` runs, and nowhere else."""

import pytest
from django.conf import settings as real
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.filebased import EmailBackend
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    """Have mail written into a folder, and the page that shows it."""
    settings.ALLIANCE_LOCAL_MAIL = True
    options = {"file_path": str(tmp_path)}
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.filebased.EmailBackend", "OPTIONS": options}}
    return tmp_path


def sent(folder, number, text, html=""):
    mail = EmailMultiAlternatives(f"Réunion {number}", text, "from@example.org", [f"to{number}@example.org"])
    if html:
        mail.attach_alternative(html, "text/html")
    backend = EmailBackend(file_path=str(folder))
    backend._fname = str(folder / f"2026120{number}-000000-1.log")
    backend.send_messages([mail])


def shown(client, host="127.0.0.1:8000"):
    return client.get(reverse("records:local_mail"), headers={"host": host})


def test_newest_mail_comes_first_with_its_links(client, folder):
    sent(folder, 1, "Bonjour à tous")
    sent(folder, 2, "Open http://127.0.0.1:8000/en/invitation/abc\n", "<p>html</p>")
    page = shown(client).content.decode()
    assert page.index("Réunion 2") < page.index("Réunion 1")
    assert '<a href="http://127.0.0.1:8000/en/invitation/abc"' in page
    assert "Bonjour à tous" in page
    assert "to1@example.org" in page


def test_without_mail_it_says_so(client, folder):
    assert "No mail yet" in shown(client).content.decode()


@pytest.mark.parametrize("host", ["portal.example", "127.0.0.1.portal.example", "localhost.example:8000"])
def test_it_is_there_by_the_machines_own_name_alone(client, folder, settings, host):
    settings.ALLOWED_HOSTS = ["*"]
    sent(folder, 1, "secret")
    assert shown(client, host).status_code == 404
    assert [shown(client, here).status_code for here in ("localhost:8000", "localhost", "[::1]:8000")] == [
        200,
        200,
        200,
    ]


def test_it_is_nowhere_unless_switched_on(client, folder, settings):
    settings.ALLIANCE_LOCAL_MAIL = False
    assert shown(client).status_code == 404


def test_it_is_empty_where_mail_is_sent(client, folder, settings):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": {"host": "x"}}}
    assert "No mail yet" in shown(client).content.decode()


def test_it_is_off_by_itself():
    assert real.ALLIANCE_LOCAL_MAIL is False
