"""Documents of a proposal: kept with the draft, frozen with the version, served to its readers alone."""

from io import BytesIO

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from proposals.operations import attach_document, remove_document, return_proposal, submit_proposal
from tests.proposals.factories import draft_proposal, give_grant


def pdf(name="annex.pdf", pages=1):
    document, content = pikepdf.new(), BytesIO()
    for _number in range(pages):
        document.add_blank_page()
    document.save(content)
    return SimpleUploadedFile(name, content.getvalue(), content_type="application/pdf")


def answered(client, url):
    """Return the status of an answer; reading a file to its end closes it."""
    answer = client.get(url)
    if answer.streaming:
        list(answer.streaming_content)
    return answer.status_code


@pytest.fixture
def version(agency):
    proposal = draft_proposal(agency)
    attach_document(by=agency, proposal=proposal, title="Annex", upload=pdf())
    return submit_proposal(by=agency, proposal=proposal)


def test_document_is_uploaded_in_the_browser(draft, agency, sign_in):
    url = reverse("proposals:documents", args=[draft.reference])
    answer = sign_in(agency).post(url, {"title": "Letter of support", "file": pdf()}, follow=True)
    assert "Letter of support" in answer.content.decode()
    assert draft.attachments.count() == 1


def test_wrong_file_is_refused_in_words(draft, agency, sign_in):
    url = reverse("proposals:documents", args=[draft.reference])
    answer = sign_in(agency).post(url, {"title": "x", "file": SimpleUploadedFile("a.pdf", b"not a pdf")})
    assert "does not open as PDF" in answer.content.decode()
    assert draft.attachments.count() == 0


def test_same_document_is_attached_once(draft, agency, sign_in):
    url = reverse("proposals:documents", args=[draft.reference])
    file = pdf()
    attach_document(by=agency, proposal=draft, title="One", upload=file)
    file.seek(0)
    assert "attached already" in sign_in(agency).post(url, {"title": "Two", "file": file}).content.decode()


def test_version_keeps_its_document_when_the_draft_drops_it(version, agency, officer, sign_in):
    file = version.attachments().get()
    proposal = return_proposal(by=officer, version=version, reason="Drop the annex.")
    remove_document(by=agency, attachment=proposal.attachments.get())
    assert version.attachments().get() == file
    url = reverse("proposals:version_file", args=[proposal.reference, 1, file.uid])
    answer = sign_in(officer).get(url)
    assert (answer.status_code, b"".join(answer.streaming_content)[:5]) == (200, b"%PDF-")


@pytest.mark.parametrize(
    ("who", "status"),
    [("agency", 200), ("officer", 200), ("auditor", 200), ("rival_agency", 404), ("member", 404), ("donor", 404)],
)
def test_file_of_a_version_is_served_to_its_readers(who, status, version, sign_in, request):
    url = reverse("proposals:version_file", args=[version.proposal.reference, 1, version.attachments().get().uid])
    assert answered(sign_in(request.getfixturevalue(who)), url) == status


def test_member_reads_the_file_of_the_version_granted(version, member, sign_in):
    give_grant(user=member, permission="view_proposalversion", row=version)
    url = reverse("proposals:version_file", args=[version.proposal.reference, 1, version.attachments().get().uid])
    assert answered(sign_in(member), url) == 200


def test_file_of_a_draft_is_its_authors(draft, agency, officer, sign_in):
    attachment = attach_document(by=agency, proposal=draft, title="Annex", upload=pdf())
    url = reverse("proposals:draft_file", args=[draft.reference, attachment.file.uid])
    assert answered(sign_in(officer), url) == 404
    assert answered(sign_in(agency), url) == 200
    remove = reverse("proposals:document_remove", args=[draft.reference, attachment.file.uid])
    sign_in(agency).post(remove)
    assert draft.attachments.count() == 0
