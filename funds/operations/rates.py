"""Rates of exchange from a file: looked at first, then entered as one act. A rate that is there never changes."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from alliance.access import require
from alliance.core import formats
from alliance.core.errors import Refused
from alliance.core.turns import wait_in_turn
from alliance.people.models import User
from alliance.records import files
from alliance.records.models import StoredFile
from alliance.register import operation, record
from funds import permissions
from funds.imports.rate_file import RateLine, RefusedLine, read_rates
from funds.imports.reasons import reason
from funds.models import Rate
from funds.models.fund import said_source

AT_A_TIME = 1000


@dataclass(frozen=True)
class RateCheck:
    """What a file of rates would bring: new ones, those that are here already, and lines that are refused."""

    new: list[RateLine] = field(default_factory=list)
    known: list[RateLine] = field(default_factory=list)
    refused: list[RefusedLine] = field(default_factory=list)

    @property
    def lines(self) -> int:
        return len(self.new) + len(self.known) + len(self.refused)


def check_rates(content: bytes) -> RateCheck:
    """Compare a file with the rates that are here, and change nothing. Raises Unreadable for the file as a whole."""
    read, refused = read_rates(content)
    new, known, refused = [], [], list(refused)
    here = _here(read)
    for line in read:
        rate = here.get(line.key)
        if rate is None:
            new.append(line)
        elif rate[0] == line.units:
            known.append(line)
        else:
            why = reason("rate_differs", units=formats.plain_figure(rate[0]), source=said_source(rate[1]))
            cells = (line.on.isoformat(), line.currency, format(line.units, "f"), line.source)
            refused.append(RefusedLine(line.line, cells, why))
    return RateCheck(new, known, sorted(refused, key=lambda row: row.line))


def _here(read: list[RateLine]) -> dict[tuple[str, object], tuple[Decimal, str]]:
    if not read:
        return {}
    days = [line.on for line in read]
    rows = Rate.objects.filter(on__range=(min(days), max(days)), currency__in={line.currency for line in read})
    return {(currency, on): (units, source) for currency, on, units, source in rows.values_list(
        "currency", "on", "units_per_usd", "source"
    )}  # fmt: skip


def hold_rates() -> None:
    """Have whoever enters rates wait for each other, until the transaction ends."""
    wait_in_turn("funds.rates")


@operation
def import_rates(*, by: User, file: StoredFile) -> StoredFile:
    """Enter the rates of a file that are new, at full precision, each with its source (D2).

    Lines that are refused are left out; rates that are here stay as they are, so that what was converted by one stays
    explained. The file's hash and the counts stand in the register. Raises Refused when nothing in the file is new,
    NotAllowed for anyone but finance officers.
    """
    require(permissions.may_record_money(by), _("Finance officers enter rates of exchange."))
    hold_rates()
    found = check_rates(files.read(file))
    if not found.new:
        raise Refused(_("Nothing in this file is new. Nothing was changed."))
    rates = [
        Rate(currency=line.currency, on=line.on, units_per_usd=line.units, source=line.source) for line in found.new
    ]
    rates = Rate.objects.bulk_create(rates, batch_size=AT_A_TIME)
    days = [line.on for line in found.new]
    facts = {
        "file_sha256": file.sha256, "lines": found.lines, "new": len(found.new), "known": len(found.known),
        "refused": len(found.refused), "first": min(days), "last": max(days),
    }  # fmt: skip
    record("rates.imported/1", by=by, rows=[file, *rates], facts=facts, public=True)
    return file
