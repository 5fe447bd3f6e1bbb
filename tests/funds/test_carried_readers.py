"""Who reads while sums are carried forward anew sees those of before, whole."""

import threading
from decimal import Decimal

import pytest
from django.db import connections

from funds.ledger import movements
from funds.ledger.snapshot_taking import carry_forward
from funds.models import Posting
from funds.statements.funding_status import funding_status
from tests.funds.test_ledger import deposit


@pytest.mark.django_db(transaction=True)
def test_reader_sees_the_sums_of_before_while_they_are_carried_anew(people, monkeypatch):
    deposit(by=people["finance_officer"], slug="sweden-mfa", amount="1000.00", fee="10.00")
    day = Posting.objects.order_by("-effective_on").first().effective_on
    carry_forward(day)
    read, carried_anew = movements._brought_forward, []

    def meanwhile(*arguments):
        def carry() -> None:
            carried_anew.append(carry_forward(day))
            connections.close_all()

        thread = threading.Thread(target=carry)
        thread.start()
        thread.join()
        return read(*arguments)

    monkeypatch.setattr(movements, "_brought_forward", meanwhile)
    assert funding_status(day).amount("contributions") == Decimal("1000.00")
    assert len(carried_anew) == 1
