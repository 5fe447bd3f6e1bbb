"""Papers that belong to the proposal: uploaded one by one on a page of their own."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from proposals.models import Proposal
from proposals.sections.section import Content, Section, no_tables, nothing_missing
from proposals.sections.tables import Names


def content(proposal: Proposal) -> Content:
    rows = proposal.attachments.select_related("file").order_by("pk")
    return {
        "attachments": [
            {
                "title": row.title,
                "file": str(row.file.uid),
                "name": row.file.name,
                "sha256": row.file.sha256,
                "size": row.file.size,
            }
            for row in rows
        ]
    }


def paragraphs(content: Content, names: Names) -> Iterator[str]:
    yield from (f"{item['title']} ({item['name']})" for item in content["attachments"])


DOCUMENTS = Section(
    key="documents",
    title=_("Documents"),
    purpose=_("Papers that belong to the proposal."),
    form=None,
    columns=(),
    content=content,
    gaps=nothing_missing,
    paragraphs=paragraphs,
    tables=no_tables,
    is_optional=True,
    template="proposals/documents.html",
)
