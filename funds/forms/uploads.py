"""Forms that take a file of lines: is it one that may come, and not too large."""

from collections.abc import Collection
from typing import Any, cast

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


class ContributionFileForm(forms.Form):
    """A file of contributions, and what its columns mean: by a mapping that is known, or by one uploaded with it."""

    file = TextFileField(
        label=_("File of contributions"), help_text=_("CSV, one contribution a line."), endings=(".csv",)
    )
    known = forms.ChoiceField(label=_("Mapping"), required=False)
    mapping = TextFileField(
        label=_("Or upload a mapping"),
        help_text=_("A TOML file that says which column is what; it takes precedence."),
        endings=(".toml",),
        required=False,
    )

    def __init__(self, *args: Any, mappings: Collection[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["known"]).choices = [("", _("Uploaded with the file")), *mappings]

    def clean(self) -> dict[str, Any]:
        filled = self.cleaned_data
        if not filled.get("known") and not filled.get("mapping") and not self.errors:
            self.add_error("known", _("Choose a mapping, or upload one."))
        return filled


class RateFileForm(forms.Form):
    """A file of exchange rates."""

    file = TextFileField(
        label=_("File of rates"),
        help_text=_("CSV in UTF-8 with the columns effective_date, currency, units_per_usd and source."),
        endings=(".csv",),
    )
