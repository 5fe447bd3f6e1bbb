"""The rule of two people: one function, one sentence, and the database behind each row that one person prepares."""

import pytest
from django.apps import apps

from alliance.core.errors import NotAllowed
from alliance.people.four_eyes import ANOTHER_PERSON, require_another

PREPARED = [
    model for model in apps.get_models() if any(field.name == "prepared_by" for field in model._meta.concrete_fields)
]


def test_whoever_prepared_it_is_refused_and_another_is_not(officer, head):
    require_another(officer, head.pk)
    with pytest.raises(NotAllowed) as refused:
        require_another(officer, officer.pk)
    assert str(refused.value) == str(ANOTHER_PERSON)


def test_some_rows_are_prepared_by_one_person():
    assert {model._meta.label for model in PREPARED} >= {"funds.Payment", "funds.Voucher"}


@pytest.mark.parametrize("model", PREPARED, ids=lambda model: model._meta.label)
def test_the_database_says_the_same_of_every_row_that_is_prepared(model):
    said = [rule for rule in model._meta.constraints if rule.violation_error_message == ANOTHER_PERSON]
    assert len(said) == 1
