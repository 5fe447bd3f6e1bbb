"""A hundredth of the delivery campaign: the sender killed, the queue emptied, the mail server away; no mail is lost."""

import pytest

from tests.campaigns.notices import Plan, deliver


@pytest.mark.kills
@pytest.mark.django_db(transaction=True)
def test_no_notice_is_lost_and_what_comes_twice_has_one_id(tmp_path, monkeypatch):
    monkeypatch.setenv("ALLIANCE_MAIL_HOST", "")  # put back at the end, as the port
    monkeypatch.setenv("ALLIANCE_MAIL_PORT", "")
    found = deliver(Plan(notices=1000, readers=20, kills=2, wipes=1, absences=1), tmp_path)
    assert found.expected == 1000
    assert (found.lost, found.unknown, found.unstamped, found.killed) == (0, 0, 0, 2)
    assert found.twice <= 2
