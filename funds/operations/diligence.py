"""Due diligence: what was found about a donor, and what may not happen without it."""

from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from alliance.access import require
from alliance.core import clock
from alliance.core.errors import Refused
from alliance.people.models import User
from alliance.records.models import StoredFile
from alliance.records.uploads import store_upload
from alliance.register import operation, record
from funds import permissions
from funds.models import Donor, DonorType, DueDiligence, Finding
from funds.operations.valuation import check_not_future


@operation
def record_due_diligence(
    *,
    by: User,
    donor: Donor,
    done_on: date,
    valid_until: date,
    finding: str,
    note: str,
    upload: UploadedFile | None = None,
) -> DueDiligence:
    """Record what due diligence found, with the paper it stands on, if any. Earlier findings stay; this one counts now.

    Raises Refused for a day that has not come, an end before its beginning, no words, or a file that is none.
    """
    require(permissions.may_record_diligence(by), _("The secretariat's officers record due diligence."))
    donor = Donor.objects.select_for_update(of=("self",), no_key=True).select_related("organisation").get(pk=donor.pk)
    check_not_future(done_on, "done_on")
    if valid_until <= done_on:
        raise Refused(_("A finding is valid for at least a day after it was made."), field="valid_until")
    if not note.strip():
        raise Refused(_("A finding says what was looked at and found."), field="note")
    row = DueDiligence.objects.create(
        donor=donor,
        done_on=done_on,
        valid_until=valid_until,
        finding=Finding(finding),
        note=note.strip(),
        file=_stored(by, upload),
        recorded_by=by,
        recorded_at=clock.now(),
    )
    facts = {"donor": donor.organisation.slug, "finding": row.finding, "valid_until": valid_until}
    if row.file:
        facts["sha256"] = row.file.sha256
    record("due_diligence.recorded/1", by=by, rows=[row, *([row.file] if row.file else [])], facts=facts)
    return row


def _stored(by: User, upload: UploadedFile | None) -> StoredFile | None:
    if upload is None:
        return None
    try:
        return store_upload(by=by, upload=upload)
    except Refused as refusal:
        raise Refused(refusal.message, field="upload") from refusal


def require_not_barred(donor: Donor) -> None:
    """Raise Refused when the newest finding says that the fund takes nothing of this donor."""
    newest = DueDiligence.objects.of(donor)
    if newest is not None and not newest.is_acceptable:
        raise Refused(_("Due diligence found this donor not acceptable: it can neither pledge nor sign."))


def require_cleared(donor: Donor) -> None:
    """Raise Refused when a pledge of this donor cannot become public: a private entity needs a valid, acceptable finding."""
    require_not_barred(donor)
    if donor.donor_type != DonorType.PRIVATE:
        return
    newest = DueDiligence.objects.of(donor)
    if newest is None:
        raise Refused(_("A private entity's pledge becomes public only after due diligence. Record it first."))
    if newest.has_expired:
        raise Refused(_("Due diligence on this private entity is no longer valid. Record it anew first."))
