"""Addresses of the files that outsiders check the portal with, without a language."""

from django.urls import path
from django.urls.converters import register_converter

from funds.ledger.export import FORMATS
from reporting.views import checking

app_name = "open_register"


class FormatConverter:
    """A format of the ledger's export."""

    regex = "|".join(FORMATS)

    def to_python(self, value: str) -> str:
        """Return the format's name."""
        return value

    def to_url(self, value: str) -> str:
        """Return the format's name."""
        return value


register_converter(FormatConverter, "ledger_format")

urlpatterns = [
    path("register.jsonl", checking.register_file, name="register"),
    path("verify.py", checking.verifier, name="verifier"),
    path("checkpoints.txt", checking.checkpoint_lines, name="checkpoints"),
    path("checkpoints.json", checking.checkpoint_feed, name="feed"),
    path("ledger.<ledger_format:form>", checking.ledger_file, name="ledger"),
]
