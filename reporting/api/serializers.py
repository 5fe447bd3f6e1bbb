"""What the interface gives of a project, a decision, a posting and an activity outside the fund. Amounts are strings."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from rest_framework import serializers

from alliance.core.translated import texts
from alliance.people.models import Organisation
from funds.models import Posting
from governance.gather import decision_record
from governance.models import Decision
from proposals.models import OutsideActivity, Project


def money() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=18, decimal_places=2)


def organisation(row: Organisation) -> dict[str, Any]:
    return {"slug": row.slug, "kind": row.kind, "name": texts(row)}


class ProjectSerializer(serializers.ModelSerializer):
    """A project with its money as the ledger stands now."""

    lead = serializers.SerializerMethodField()
    allocated = money()
    transferred = serializers.DecimalField(source="net_funded", max_digits=18, decimal_places=2)
    spent = money()
    recommendations = serializers.SerializerMethodField()
    decision = serializers.CharField(source="decision_reference")
    url = serializers.SerializerMethodField()

    class Meta:
        model = Project
        fields = (
            "reference", "title", "state", "lead", "countries", "themes", "starts_on", "ends_on", "approved_on",
            "decision", "recommendations", "rights_marker", "allocated", "transferred", "spent", "url",
        )  # fmt: skip

    def get_lead(self, row: Project) -> dict[str, Any]:
        return organisation(row.lead)

    def get_recommendations(self, row: Project) -> list[str]:
        return row.version.parsed["recommendations"]

    def get_url(self, row: Project) -> str:
        return self.context["request"].build_absolute_uri(reverse("reporting:project", args=[row.reference]))


class ActivitySerializer(serializers.ModelSerializer):
    """An activity outside the fund. Its amount is in its own currency, and none of the fund's money."""

    organisation = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = OutsideActivity
        fields = (
            "reference", "title", "language", "organisation", "countries", "themes", "starts_on", "ends_on", "source",
            "source_url", "amount", "currency", "url",
        )  # fmt: skip

    def get_organisation(self, row: OutsideActivity) -> dict[str, Any]:
        return organisation(row.organisation)

    def get_url(self, row: OutsideActivity) -> str:
        return self.context["request"].build_absolute_uri(row.get_absolute_url())


class DecisionSerializer(serializers.ModelSerializer):
    """A decision after its close: outcome, count by group, amounts by window."""

    result = serializers.CharField(source="outcome.result")
    is_consensus = serializers.BooleanField(source="outcome.is_consensus")
    votes = serializers.SerializerMethodField()
    amounts = serializers.SerializerMethodField()
    proposal = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Decision
        fields: tuple[str, ...] = (
            "reference", "kind", "title", "opened_at", "closed_at", "result", "is_consensus", "votes", "amounts",
            "proposal", "url",
        )  # fmt: skip

    def get_votes(self, row: Decision) -> dict[str, Any]:
        counts = row.outcome.counts
        return {"total": counts.get("total", {}), "groups": counts.get("groups", {})}

    def get_amounts(self, row: Decision) -> list[dict[str, Any]]:
        return [{"window": item.window.code, "amount": cents(item.amount)} for item in row.amounts.all()]

    def get_proposal(self, row: Decision) -> dict[str, Any] | None:
        if row.version is None:
            return None
        proposal = row.version.proposal
        applicant = {"slug": proposal.applicant.slug, "name": texts(proposal.applicant)}
        return {"reference": proposal.reference, "version": row.version.number, "applicant": applicant}

    def get_url(self, row: Decision) -> str:
        return self.context["request"].build_absolute_uri(reverse("reporting:decision", args=[row.reference]))


def cents(amount: Decimal) -> str:
    return format(amount, ".2f")


class DecisionDetailSerializer(DecisionSerializer):
    """One decision, with the reasons that the seats gave, as its public page has them."""

    reasons = serializers.SerializerMethodField()

    class Meta(DecisionSerializer.Meta):
        fields = (*DecisionSerializer.Meta.fields, "reasons")

    def get_reasons(self, row: Decision) -> list[dict[str, str]]:
        return [
            {"seat": str(seat.label), "reasons": seat.reasons} for seat in decision_record(row).seats if seat.reasons
        ]


class PostingSerializer(serializers.ModelSerializer):
    """A movement of money from the account credited to the one debited; `reverses` is the posting that it corrects."""

    entry = serializers.IntegerField(source="entry.n")
    debit = serializers.CharField(source="debit.code")
    credit = serializers.CharField(source="credit.code")
    amount = money()
    reverses = serializers.IntegerField(source="reverses_id")

    class Meta:
        model = Posting
        fields = ("id", "effective_on", "debit", "credit", "amount", "entry", "reverses")
