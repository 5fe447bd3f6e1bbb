"""What `verify` asks of this room: each stored file still has the bytes that its row names."""

from collections.abc import Iterator

from alliance.records import files
from alliance.records.models import StoredFile
from alliance.register.verification import Problem


def problems() -> Iterator[Problem]:
    """Yield every stored file whose bytes are missing or changed."""
    for pk, sha256 in StoredFile.objects.order_by("pk").values_list("pk", "sha256").iterator():
        found = files.digest_on_disk(sha256)
        if found != sha256:
            yield Problem(
                "file",
                f"alliance_storedfile:{pk}",
                "its bytes are missing" if found is None else "its bytes have changed",
            )


def checked() -> dict[str, int]:
    return {"files": StoredFile.objects.count()}
