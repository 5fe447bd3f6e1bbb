"""A request of every kind of document, as no worker has taken it up yet."""

import re

from alliance.core import clock
from alliance.jobs.kinds import Made
from alliance.jobs.operations import finish_job
from alliance.records import files
from funds.imports import jobs as import_job
from proposals.contract_document import jobs as contract_document
from proposals.models import Contract
from reporting.donor_area import jobs as donor_area
from reporting.forum_report import jobs as forum_report
from reporting.statements import jobs as statements
from tests.every_act.ground import LAST_DAY, donor
from tests.history import DATA, person


def documents() -> None:
    """A request of every kind that no worker has taken up; a draft of the Forum's report that was made, to be published."""
    officer, finance, head, today = person("officer"), person("finance_officer"), person("head"), clock.today()
    statements.request_statement(by=officer, code="consolidated", as_of=today, language="fr")
    donor_area.request_statement(by=person("donor"), donor=donor(), as_of=today, language="en")
    contract = Contract.objects.filter(state="signed").order_by("pk")[0]
    contract_document.request_document(by=officer, contract=contract, language="es")
    (draft,) = forum_report.request_reports(
        by=officer, summit="MNL2008", languages=["es"], objective="O3", as_of=LAST_DAY
    )
    about = forum_report.scope("MNL2008", objective="O3", as_of=LAST_DAY)
    facts = {"figures": forum_report.gather(about).digest()}
    made = Made(b"%PDF-1.7 draft", "draft.pdf", "application/pdf", facts, (draft.register_n, draft.register_hash))
    forum_report.publish_report(by=head, draft=finish_job(job=draft, made=made))
    table = (DATA / "contributions.csv").read_text(encoding="utf-8")
    table = re.sub(r"\b202[0-9]\b", "2008", table).replace(",25-DC-", ",08-DC-")
    file = files.store([table.encode()], name="more.csv", media_type="text/csv", by=finance)
    mapping = files.store([(DATA / "cerf.toml").read_bytes()], name="cerf.toml", media_type="text/plain", by=finance)
    import_job.request_import(by=finance, file=file, mapping=mapping, language="en")
