"""Documents and co-authors of a draft, and serving what was uploaded."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance.access import find, holders, require
from alliance.core.forms import attempt
from alliance.core.requests import submitted, uploaded
from alliance.pages.acts import carry_out, refusals_said
from alliance.people.models import User
from alliance.people.requests import Request
from alliance.records.files import serve
from alliance.records.models import StoredFile
from proposals import permissions
from proposals.forms.proposals import CoAuthorForm, DocumentForm
from proposals.models import Attachment, Proposal, ProposalVersion
from proposals.operations import attach_document, invite_co_author, remove_co_author, remove_document
from proposals.operations.rows import may_write
from proposals.sections.documents import DOCUMENTS


def draft(request: Request, reference: str) -> Proposal:
    """Return the proposal when the person may write it; 403 for other readers."""
    row = find(Proposal.objects.visible_to(request.user).select_related("applicant", "created_by"), reference=reference)
    require(may_write(request.user, row), _("Only the applicant’s people and its co-authors write a proposal."))
    return row


@require_http_methods(["GET", "POST"])
def documents(request: Request, reference: str) -> HttpResponse:
    """The documents of a draft, and a form to add one."""
    row = draft(request, reference)
    if request.method == "GET" and not row.is_editable:
        return redirect(row)
    form = DocumentForm(submitted(request), uploaded(request))
    if request.method == "POST" and form.is_valid():
        added = attempt(
            form,
            attach_document,
            by=request.user,
            proposal=row,
            title=form.cleaned_data["title"],
            upload=form.cleaned_data["file"],
        )
        if added:
            messages.success(request, _("Document added: %(title)s.") % {"title": added.title})
            return redirect("proposals:documents", row.reference)
    attached = row.attachments.select_related("file").order_by("pk")
    context = {"proposal": row, "section": DOCUMENTS, "form": form, "attached": attached}
    return render(request, DOCUMENTS.template, context)


@require_POST
def document_remove(request: Request, reference: str, uid: UUID) -> HttpResponse:
    """Take a document off the draft."""
    row = draft(request, reference)
    attachment = find(Attachment.objects.filter(proposal=row), file__uid=uid)
    with refusals_said(request):
        remove_document(by=request.user, attachment=attachment)
    return redirect("proposals:documents", row.reference)


@require_GET
def draft_file(request: Request, reference: str, uid: UUID) -> HttpResponseBase:
    """A document of the draft, for those who write it."""
    row = draft(request, reference)
    return serve(find(Attachment.objects.filter(proposal=row).select_related("file"), file__uid=uid).file)


@require_GET
def version_file(request: Request, reference: str, number: int, uid: UUID) -> HttpResponseBase:
    """A document frozen with a version, for those who may read the version."""
    version = find(ProposalVersion.objects.visible_to(request.user), proposal__reference=reference, number=number)
    return serve(find(StoredFile.objects.filter(pk__in=version.attachments().values("pk")), uid=uid))


@require_http_methods(["GET", "POST"])
def co_authors(request: Request, reference: str) -> HttpResponse:
    """Who writes along, and a form to invite somebody."""
    row = draft(request, reference)
    may_choose = permissions.may_act_for_applicant(request.user, row)
    if request.method == "POST":
        require(may_choose, _("Only the applicant’s own people choose the co-authors."))
    form = CoAuthorForm(submitted(request))
    if carry_out(request, form, invite_co_author, _("Invited. They find the proposal in their list."), proposal=row):
        return redirect("proposals:co_authors", row.reference)
    context = {
        "proposal": row,
        "form": form,
        "may_choose": may_choose,
        "people": holders(row, "change_proposal").order_by("name", "pk"),
    }
    return render(request, "proposals/co_authors.html", context)


@require_POST
def co_author_remove(request: Request, reference: str, uid: UUID) -> HttpResponse:
    """Take a co-author's grant back."""
    row = draft(request, reference)
    remove_co_author(by=request.user, proposal=row, person=find(User.objects.all(), uid=uid))
    return redirect("proposals:co_authors", row.reference)
