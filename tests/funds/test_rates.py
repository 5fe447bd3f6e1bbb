"""Rates of exchange from a file: looked at first, entered once, never changed."""

import json
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from alliance.core.errors import NotAllowed, Refused
from alliance.records import files
from alliance.records.models import StoredFile
from alliance.register.models import RegisterEntry
from alliance.register.models import head as register_head
from funds.models import Rate
from funds.operations.rates import check_rates, import_rates
from tests.funds.factories import make_deposit

D = Decimal
TABLE = "shared/data/rates/monthly_units_per_usd_from_ecb_2007_2026.csv"
REAL = next((found for above in Path(__file__).parents if (found := above / TABLE).exists()), Path(TABLE))
HEAD = "effective_date,currency,units_per_usd,source\n"
GOOD = HEAD + "2008-03-03,NOK,5.123456789012,Norges Bank\n2008-03-17,NOK,5.2,Norges Bank\n"
BROKEN = (
    "2008-13-01,NOK,5,x\n"
    "01/02/2008,NOK,5,x\n"
    "2008-04-01,QQQ,5,x\n"
    "2008-04-01,USD,1,x\n"
    "2008-04-01,DKK,-5,x\n"
    "2008-04-01,DKK,0,x\n"
    '2008-04-01,DKK,"4,7",x\n'
    "2008-04-01,DKK,4.1234567890123,x\n"
    "2008-04-01,DKK,4.7,\n"
    "2008-04-01,DKK,4.7\n"
    "2008-03-03,NOK,9,again\n"
)


def kept(by, text, name="rates.csv"):
    return files.store([text.encode()], name=name, media_type="text/csv", by=by)


def upload(client, content, name="rates.csv"):
    file = SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())
    return client.post(reverse("funds:rate_import"), {"file": file}, follow=True)


@pytest.mark.requirement("D2")
def test_rates_of_a_file_are_entered_at_full_precision_with_their_source(finance_officer):
    import_rates(by=finance_officer, file=kept(finance_officer, GOOD))
    rate = Rate.objects.on("NOK", date(2008, 3, 16))
    assert (rate.units_per_usd, rate.source) == (D("5.123456789012"), "Norges Bank")
    assert Rate.objects.on("NOK", date(2008, 3, 17)).units_per_usd == D("5.2")


def test_hash_and_counts_stand_in_the_register(finance_officer):
    import_rates(by=finance_officer, file=kept(finance_officer, GOOD + BROKEN))
    facts = json.loads(RegisterEntry.objects.get(kind="rates.imported/1").body)["facts"]
    assert facts == {
        "file_sha256": sha256((GOOD + BROKEN).encode()).hexdigest(), "lines": 13, "new": 2, "known": 0, "refused": 11,
        "first": "2008-03-03", "last": "2008-03-17",
    }  # fmt: skip


def test_each_broken_line_is_refused_alone_with_its_number(db):
    found = check_rates((GOOD + BROKEN).encode())
    assert [line.line for line in found.new] == [2, 3]
    assert [line.line for line in found.refused] == list(range(4, 15))
    said = [str(line.why) for line in found.refused]
    assert "twelve" in said[7]
    assert said[10] == "The same currency and day stand on line 2."


@pytest.mark.requirement("D2")
def test_rate_that_is_here_stays_and_another_for_its_day_is_refused(finance_officer):
    deposit = make_deposit(finance_officer, currency="SEK", amount=D(61000))
    rate = Rate.objects.get(currency="SEK", on=deposit.rate_on)
    text = GOOD + f"{rate.on},SEK,{rate.units_per_usd},same\n" + f"{date(2008, 4, 1)},SEK,1,other\n"
    found = check_rates(text.encode())
    assert ([line.line for line in found.known], [line.line for line in found.refused]) == ([4], [5])
    assert "There is another rate for this day already" in str(found.refused[0].why)
    import_rates(by=finance_officer, file=kept(finance_officer, text))
    after = Rate.objects.get(pk=rate.pk)
    assert (after.units_per_usd, after.source) == (rate.units_per_usd, rate.source)
    deposit.refresh_from_db()
    assert deposit.rate == rate.units_per_usd


@pytest.mark.requirement("D8")
def test_second_import_changes_nothing(finance_officer):
    import_rates(by=finance_officer, file=kept(finance_officer, GOOD))
    before = register_head()
    with pytest.raises(Refused, match="Nothing in this file is new"):
        import_rates(by=finance_officer, file=kept(finance_officer, GOOD))
    assert (register_head(), Rate.objects.filter(currency="NOK").count()) == (before, 2)


@pytest.mark.parametrize("key", ["officer", "head", "donor", "auditor"])
def test_only_finance_officers_import_rates(people, key):
    with pytest.raises(NotAllowed):
        import_rates(by=people[key], file=kept(people[key], GOOD))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (GOOD.replace("source", "origin"), "no column “source”"),
        (GOOD.encode("utf-16"), "not in the encoding utf-8"),
        ((HEAD + "2008-03-03,NOK,5,Banque de Norvège\n").encode("latin-1"), "not in the encoding utf-8"),
        (GOOD + "2008-04-01,NO", "cut short"),
    ],
)
def test_file_that_cannot_be_read_is_refused_whole_with_nothing_kept(finance_officer, sign_in, content, why):
    page = upload(sign_in(finance_officer), content)
    assert why in page.content.decode()
    assert (Rate.objects.filter(currency="NOK").count(), StoredFile.objects.count()) == (0, 0)


def test_file_of_fifty_megabytes_is_refused_by_its_size(finance_officer, sign_in):
    page = upload(sign_in(finance_officer), b"2008-03-03,NOK,5.1,x\n" * 2_500_000)
    assert "rates.csv is larger than 10 MB." in page.content.decode()
    assert StoredFile.objects.count() == 0


def test_file_of_another_type_is_refused_by_its_name(finance_officer, sign_in):
    page = upload(sign_in(finance_officer), GOOD, name="rates.xlsx")
    assert "rates.xlsx cannot be accepted. Upload one of: .csv." in page.content.decode()


@pytest.mark.requirement("D8")
def test_officer_looks_first_and_then_enters_once(finance_officer, sign_in):
    client = sign_in(finance_officer)
    page = upload(client, GOOD + BROKEN)
    address = page.redirect_chain[-1][0]
    assert Rate.objects.filter(currency="NOK").count() == 0
    assert len(page.context["found"].new) == 2
    refused = client.get(address + "?show=refused").content.decode()
    assert "“QQQ” is not a currency." in refused
    for _again in range(2):
        assert client.post(address, {"key": "k1"}, follow=True).status_code == 200
    assert Rate.objects.filter(currency="NOK").count() == 2
    assert RegisterEntry.objects.filter(kind="rates.imported/1").count() == 1


def test_upload_of_another_person_is_not_found(finance_officer, second_finance_officer, sign_in):
    file = kept(finance_officer, GOOD)
    assert sign_in(second_finance_officer).get(reverse("funds:rate_check", args=[file.uid])).status_code == 404


def test_stored_file_of_another_kind_is_not_found(finance_officer, sign_in):
    file = kept(finance_officer, "a,b\n1,2\n")
    assert sign_in(finance_officer).get(reverse("funds:rate_check", args=[file.uid])).status_code == 404


@pytest.mark.skipif(not REAL.exists(), reason="the real table is not beside this checkout")
def test_real_table_is_read_whole(finance_officer):
    content = REAL.read_bytes()
    found = check_rates(content)
    assert found.lines == content.count(b"\n") - 1
    assert [str(line.why) for line in found.refused] == []
    import_rates(by=finance_officer, file=kept(finance_officer, content.decode()))
    assert check_rates(content).new == []
