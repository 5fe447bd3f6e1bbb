"""The codes of the standard's lists that the files use, and the identifiers."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from alliance.people.models import OrganisationKind
from funds.models import FundStatus
from proposals.models import Indicator, Project

VERSION = "2.03"
OWN_VOCABULARY = "99"  # of the reporting organisation
MIGRATION = "15190"  # the sector: orderly, safe, regular and responsible migration and mobility
UNSPECIFIED = "998"  # the region: developing countries, unspecified
MULTILATERAL = "40"
POOLED, PROJECT_TYPE, ADMINISTRATIVE = "B031", "C01", "G01"  # types of aid
# Types of transactions.
INCOMING, COMMITMENT, DISBURSEMENT, EXPENDITURE, INCOMING_COMMITMENT, PLEDGE = "1", "2", "3", "4", "11", "13"
FUNDING, ACCOUNTABLE, EXTENDING, IMPLEMENTING = "1", "2", "3", "4"
PLANNED_START, ACTUAL_START, PLANNED_END, ACTUAL_END = "1", "2", "3", "4"
ORIGINAL, REVISED = "1", "2"  # budgets
INDICATIVE = "1"

ORGANISATION_TYPES: dict[str, str] = {
    OrganisationKind.GOVERNMENT: "10",
    OrganisationKind.GMG: MULTILATERAL,
    OrganisationKind.INTERNATIONAL: MULTILATERAL,
    OrganisationKind.PRIVATE: "70",
    OrganisationKind.CIVIL_SOCIETY: "21",  # international, where no country is known
    OrganisationKind.ACADEMIC: "80",
    OrganisationKind.OTHER: "90",
}
NATIONAL_NGO = "22"
FUND_STATES: dict[str, str] = {
    FundStatus.PROPOSED: "1",
    FundStatus.APPROVED_IN_PRINCIPLE: "1",
    FundStatus.ESTABLISHED: "2",
    FundStatus.OPERATING: "2",
    FundStatus.CLOSING: "3",
    FundStatus.CLOSED: "4",
}
PROJECT_STATES: dict[str, str] = {
    Project.State.APPROVED: "1",
    Project.State.ACTIVE: "2",
    Project.State.COMPLETED: "3",
    Project.State.CLOSED: "4",
}
MEASURES: dict[str, str] = {
    Indicator.Unit.NUMBER: "1",
    Indicator.Unit.PEOPLE: "1",
    Indicator.Unit.PERCENT: "2",
    Indicator.Unit.YES_NO: "3",
}


def publisher() -> str:
    """Return the publisher's identifier, a setting: who publishes registers one with the initiative."""
    return settings.ALLIANCE_IATI_PUBLISHER


def fund_id() -> str:
    return f"{publisher()}-FUND"


def project_id(reference: str) -> str:
    return f"{publisher()}-{reference}"


def page(name: str, *arguments: str) -> str:
    """Return the whole address of a public page, or nothing where the portal does not know its own address."""
    origin = next((one for one in settings.CSRF_TRUSTED_ORIGINS if "*" not in one), "")
    with translation.override("en"):
        return origin.rstrip("/") + reverse(name, args=arguments) if origin else ""
