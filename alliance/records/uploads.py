"""What may be uploaded: a few types, a size, and a file that really opens as what it says it is.

The libraries that open files weigh on every web process: they are loaded when a file comes.
"""

import warnings
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import NamedTuple

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from alliance.core.errors import Refused
from alliance.people.models import User
from alliance.records import files
from alliance.records.models import StoredFile

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_PIXELS = 50_000_000
MAX_UNPACKED = 100 * 1024 * 1024
MAX_MEMBERS = 5_000


class Unreadable(Exception):
    """The bytes do not open as what they claim to be."""


class Type(NamedTuple):
    """A type that may be uploaded: its names' endings, and how it is opened to be sure."""

    media_type: str
    extensions: tuple[str, ...]
    opens: Callable[[bytes], None]


def open_pdf(content: bytes) -> None:
    import pikepdf

    try:
        with pikepdf.open(BytesIO(content)) as document:
            if not len(document.pages):
                raise Unreadable
    except pikepdf.PasswordError as error:
        raise Refused(
            _("This PDF is protected by a password. Upload a copy that opens without one."), field="file"
        ) from error
    except pikepdf.PdfError as error:
        raise Unreadable from error


def open_image(content: bytes) -> None:
    from PIL import Image, ImageFile

    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint sets it for a whole process
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content)) as image:
                _refuse_pixels(image.width * image.height)
                image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        _refuse_pixels(MAX_PIXELS + 1)
    except (OSError, SyntaxError, ValueError) as error:
        raise Unreadable from error


def _refuse_pixels(pixels: int) -> None:
    if pixels > MAX_PIXELS:
        raise Refused(_("This picture has too many pixels. Upload one of at most 50 megapixels."), field="file")


def opens_office(main_part: str) -> Callable[[bytes], None]:
    """Return a check that the zip holds `main_part` and unpacks to a bearable size."""

    def check(content: bytes) -> None:
        try:
            with zipfile.ZipFile(BytesIO(content)) as archive:
                members = archive.infolist()
                if len(members) > MAX_MEMBERS or sum(m.file_size for m in members) > MAX_UNPACKED:
                    raise Refused(
                        _("This file unpacks to more than may be stored. Upload a smaller one."), field="file"
                    )
                if main_part not in archive.namelist():
                    raise Unreadable
                archive.read(main_part)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
            raise Unreadable from error

    return check


TYPES = (
    Type("application/pdf", ("pdf",), open_pdf),
    Type("image/png", ("png",), open_image),
    Type("image/jpeg", ("jpg", "jpeg"), open_image),
    Type(DOCX, ("docx",), opens_office("word/document.xml")),
    Type(XLSX, ("xlsx",), opens_office("xl/workbook.xml")),
)
EXTENSIONS = tuple(f".{extension}" for one in TYPES for extension in one.extensions)
ACCEPT = ",".join(EXTENSIONS)


def size_limit() -> int:
    """Return the most bytes that an upload may have."""
    return settings.ALLIANCE_RULES["upload_megabytes"] * 1024 * 1024


def check_upload(upload: UploadedFile) -> Type:
    """Return the type of an upload, or raise Refused with a message for the field `file`.

    The type is what the bytes are, and must be what the name says.
    """
    name = upload.name or ""
    one = next((t for t in TYPES if name.lower().rpartition(".")[2] in t.extensions), None)
    if one is None:
        raise Refused(
            _("%(name)s cannot be accepted. Upload one of: %(types)s.")
            % {"name": name, "types": ", ".join(EXTENSIONS)},
            field="file",
        )
    if not upload.size:
        raise Refused(_("%(name)s is empty.") % {"name": name}, field="file")
    if upload.size > size_limit():
        limit = {"name": name, "megabytes": settings.ALLIANCE_RULES["upload_megabytes"]}
        raise Refused(_("%(name)s is larger than %(megabytes)s MB.") % limit, field="file")
    upload.seek(0)
    content = upload.read()
    upload.seek(0)
    try:
        _refuse_other_type(one, content)
        one.opens(content)
    except Unreadable:
        said = {"name": name, "type": one.extensions[0].upper()}
        raise Refused(
            _("%(name)s does not open as %(type)s. It may be damaged, or have another type.") % said, field="file"
        ) from None
    return one


def _refuse_other_type(one: Type, content: bytes) -> None:
    import filetype

    kind = filetype.guess(content)
    found = kind.mime if kind else ""
    # Office files are zip archives, and writers order their parts as they like.
    same = found == one.media_type or (one.media_type in (DOCX, XLSX) and found in (DOCX, XLSX, "application/zip"))
    if not same:
        raise Unreadable


def store_upload(*, by: User, upload: UploadedFile) -> StoredFile:
    """Check an upload and keep it. Raises Refused with the reason, for the field `file`."""
    one = check_upload(upload)
    upload.seek(0)
    return files.store(upload.chunks(), name=upload.name or "file", media_type=one.media_type, by=by)
