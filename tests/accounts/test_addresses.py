"""One address is taken once, also by two people at the same moment."""

import pytest

from alliance.people.operations import change_address
from tests.governance.test_races import at_once, kinds


@pytest.mark.django_db(transaction=True)
def test_one_of_two_who_take_an_address_at_once_is_refused_in_words(people):
    moving = [people["head"], people["donor"]]
    made = at_once([lambda user=user: change_address(by=user, user=user, email="new@example.org") for user in moving])
    assert kinds(made) == {"User": 1, "Refused": 1}
