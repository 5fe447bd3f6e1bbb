"""A page is of one moment; an operation reads the clock after its locks, each time."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.core import clock
from alliance.people.models import User
from alliance.people.operations import register_organisation
from alliance.register.models import RegisterEntry


def test_within_one_moment_the_clock_is_read_once(db):
    with clock.one_moment(), CaptureQueriesContext(connection) as asked:
        assert clock.now() == clock.now()
        assert clock.today() == clock.now().date()
        assert not clock.is_demonstration()
    assert len(asked) == 1
    assert clock.now() < clock.now()


def test_nothing_is_read_until_it_is_asked(db):
    with CaptureQueriesContext(connection) as asked, clock.one_moment():
        pass
    assert len(asked) == 0


def test_one_moment_of_a_demonstration_is_its_own(db, set_clock):
    moment = clock.now() - timedelta(days=900)
    set_clock(moment)
    with clock.one_moment():
        assert (clock.today(), clock.is_demonstration()) == (moment.date(), True)


def test_an_operation_reads_the_clock_anew_within_a_page(db):
    with clock.one_moment():
        before = clock.now()
        register_organisation(by=None, slug="later", kind="government", name_en="Later")
        assert RegisterEntry.objects.latest("n").recorded_at > before
        assert clock.now() == before
        with clock.each_time():
            assert clock.now() > before


def test_a_choice_is_called_as_it_is_declared(db):
    user = User(language="fr")
    assert user.get_language_display() == "Français"
    assert User(language="xx").get_language_display() == "xx"
