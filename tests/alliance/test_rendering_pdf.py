"""PDF: the same bytes for the same input, tagged, with nothing fetched from outside."""

import io
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest

from alliance.rendering import pdf
from tests.pdf.verapdf import assert_conforms

STAMP = datetime(2008, 9, 15, 12, tzinfo=UTC)
PAGE = """<!doctype html><html lang="{language}"><head><title>{title}</title>
<link rel="stylesheet" href="alliance:css/document.css"></head><body><h1>{title}</h1>{body}</body></html>"""


def html(body: str = "<p>Œuvre, fin, €, ñ, ’ and ffi</p>", title: str = "A document", language: str = "en") -> str:
    return PAGE.format(body=body, title=title, language=language)


def opened(content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(content))


def made(body: str) -> bytes:
    return pdf.write_pdf(html(body), stamp=STAMP)


def test_same_input_makes_the_same_bytes_in_another_process():
    here = pdf.write_pdf(html(), stamp=STAMP)
    code = (
        "import sys, django; django.setup(); from datetime import datetime, UTC; from alliance.rendering import pdf;"
        "sys.stdout.buffer.write(pdf.write_pdf(sys.stdin.read(), stamp=datetime(2008, 9, 15, 12, tzinfo=UTC)))"
    )
    environment = os.environ | {
        "PYTHONHASHSEED": "77",
        "DJANGO_SETTINGS_MODULE": "alliance.settings",
        "TZ": "Asia/Manila",
    }
    root = Path(__file__).parents[2]
    there = subprocess.run(
        [sys.executable, "-c", code], input=html().encode(), capture_output=True, env=environment, cwd=root, check=True
    )
    assert there.stdout == here


def test_metadata_carries_title_language_and_stamp():
    with opened(pdf.write_pdf(html(title="Rapport", language="fr"), stamp=STAMP)) as document:
        assert str(document.docinfo["/Title"]) == "Rapport"
        assert str(document.docinfo["/CreationDate"]) == "D:20080915120000Z"
        assert str(document.Root.Lang) == "fr"
        assert document.Root.MarkInfo.Marked


def test_fonts_are_ours_alone():
    with opened(made("<h2>Heading</h2><p><em>Italic</em> <strong>bold</strong> Ελληνικά Русский</p>")) as document:
        fonts = {
            str(one.FontName).partition("+")[2]
            for one in document.objects
            if isinstance(one, pikepdf.Dictionary) and "/FontName" in one
        }
    assert all(name.startswith(("Source-Sans-3", "Source-Serif-4")) for name in fonts), fonts


@pytest.mark.parametrize(
    "body",
    [
        '<img src="file:///etc/passwd" alt="x">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<link rel="attachment" href="http://127.0.0.1:1/secret">',
        '<a rel="attachment" href="file:///etc/passwd">x</a>',
        '<style>@import url("http://127.0.0.1:1/x.css"); p { background: url(file:///etc/hostname) }</style>',
    ],
)
def test_nothing_is_fetched_from_files_or_network(body):
    content = made(body + "<p>text</p>")
    with opened(content) as document:
        assert "/EmbeddedFiles" not in document.Root.get("/Names", {})
    assert b"root:x:0" not in content


@pytest.mark.parametrize(
    "name", ["css/../settings.py", "css/sub/x.css", "fonts/../../x", "js/site.js", "css/missing.css"]
)
def test_own_names_do_not_lead_elsewhere(name):
    from weasyprint.urls import FatalURLFetchingError

    with pytest.raises(FatalURLFetchingError):
        pdf.fetcher().fetch(f"alliance:{name}")


def test_data_file_travels_in_the_document():
    figures = pdf.Attachment("figures.json", b'{"a":"1.00"}', "Figures")
    with opened(pdf.write_pdf(html(), stamp=STAMP, attachments=[figures])) as document:
        assert document.attachments["figures.json"].get_file().read_bytes() == figures.content


def test_too_large_a_document_is_refused_and_the_limit_is_lifted_again():
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    with pytest.raises(pdf.TooLarge), pdf.memory_limit(64 * 1024 * 1024):
        bytearray(512 * 1024 * 1024)
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_missing_library_is_named_with_what_to_install(monkeypatch):
    monkeypatch.setattr(pdf, "find_library", lambda name: None if "pango" in name else name)
    assert pdf.missing_parts() == ["Pango", "PangoFT2"]
    with pytest.raises(pdf.PartsMissing, match="apt-get install libpango"):
        pdf.write_pdf(html(), stamp=STAMP)


def test_web_process_does_not_load_the_engine():
    code = "import django; django.setup(); import alliance.urls, alliance.wsgi, sys; print('weasyprint' in sys.modules)"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "alliance.settings"}
    out = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[2],
        check=True,
    )
    assert out.stdout.strip() == "False"


def test_document_conforms_to_pdf_ua_and_pdf_a(tmp_path):
    path = tmp_path / "document.pdf"
    table = "<table><thead><tr><th scope='col'>A</th><th scope='col'>B</th></tr></thead><tbody><tr><th scope='row'>1</th><td>2</td></tr></tbody></table>"
    figure = (
        "<svg width='90' height='40' role='img'><title>A bar</title><rect width='50' height='20' fill='#0d4a63'/></svg>"
    )
    figures = pdf.Attachment("figures.json", b"{}", "Figures")
    path.write_bytes(
        pdf.write_pdf(
            html(f"<h2>T</h2>{table}{figure}<p><a href='#x'>link</a></p><h2 id='x'>X</h2>"),
            stamp=STAMP,
            attachments=[figures],
        )
    )
    assert_conforms(path, "ua1", "3a")
