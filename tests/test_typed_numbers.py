"""Every field in which a person types a number, with every number that is none, or that nothing can hold.

The fields are found on the pages themselves. Whatever is typed, the answer is the form again with what was typed and
the reason beside it, or the act done; it is never a failure of the portal.
"""

from html import escape
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from alliance.core import clock
from funds.models import Deposit, Rate
from tests.funds.factories import make_agreement, make_donor, make_pledge
from tests.proposals.factories import approved_project, draft_proposal, signed_contract

TYPED = {
    "zero": "0", "negative": "-5", "small exponent": "1e-30", "large exponent": "1e30", "huge exponent": "1E+999999999",
    "twenty digits": "9" * 20, "most digits": "999999999999.99", "thousands of digits": "9" * 6000, "NaN": "NaN",
    "sNaN": "sNaN", "infinity": "Infinity", "minus infinity": "-Infinity", "three decimals": "1234.567",
    "tiny": "0." + "0" * 30 + "1", "least rate": "0.000000000001", "Arabic digits": "١٢٣", "full-width digits": "１２",
    "empty": "", "blank": "   ", "two signs": "1.2.3", "separators": "1,234.56", "word": "ten", "superscript": "²",
}  # fmt: skip
TAKEN = {"zero", "most digits", "three decimals", "least rate", "empty", "blank", "Arabic digits", "full-width digits"}


class Fields(HTMLParser):
    """Reads the fields of a page's forms: what a browser would send, and which of them take numbers."""

    def __init__(self, page):
        super().__init__()
        self.values, self.numbers, self._select, self._text = {}, [], "", ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        name = said.get("name") or ""
        match tag:
            case "input" if name and said.get("type") not in ("checkbox", "radio", "file", "submit"):
                self.values[name] = said.get("value") or self._filled(said)
                if said.get("inputmode") == "decimal" or said.get("type") == "number":
                    self.numbers.append(name)
            case "input" if name and ("checked" in said or (said.get("type") == "radio" and name not in self.values)):
                self.values[name] = said.get("value", "on")
            case "select":
                self._select = name
            case "option" if self._select and ("selected" in said or not self.values.get(self._select)):
                self.values[self._select] = said.get("value", "")
            case "textarea":
                self.values[name] = "words"

    def _filled(self, said):
        return {"date": clock.today().isoformat(), "text": "words"}.get(said.get("type"), "")


@pytest.fixture
def pages(db, donor, agency, officer, finance_officer, second_finance_officer, head):
    """Every page with a number to type: who opens it, its address, and what else is chosen there."""
    make_donor()
    Rate.objects.create(currency="AED", on=clock.today(), units_per_usd="3.67", source="a table")
    agreement = make_agreement(finance_officer)
    pledge = make_pledge(donor, acknowledged_by=officer)
    project = approved_project(agency, officer, finance_officer)
    contract = signed_contract(project, officer, agency, head)
    draft = draft_proposal(agency)

    def section(key):
        return agency, reverse("proposals:section", args=[draft.reference, key]), {}

    new, sek = reverse("funds:deposit_new"), {"currency": "SEK"}
    return {
        "pledge": (donor, reverse("funds:pledge_new"), {"currency": "USD"}),
        "pledge in another currency": (donor, reverse("funds:pledge_new"), sek),
        "agreement": (finance_officer, reverse("funds:agreement_new"), {"currency": "USD"}),
        "agreement on a pledge": (finance_officer, reverse("funds:agreement_new") + f"?pledge={pledge.reference}", {}),
        "deposit": (finance_officer, new, sek),
        "deposit of a large sum": (finance_officer, new, sek | {"amount": "999999999999.99"}),
        "deposit on an agreement": (finance_officer, new + f"?agreement={agreement.reference}", sek),
        "rate": (finance_officer, reverse("funds:rate_new"), {"currency": "AED"}),
        "contract": (officer, reverse("proposals:contract_new", args=[project.reference, project.lead.slug]), {}),
        "report": (agency, reverse("proposals:report_write", args=[contract.reports.first().reference]), {}),
        **{key: section(key) for key in ("objectives", "partnership", "budget", "indicators")},
    }


NUMBERS = {
    "pledge": 1, "pledge in another currency": 1, "agreement": 5, "agreement on a pledge": 5, "deposit": 2,
    "deposit of a large sum": 2, "deposit on an agreement": 2, "rate": 1, "contract": 7, "report": 12,
    "objectives": 3, "partnership": 3, "budget": 5, "indicators": 6,
}  # fmt: skip
NEVER = {name for name in TYPED if name not in TAKEN}


@pytest.mark.parametrize("name", NUMBERS)
def test_number_that_cannot_be_taken_is_refused_in_words_and_kept(pages, client, name):
    person, address, chosen = pages[name]
    client.force_login(person)
    client.raise_request_exception = False
    fields = Fields(client.get(address).content.decode())
    assert (len(fields.numbers), address) == (NUMBERS[name], address)
    wrong, posted = [], Deposit.objects.count()
    for field in fields.numbers:
        for kind, typed in TYPED.items():
            sent = fields.values | chosen | {field: typed, "key": f"{field} {kind}"}
            answer = client.post(address, {key: value for key, value in sent.items() if value is not None})
            shown = answer.content.decode()
            kept = not typed.strip() or f'value="{escape(typed)}"' in shown
            if answer.status_code not in (200, 302):
                wrong.append((field, kind, answer.status_code))
            elif kind in NEVER and (answer.status_code != 200 or not kept or 'aria-invalid="true"' not in shown):
                wrong.append((field, kind, "taken" if answer.status_code == 302 else f"kept: {kept}"))
    assert wrong == []
    assert Deposit.objects.count() == posted


@pytest.mark.parametrize(
    "day", ["0001-01-01", "0001-02-01", "9999-12-31", "10000-01-01", "2008-02-30", "1e3", "٢٠٠٨-٠٣-٠١"]
)
def test_day_that_cannot_be_is_refused_in_words(pages, client, day):
    client.raise_request_exception = False
    for person, address, chosen in pages.values():
        client.force_login(person)
        fields = Fields(client.get(address).content.decode())
        days = [field for field, value in fields.values.items() if field.endswith(("_on", "on", "_from", "_to"))]
        sent = fields.values | chosen | dict.fromkeys(days, day)
        assert client.post(address, sent).status_code in (200, 302), address
