from django.urls import path

from proposals.views import calls, contracts, documents, projects, proposals, reports, sections, versions

app_name = "proposals"
PROPOSAL, VERSION = "proposals/<str:reference>/", "proposals/<str:reference>/versions/<int:number>/"
PROJECT, CONTRACT, REPORT = "projects/<str:reference>/work/", "contracts/<str:reference>/", "reports/<str:reference>/"

urlpatterns = [
    path("proposals/", proposals.proposal_list, name="proposals"),
    path("proposals/new/", proposals.new, name="new"),
    path("proposals/calls/", calls.call_list, name="calls"),
    path("proposals/calls/new/", calls.call_new, name="call_new"),
    path("proposals/calls/<str:reference>/", calls.call, name="call"),
    path("proposals/projects/", projects.project_list, name="projects"),
    path("proposals/waiting/", projects.waiting_list, name="waiting"),
    path("proposals/waiting/<str:decision>/prepare/", projects.waiting_prepare, name="waiting_prepare"),
    path("proposals/waiting/<str:decision>/fund/", projects.waiting_fund, name="waiting_fund"),
    path(PROPOSAL, proposals.proposal, name="proposal"),
    path(PROPOSAL + "sections/documents/", documents.documents, name="documents"),
    path(PROPOSAL + "sections/documents/<uuid:uid>/", documents.draft_file, name="draft_file"),
    path(PROPOSAL + "sections/documents/<uuid:uid>/remove/", documents.document_remove, name="document_remove"),
    path(PROPOSAL + "sections/<slug:key>/", sections.section, name="section"),
    path(PROPOSAL + "co-authors/", documents.co_authors, name="co_authors"),
    path(PROPOSAL + "co-authors/<uuid:uid>/remove/", documents.co_author_remove, name="co_author_remove"),
    path(PROPOSAL + "submit/", proposals.submit, name="submit"),
    path(PROPOSAL + "withdraw/", proposals.withdraw, name="withdraw"),
    path(PROPOSAL + "compare/", versions.compare, name="compare"),
    path(VERSION, versions.version, name="version"),
    path(VERSION + "receipt/", versions.receipt, name="receipt"),
    path(VERSION + "check/", versions.check, name="check"),
    path(VERSION + "return/", versions.give_back, name="return"),
    path(VERSION + "files/<uuid:uid>/", documents.version_file, name="version_file"),
    path(PROJECT, projects.project, name="project"),
    path(PROJECT + "conditions/<int:number>/", projects.condition, name="condition"),
    path(PROJECT + "contracts/new/<slug:slug>/", contracts.contract_new, name="contract_new"),
    path(PROJECT + "complete/", projects.complete, name="complete"),
    path(PROJECT + "close/", projects.close, name="close"),
    path("contracts/", contracts.contract_list, name="contracts"),
    path(CONTRACT, contracts.contract, name="contract"),
    path(CONTRACT + "edit/", contracts.contract_edit, name="contract_edit"),
    path(CONTRACT + "offer/", contracts.offer, name="offer"),
    path(CONTRACT + "sign/", contracts.sign, name="sign"),
    path(CONTRACT + "cancel/", contracts.cancel, name="cancel"),
    path(CONTRACT + "documents/", contracts.document_ask, name="contract_document"),
    path(CONTRACT + "documents/<uuid:uid>/", contracts.document_file, name="contract_document_file"),
    path(CONTRACT + "tranches/<int:number>/prepare/", contracts.tranche_prepare, name="tranche_prepare"),
    path("reports/", reports.report_list, name="reports"),
    path(REPORT, reports.report, name="report"),
    path(REPORT + "write/", reports.write, name="report_write"),
    path(REPORT + "submit/", reports.submit, name="report_submit"),
    path(REPORT + "accept/", reports.accept, name="report_accept"),
    path(REPORT + "return/", reports.give_back, name="report_return"),
]
