"""The contract's document: figures in, HTML and PDF out."""

from django.template.loader import render_to_string
from django.utils import translation

from alliance.rendering import pdf
from proposals.contract_document.figures import ContractFigures

MEDIA_TYPE = "application/pdf"


def document_name(figures: ContractFigures) -> str:
    """Return the file's name: contract-CTR-2008-001-fr.pdf, with its state unless it is signed."""
    parts = ["contract", figures.reference, figures.language, "" if figures.is_signed else figures.state]
    return "-".join(part for part in parts if part) + ".pdf"


def make_pdf(figures: ContractFigures) -> bytes:
    """Return the contract's PDF. The same figures make the same bytes."""
    return pdf.write_pdf(html(figures), stamp=figures.register_at)


def html(figures: ContractFigures) -> str:
    """Return the contract's HTML, in the figures' language."""
    with translation.override(figures.language):
        return render_to_string("documents/contract.html", {"contract": figures})
