"""What a scenario's acts refer to: people, organisations, windows, and what earlier acts have named."""

from dataclasses import dataclass, field
from typing import Any

from django.db import models

from alliance.people.models import Organisation, User
from alliance.register.models import RegisterEntry
from funds.models import Donor, Window
from scenarios.people.personas import DOMAIN
from scenarios.play.scenario import Act


@dataclass
class Stage:
    """The named results of the acts played so far, and look-ups that refuse with the act's line."""

    named: dict[str, models.Model] = field(default_factory=dict)

    def is_done(self, act: Act) -> bool:
        """Say whether the act was played before: its key stands in the register."""
        return RegisterEntry.objects.filter(key=act.key()).exists()

    def keep(self, act: Act, row: models.Model | None) -> None:
        """Remember what an act made under the name that it gives."""
        if act.has("as") and row is not None:
            self.named[act.text("as")] = row

    def person(self, act: Act, default: str = "", *, field: str = "by") -> User:
        """Return the person named by key or e-mail address."""
        return self.person_called(act, act.text(field, default or None))

    def person_called(self, act: Act, name: str) -> User:
        email = name if "@" in name else f"{name.replace('_', '.')}@{DOMAIN}"
        user = User.objects.filter(email=email).first()
        if user is None:
            raise act.wrong(f"there is no person “{name}”")
        return user

    def organisation(self, act: Act, field: str = "organisation") -> Organisation:
        return self.organisation_called(act, act.text(field))

    def organisation_called(self, act: Act, slug: str) -> Organisation:
        return self._one(act, Organisation.objects.all(), "organisation", slug=slug)

    def donor(self, act: Act) -> Donor:
        rows = Donor.objects.select_related("organisation")
        return self._one(act, rows, "donor", organisation__slug=act.text("donor"))

    def window(self, act: Act, field: str = "window") -> Window:
        return self.window_called(act, act.text(field))

    def window_called(self, act: Act, code: str) -> Window:
        return self._one(act, Window.objects.all(), "window", code=code)

    def window_or_none(self, act: Act) -> Window | None:
        return self.window(act) if act.has("window") else None

    def made[M: models.Model](self, act: Act, field: str, model: type[M], *, column: str = "reference") -> M:
        """Return what an earlier act named, or the row with that reference, fresh from the database."""
        name = act.text(field)
        if (row := self.named.get(name)) is not None and isinstance(row, model):
            return model._default_manager.get(pk=row.pk)
        return self._one(act, model._default_manager.all(), field, **{column: name})

    def one[M: models.Model](self, act: Act, rows: models.QuerySet[M], what: str, **lookup: Any) -> M:
        return self._one(act, rows, what, **lookup)

    def _one[M: models.Model](self, act: Act, rows: models.QuerySet[M], what: str, **lookup: Any) -> M:
        found = rows.filter(**lookup).first()
        if found is None:
            raise act.wrong(f"there is no {what} “{'/'.join(str(value) for value in lookup.values())}”")
        return found
