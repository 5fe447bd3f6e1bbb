"""HTML to PDF: tagged, PDF/UA-1 and PDF/A-3a, the same bytes for the same input.

WeasyPrint and its native libraries are loaded only when a document is made, never by a web process.
"""

import contextlib
import hashlib
import os
import resource
import sys
import warnings
from collections.abc import Iterator, Sequence
from ctypes.util import find_library
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from alliance.core.errors import DomainError

if TYPE_CHECKING:
    import pydyf
    import weasyprint

SCHEME = "alliance:"
FONTS = {
    "source-sans-3": ("fontpkg_source_sans_3", "SourceSans3[wght].ttf"),
    "source-sans-3-italic": ("fontpkg_source_sans_3", "SourceSans3-Italic[wght].ttf"),
    "source-serif-4": ("fontpkg_source_serif_4", "SourceSerif4[opsz,wght].ttf"),
    "source-serif-4-italic": ("fontpkg_source_serif_4", "SourceSerif4-Italic[opsz,wght].ttf"),
}
# As WeasyPrint looks for them: library names for find_library, on Linux and elsewhere.
NATIVE = {
    "Pango": ("pango-1.0", "pango-1.0-0", "libpango-1.0-0"),
    "PangoFT2": ("pangoft2-1.0", "pangoft2-1.0-0", "libpangoft2-1.0-0"),
    "HarfBuzz": ("harfbuzz", "harfbuzz-0", "libharfbuzz-0"),
    "HarfBuzz subset": ("harfbuzz-subset", "harfbuzz-subset-0", "libharfbuzz-subset-0"),
    "Fontconfig": ("fontconfig", "fontconfig-1", "libfontconfig-1"),
}
MEMORY_BYTES = 1536 * 1024 * 1024


class PartsMissing(DomainError):
    """A native library that documents need is not installed; exit code 3 on the command line."""


class TooLarge(DomainError):
    """The document needs more memory than one document may take."""


@dataclass(frozen=True)
class Attachment:
    """A data file carried inside the PDF."""

    name: str
    content: bytes
    description: str


def missing_parts() -> list[str]:
    """Return the native libraries that making a PDF needs and this machine lacks."""
    return [name for name, spellings in NATIVE.items() if not any(map(_is_there, spellings))]


def _is_there(library: str) -> bool:
    """Look for a library without loading it: in the system, and where this process was told of others."""
    told = filter(None, os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep))
    return bool(find_library(library)) or any(any(Path(folder).glob(f"lib{library}.so.*")) for folder in told)


def require_parts() -> None:
    """Raise PartsMissing, with the line that installs them, unless a PDF can be made here."""
    if parts := missing_parts():
        raise PartsMissing(
            _("Documents cannot be made on this machine: %(parts)s missing. Install: %(packages)s")
            % {
                "parts": ", ".join(parts),
                "packages": "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
            }
        )


@cache
def font_path(name: str) -> Path:
    package, filename = FONTS[name]
    return Path(import_module(package).ROOT) / "files" / filename


def own_file(name: str) -> tuple[Path, str]:
    """Return the path and media type of one of the documents' own fonts or style sheets.

    Anything else is refused: every text of a user is an injection point into a document.
    """
    kind, _slash, rest = name.partition("/")
    if kind == "fonts" and rest in FONTS:
        return font_path(rest), "font/ttf"
    if kind == "css" and rest.endswith(".css") and "/" not in rest:
        return settings.BASE_DIR / "static" / "css" / "documents" / rest, "text/css"
    raise ValueError(f"Not a part of the documents: {name}")


def fetcher() -> Any:
    """Return a WeasyPrint fetcher that knows data: and our own names, and nothing else."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class OwnFetcher(URLFetcher):
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            if not url.startswith(SCHEME):
                raise ValueError(f"Documents fetch nothing from outside: {url}")
            try:
                path, media_type = own_file(url.removeprefix(SCHEME))
                return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": media_type})
            except (OSError, ValueError) as error:
                raise FatalURLFetchingError(f"{url}: {error}") from error

    return OwnFetcher(allowed_protocols=("data",), allow_redirects=False)


@contextlib.contextmanager
def memory_limit(limit: int = MEMORY_BYTES) -> Iterator[None]:
    """Bound the address space while a document is made; restored afterwards."""
    if sys.platform != "linux":
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    ceiling = address_space() + limit
    if hard != resource.RLIM_INFINITY:
        ceiling = min(ceiling, hard)
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, hard))
    try:
        yield
    except MemoryError as error:
        raise TooLarge(_("The document is too large to be made in one piece. Choose a smaller part.")) from error
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@contextlib.contextmanager
def fonts_dated(stamp: datetime) -> Iterator[None]:
    """Have embedded fonts carry `stamp`, and not the moment of making, as their date of change."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(int(stamp.timestamp()))
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


def address_space() -> int:
    """Return the bytes of address space this process has now."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def write_pdf(html: str, *, stamp: datetime, attachments: Sequence[Attachment] = ()) -> bytes:
    """Return the PDF of a whole HTML document, whose `lang` and `title` become the PDF's.

    `stamp` is the document's as-of moment and stands as its creation date; with the same text, style sheets,
    fonts and stamp the bytes are the same. Raises PartsMissing and TooLarge.
    """
    require_parts()
    with memory_limit(), fonts_dated(stamp), warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # WeasyPrint leaves its colour profile's file to be collected
        import weasyprint

        document = weasyprint.HTML(string=html, base_url=SCHEME, url_fetcher=fetcher()).render()
        document.metadata.created = document.metadata.modified = stamp.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        document.metadata.generator = "Alliance"
        return document.write_pdf(
            pdf_variant="pdf/a-3a",
            pdf_identifier=hashlib.sha256(html.encode()).digest()[:16],
            attachments=[embedded(one, stamp) for one in attachments],
            finisher=claim_accessibility,
        )


def embedded(attachment: Attachment, stamp: datetime) -> "weasyprint.Attachment":
    import weasyprint

    return weasyprint.Attachment(
        string=attachment.content,
        name=attachment.name,
        description=attachment.description,
        created=stamp,
        modified=stamp,
        relationship="Data",
        url_fetcher=fetcher(),
    )


# PDF/A asks that the PDF/UA identifier, which its own schemas do not know, be described where it is used.
PDFUA_XMP = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 to which the file conforms</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""


def claim_accessibility(document: "weasyprint.Document", pdf: "pydyf.PDF") -> None:
    """Say in the metadata that the file is PDF/UA-1 as well as PDF/A-3a."""
    reference = pdf.catalog["Metadata"]
    stream = next(one for one in pdf.objects if one.number and one.reference == reference)
    (content,) = stream.stream
    stream.stream = [content.replace(b"</rdf:RDF>", PDFUA_XMP)]
