"""Files to take away: sent in pieces as they come, compressed where the reader takes that, and not to who only asks."""

import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import IO

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.cache import patch_vary_headers

SPOOLED = 4 * 1024 * 1024
PIECE = 64 * 1024


class Pieces:
    """A file's bytes, a piece at a time; closed with the response that sends them."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self._file.read(PIECE), b"")

    def close(self) -> None:
        self._file.close()


class Compressed:
    """Pieces in gzip's format, closed with the response as they are."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        packer = zlib.compressobj(wbits=31)
        for piece in self._pieces:
            if packed := packer.compress(piece):
                yield packed
        yield packer.flush()

    def close(self) -> None:
        if isinstance(self._pieces, Pieces):
            self._pieces.close()


def takes_gzip(request: HttpRequest) -> bool:
    return "gzip" in request.headers.get("Accept-Encoding", "")


def streamed(request: HttpRequest, pieces: Iterable[bytes], name: str, media_type: str) -> StreamingHttpResponse:
    """Send the pieces as they come; whoever asks with HEAD gets what is said of them."""
    wanted = takes_gzip(request)
    if request.method == "HEAD":
        pieces = ()
    response = StreamingHttpResponse(Compressed(pieces) if wanted else pieces, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    if wanted:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def sent(request: HttpRequest, opened: Callable[[], IO[bytes]], name: str, media_type: str) -> StreamingHttpResponse:
    """Send a file, opened only for who reads it."""
    return streamed(request, () if request.method == "HEAD" else Pieces(opened()), name, media_type)


def written_aside(write: Callable[[IO[bytes]], None]) -> IO[bytes]:
    """Return what is written, whole, to be sent after: no transaction stays open for a slow reader."""
    file = tempfile.SpooledTemporaryFile(SPOOLED)  # noqa: SIM115 - closed with the response
    write(file)
    file.seek(0)
    return file
