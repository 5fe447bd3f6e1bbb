"""Uploads: what is not what it says, too large or of another kind is refused in words; what is kept is kept by its hash."""

import hashlib
import io
import zipfile

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from alliance.core.errors import Refused
from alliance.records import checks, files, uploads
from alliance.records.models import StoredFile


@pytest.fixture(autouse=True)
def own_data(settings, tmp_path):
    settings.ALLIANCE_DATA = tmp_path


def pdf(pages: int = 1, password: str = "") -> bytes:
    file = io.BytesIO()
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page()
        document.save(file, encryption=pikepdf.Encryption(user=password, owner="x") if password else False)
    return file.getvalue()


def picture(kind: str, size: tuple[int, int] = (4, 4)) -> bytes:
    file = io.BytesIO()
    Image.new("1" if kind == "PNG" else "L", size).save(file, kind)
    return file.getvalue()


def office(main: str, filling: bytes = b"<x/>") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(main, filling)
    return file.getvalue()


def damaged(content: bytes) -> bytes:
    """Return the archive with its compressed streams overwritten, its directory whole."""
    place = content.index(b"xl/workbook.xml") + len("xl/workbook.xml")
    return content[:place] + b"\xff" * 40 + content[place + 40 :]


GOOD = {
    "letter.pdf": pdf(),
    "chart.PNG": picture("PNG"),
    "photo.jpeg": picture("JPEG"),
    "budget.xlsx": office("xl/workbook.xml"),
    "text.docx": office("word/document.xml"),
}
BAD = {
    "letter.exe": (b"MZ", "cannot be accepted"),
    "letter": (b"x", "cannot be accepted"),
    "empty.pdf": (b"", "is empty"),
    "text.pdf": (b"just text", "does not open as PDF"),
    "picture.pdf": (picture("PNG"), "does not open as PDF"),
    "cut.pdf": (b"%PDF-1.7\n" + b"x" * 500, "does not open as PDF"),
    "nopages.pdf": (pdf(0), "does not open as PDF"),
    "locked.pdf": (pdf(password="secret"), "protected by a password"),
    "cut.png": (picture("PNG", (300, 300))[:60], "does not open as PNG"),
    "page.jpg": (b"<html><script>", "does not open as JPG"),
    "archive.docx": (office("other.xml"), "does not open as DOCX"),
    "sheet.docx": (office("xl/workbook.xml"), "does not open as DOCX"),
    "damaged.xlsx": (damaged(office("xl/workbook.xml", b"<x>" + bytes(range(200)) + b"</x>")), "does not open as XLSX"),
    "bomb.xlsx": (office("xl/workbook.xml", b"0" * 101 * 1024 * 1024), "unpacks to more"),
    "huge.png": (picture("PNG", (10_000, 5_001)), "too many pixels"),
    "large.pdf": (pdf() + b"\0" * 10 * 1024 * 1024, "larger than 10 MB"),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_file_is_kept_under_its_hash(officer, name):
    stored = uploads.store_upload(by=officer, upload=SimpleUploadedFile(name, GOOD[name], content_type="text/html"))
    assert stored.sha256 == hashlib.sha256(GOOD[name]).hexdigest()
    assert (stored.size, stored.name, files.read(stored)) == (len(GOOD[name]), name, GOOD[name])
    assert stored.media_type != "text/html"


@pytest.mark.parametrize("name", BAD)
def test_bad_file_is_refused_in_words(name):
    content, why = BAD[name]
    with pytest.raises(Refused, match=why) as refusal:
        uploads.check_upload(SimpleUploadedFile(name, content))
    assert refusal.value.field == "file"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\plan.pdf", "plan.pdf"),
        ('a"b\r\nc.pdf', "a_b_c.pdf"),
        ("Étude – coûts.pdf", "Étude – coûts.pdf"),
        ("", "file"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_names_are_made_safe(name, safe):
    assert files.safe_name(name) == safe
    assert len(files.safe_name(name)) <= 150


def test_same_bytes_are_kept_once_and_named_twice(officer, tmp_path):
    for name in ("a.pdf", "b.pdf"):
        uploads.store_upload(by=officer, upload=SimpleUploadedFile(name, GOOD["letter.pdf"]))
    assert StoredFile.objects.count() == 2
    assert len([one for one in (tmp_path / "files").rglob("*") if one.is_file()]) == 1


def test_interrupted_writing_leaves_nothing_behind(tmp_path):
    def chunks():
        yield b"half"
        raise OSError("the line went down")

    with pytest.raises(OSError, match="went down"):
        files.keep(chunks())
    assert [one for one in (tmp_path / "files").rglob("*") if one.is_file()] == []


def test_served_file_is_a_download_that_cannot_run(officer):
    stored = uploads.store_upload(by=officer, upload=SimpleUploadedFile("Étude.pdf", GOOD["letter.pdf"]))
    response = files.serve(stored)
    assert b"".join(response.streaming_content) == GOOD["letter.pdf"]
    response.close()
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%C3%89tude.pdf"
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("change", [{"name": "other"}, {"sha256": "0" * 64}, {"size": 1}])
def test_stored_file_row_never_changes(officer, change):
    stored = uploads.store_upload(by=officer, upload=SimpleUploadedFile("a.pdf", GOOD["letter.pdf"]))
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.filter(pk=stored.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.filter(pk=stored.pk).delete()


@pytest.mark.parametrize(
    ("columns", "constraint"), [({"size": 0}, "storedfile_not_empty"), ({"sha256": "XYZ"}, "storedfile_digest")]
)
def test_database_refuses_a_row_without_bytes_or_digest(officer, columns, constraint):
    good = {"sha256": "a" * 64, "size": 1, "media_type": "x", "name": "x", "created_at": "2008-09-15T00:00:00Z"}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        StoredFile.objects.create(**(good | columns))


def test_changed_and_missing_bytes_are_found(officer):
    changed = files.store([b"one"], name="1", media_type="text/plain", by=officer)
    missing = files.store([b"two"], name="2", media_type="text/plain", by=officer)
    files.store([b"three"], name="3", media_type="text/plain", by=officer)
    assert list(checks.problems()) == []
    files.path_of(changed.sha256).chmod(0o600)
    files.path_of(changed.sha256).write_bytes(b"ONE")
    files.path_of(missing.sha256).unlink()
    found = [(problem.where, problem.why) for problem in checks.problems()]
    assert found == [
        (f"alliance_storedfile:{changed.pk}", "its bytes have changed"),
        (f"alliance_storedfile:{missing.pk}", "its bytes are missing"),
    ]
    assert checks.checked() == {"files": 3}
