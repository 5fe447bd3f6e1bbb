"""Forms that take a file of lines: is it one that may come, and not too large."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from alliance.records.uploads import size_limit


class TextFileField(forms.FileField):
    """A text file by its name's ending, of no more bytes than an upload may have."""

    def __init__(self, *, endings: Collection[str], **options: Any) -> None:
        self.endings = endings
        options.setdefault("widget", forms.FileInput(attrs={"accept": ",".join(endings)}))
        super().__init__(**options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload: UploadedFile | None = super().clean(data, initial)
        if not upload:
            return upload
        name = upload.name or ""
        if not name.lower().endswith(tuple(self.endings)):
            types = {"name": name, "types": ", ".join(self.endings)}
            raise forms.ValidationError(_("%(name)s cannot be accepted. Upload one of: %(types)s.") % types)
        if (upload.size or 0) > size_limit():
            limit = {"name": name, "megabytes": settings.ALLIANCE_RULES["upload_megabytes"]}
            raise forms.ValidationError(_("%(name)s is larger than %(megabytes)s MB.") % limit)
        return upload


class RateFileForm(forms.Form):
    """A file of exchange rates."""

    file = TextFileField(
        label=_("File of rates"),
        help_text=_("CSV in UTF-8 with the columns effective_date, currency, units_per_usd and source."),
        endings=(".csv",),
    )
