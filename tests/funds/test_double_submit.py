"""The same form sent at the same moment from two tabs: one act."""

import threading

import pytest
from django.db import connections

from alliance.people.models import User
from funds.models import Deposit, Pledge, Posting
from funds.operations.deposits import record_deposit
from funds.operations.pledges import record_pledge
from tests.funds.factories import PLEDGED_ON, RECEIVED_ON, D, make_donor


def at_once(work, times=4):
    """Run `work` in threads that start together; return what they returned or raised."""
    start, found = threading.Barrier(times), []

    def run():
        try:
            start.wait()
            found.append(work())
        except Exception as error:
            found.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.requirement("D8")
@pytest.mark.django_db(transaction=True)
def test_form_sent_four_times_at_once_makes_one_pledge_and_one_deposit():
    donor = make_donor()
    by = User.objects.get(email="finance.officer@demo.example")
    values = {"by": by, "donor": donor, "amount": D(5), "currency": "USD"}
    pledges = at_once(lambda: record_pledge(**values, pledged_on=PLEDGED_ON, key="p"))
    deposits = at_once(lambda: record_deposit(**values, received_on=RECEIVED_ON, key="d"))
    assert set(pledges) == set(Pledge.objects.all())
    assert set(deposits) == set(Deposit.objects.all())
    assert (Pledge.objects.count(), Deposit.objects.count(), Posting.objects.count()) == (1, 1, 2)
