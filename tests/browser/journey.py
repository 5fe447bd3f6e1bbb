"""One thread through the portal, as each of its people: from a pledge to the Forum's report."""

from decimal import Decimal

from funds.models import Account, AccountKind
from governance.models import Decision
from proposals.models import Contract, PartnerReport, Project, Proposal
from tests.browser.visitor import Visitor

PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
TITLE = "Labour authorities plan seasonal work together"
SECTIONS: dict[str, dict[str, str]] = {
    "summary": {"summary": "Labour authorities of two countries plan seasonal work together and publish the plan."},
    "context": {"context": "Seasonal schemes are planned on one side of the border only."},
    "approach": {"approach": "A joint office draws up one plan a year, with unions and employers."},
    "adverse_effects": {"adverse_effects": "Places could go to known workers only; a third is kept for newcomers."},
    "disaggregation": {"disaggregation": "Places and applicants by sex and skill level."},
    "sustainability": {"sustainability": "Both ministries carry the office from the third year."},
}
VOTERS = (
    ("member_sweden", "approve"), ("member_switzerland", "approve"), ("member_undp", "approve_with_conditions"),
    ("member_ilo", "approve"), ("member", "approve"), ("chair", "approve"), ("member_ghana", "abstain"),
    ("member_network", "approve"),
)  # fmt: skip


def pools_total() -> Decimal:
    """Return what all pools hold together."""
    return sum((pool.balance for pool in Account.objects.filter(kind=AccountKind.POOL)), Decimal("0.00"))


def pledge(visitor: Visitor) -> str:
    """Step 1: a donor pledges in its own currency; the secretariat acknowledges it, and it is public."""
    visitor.become("donor")
    visitor.go("my-contributions/")
    visitor.open("/funds/pledges/new/")
    visitor.fill(amount="2000000", currency="SEK", conditions="A report once a year.")
    visitor.page.locator('main [name="window"]').select_option(index=1)
    visitor.press()
    reference = visitor.reference("PLG")
    visitor.become("officer")
    visitor.open(f"/funds/pledges/{reference}/")
    visitor.act("/acknowledge/")
    visitor.go("organisations/sweden-mfa/")
    assert reference in visitor.text()
    return reference


def money(visitor: Visitor, reference: str) -> None:
    """Step 2: a finance officer records agreement and deposit; the fee is posted and more can be allocated."""
    before = pools_total()
    visitor.become("finance_officer")
    visitor.go(f"funds/pledges/{reference}/")
    visitor.open("/funds/agreements/new/")
    visitor.fill(amount="2000000", signed_on="2008-09-15", fee_percent="1.00")
    visitor.press()
    visitor.open("/funds/deposits/new/?agreement=")
    visitor.fill(amount="2000000", received_on="2008-09-15", bank_reference="SE-0915")
    visitor.press()
    visitor.press("main form.form")
    visitor.reference("DEP")
    worth = (Decimal(2000000) / Decimal("6.470693")).quantize(Decimal("0.01"))
    assert pools_total() - before == worth - (worth / 100).quantize(Decimal("0.01"))
    visitor.become("donor")
    visitor.go("my-contributions/")
    assert reference in visitor.text()


def proposal(visitor: Visitor) -> tuple[Proposal, str]:
    """Step 3: an agency writes a proposal that follows B05, with budget, indicator and a document, and submits it."""
    visitor.become("agency")
    visitor.go("proposals/")
    visitor.open("/proposals/new/")
    visitor.choose("kind", "project")
    visitor.fill(title=TITLE)
    visitor.press()
    reference = visitor.reference("ALL")
    for section, values in SECTIONS.items():
        visitor.go(f"proposals/{reference}/sections/{section}/")
        visitor.fill(**values)
        visitor.press("main form[data-autosave]")
    _choices(visitor, reference)
    _lines(visitor, reference)
    visitor.go(f"proposals/{reference}/sections/documents/")
    visitor.fill(title="Terms of reference")
    visitor.upload("file", "terms.pdf", PAPER, "application/pdf")
    visitor.press('main form:has([type="file"])')
    visitor.go(f"proposals/{reference}/submit/")
    visitor.choose("is_true")
    visitor.press()
    return Proposal.objects.get(reference=reference), visitor.reference("RCT")


def _choices(visitor: Visitor, reference: str) -> None:
    form = "main form[data-autosave]"
    visitor.go(f"proposals/{reference}/sections/route/")
    visitor.choose("recommendations", "B05")
    visitor.press(form)
    visitor.go(f"proposals/{reference}/sections/objectives/")
    visitor.fill(percent_O1="30", percent_O3="70")
    visitor.choose("main", "O3")
    visitor.choose("themes", "best-practices")  # as others do in Morocco: see what resembles it
    visitor.press(form)
    visitor.go(f"proposals/{reference}/sections/places/")
    visitor.fill(starts_on="2008-10-01", ends_on="2009-09-30")
    visitor.fill(rows__0__country="MA", rows__1__country="ES")
    visitor.press(form)
    visitor.go(f"proposals/{reference}/sections/rights/")
    visitor.fill(rights_and_welfare="Contracts are checked in the worker's own language before departure.")
    visitor.choose("rights_marker", "2")
    visitor.press(form)


def _lines(visitor: Visitor, reference: str) -> None:
    form = "main form[data-autosave]"
    visitor.go(f"proposals/{reference}/sections/partnership/")
    visitor.fill(rows__0__tasks="Runs the joint office.")
    visitor.press(form)
    visitor.go(f"proposals/{reference}/sections/budget/")
    for number, (category, text, amount) in enumerate((("1", "Joint office", "93000.00"), ("8", "Support", "6510.00"))):
        row = f"rows__{number}__"
        values = {"partner": "iom", "year": "2008", "category": category, "description": text, "amount": amount}
        visitor.fill(**{row + name: value for name, value in values.items()})
    visitor.press(form)
    visitor.go(f"proposals/{reference}/sections/indicators/")
    visitor.fill(rows__0__statement="Workers placed by the joint plan", rows__0__baseline="0", rows__0__target="500")
    visitor.choose("rows-0-disaggregation", "sex")
    visitor.press(form)


def check_and_table(visitor: Visitor, reference: str) -> Decision:
    """Step 4: the secretariat checks eligibility and rights, puts it to the committee and opens the vote."""
    visitor.become("officer")
    visitor.go(f"proposals/{reference}/versions/1/check/")
    visitor.choose("is_eligible", "yes")
    visitor.choose("route", "recommendation")
    visitor.choose("confirmed", "B05")
    visitor.choose("is_rights_checked")
    visitor.choose("rights_marker", "2")
    visitor.press()
    visitor.go(f"committee/items/{reference}/1/")
    visitor.fill(conditions="The plan is published in both languages.")
    visitor.press()
    item = visitor.reference("ITM")
    visitor.act("/opening/")
    return Decision.objects.get(item=item)


def vote(visitor: Visitor, decision: Decision) -> str:
    """Step 5: the members vote; the applicant's own member cannot; the close approves and allocates at once."""
    for person, choice in VOTERS:
        visitor.become(person)
        visitor.open(f"/committee/decisions/{decision.reference}/")
        visitor.choose("choice", choice)
        visitor.press("main form.ballot")
        visitor.reference("BAL" if person == "member" else "DEC")
    visitor.become("member_iom")
    visitor.go(f"committee/decisions/{decision.reference}/")
    assert visitor.page.locator("form.ballot").count() == 0
    visitor.become("officer")
    visitor.go(f"committee/decisions/{decision.reference}/")
    assert visitor.page.locator("form.ballot").count() == 0
    visitor.act("/close/")
    project = Project.objects.get(decision_reference=decision.reference)
    visitor.go(f"decisions/{decision.reference}/")
    assert project.reference in visitor.text()
    return project.reference


def contract(visitor: Visitor, project: str) -> Contract:
    """Step 6: a contract is signed on both sides; one officer prepares the payment, another authorises it."""
    visitor.become("officer")
    visitor.go(f"projects/{project}/work/")
    if visitor.page.locator('main a[href*="/conditions/1/"]').count():
        visitor.open("/conditions/1/")
        visitor.fill(evidence="Draft plan in both languages, received on 15 September 2008.")
        visitor.press()
    visitor.go(f"projects/{project}/work/contracts/new/iom/")
    visitor.fill(tranches__0__due_on="2008-09-15")
    visitor.press()
    visitor.act("/offer/")
    signed = Contract.objects.get(project__reference=project)
    for person in ("agency", "head"):
        visitor.become(person)
        visitor.go(f"contracts/{signed.reference}/")
        visitor.choose("is_read")
        visitor.act("/sign/")
    visitor.become("finance_officer")
    visitor.go(f"contracts/{signed.reference}/")
    visitor.act("/tranches/1/prepare/")
    payment = visitor.reference("PAY")
    visitor.become("second_finance_officer")
    visitor.go(f"funds/payments/{payment}/")
    visitor.act("/authorise/")
    visitor.go(f"funds/payments/{payment}/pay/")
    visitor.fill(on="2008-09-15", bank_reference="OUT-0915")
    visitor.press()
    visitor.become("agency")
    visitor.go(f"funds/payments/{payment}/")
    visitor.act("/confirm/")
    return signed


def report(visitor: Visitor, signed: Contract) -> PartnerReport:
    """Step 7: the partner reports progress and spending by category; the secretariat accepts; it is posted."""
    due = signed.reports.get(number=1)
    visitor.become("agency")
    visitor.go(f"reports/{due.reference}/write/")
    visitor.fill(
        results="The first joint plan was drawn up.", narrative="The office opened on 15 September.",
        rights_follow_up="Model contracts exist in both languages.", actual_1="60",
        cell_1_sex_female="35", cell_1_sex_male="25", spent_1="12000.00",
    )  # fmt: skip
    visitor.press("main form[data-autosave]")
    visitor.go(f"reports/{due.reference}/")
    visitor.act("/submit/")
    visitor.become("officer")
    visitor.go(f"reports/{due.reference}/")
    visitor.act("/accept/")
    return PartnerReport.objects.get(pk=due.pk)
