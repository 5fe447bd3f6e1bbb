"""What donors pledged, signed for and paid until a day, as it stood then: read at once, for statements of all donors."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from alliance.core.translated import chosen, columns

# An amended promise was worth what its first amendment after the day says it was before; see `Amended.worth_on`.
STAGES = f"""
    WITH pledged AS (
        SELECT p.donor_id, sum(COALESCE(before.amount_usd, p.amount_usd)) AS usd
          FROM funds_pledge p LEFT JOIN (
               SELECT DISTINCT ON (a.pledge_id) a.* FROM funds_pledgeamendment a
                WHERE (a.amended_at AT TIME ZONE 'UTC')::date > %(day)s ORDER BY a.pledge_id, a.number) before ON before.pledge_id = p.id
         WHERE COALESCE(before.pledged_on, p.pledged_on) <= %(day)s AND (p.acknowledged_at AT TIME ZONE 'UTC')::date <= %(day)s
           AND (p.cancelled_at IS NULL OR (p.cancelled_at AT TIME ZONE 'UTC')::date > %(day)s) GROUP BY 1),
    standing AS (
        SELECT g.id, g.donor_id, g.amount_usd FROM funds_agreement g
         WHERE g.signed_on <= %(day)s AND (g.cancelled_at IS NULL OR (g.cancelled_at AT TIME ZONE 'UTC')::date > %(day)s)),
    agreed AS (
        SELECT g.donor_id, sum(COALESCE(before.amount_usd, g.amount_usd)) AS usd
          FROM standing g LEFT JOIN (
               SELECT DISTINCT ON (a.agreement_id) a.* FROM funds_agreementamendment a
                WHERE a.signed_on > %(day)s ORDER BY a.agreement_id, a.number) before ON before.agreement_id = g.id GROUP BY 1),
    came AS (
        SELECT d.donor_id, sum(d.amount_usd) AS usd, sum(d.amount_usd) FILTER (WHERE g.id IS NULL) AS of_no_agreement
          FROM funds_deposit d LEFT JOIN standing g ON g.id = d.agreement_id
         WHERE d.received_on <= %(day)s AND (d.reversed_on IS NULL OR d.reversed_on > %(day)s) GROUP BY 1)
    SELECT o.slug, ARRAY[{", ".join(columns("o.name"))}], donor.donor_type = 'trustee', pledged.usd,
           CASE WHEN agreed.usd IS NULL THEN came.of_no_agreement ELSE agreed.usd + COALESCE(came.of_no_agreement, 0) END, came.usd
      FROM funds_donor donor JOIN alliance_organisation o ON o.id = donor.organisation_id
      LEFT JOIN pledged ON pledged.donor_id = donor.id LEFT JOIN agreed ON agreed.donor_id = donor.id
      LEFT JOIN came ON came.donor_id = donor.id ORDER BY o.name_en, donor.id"""


class Stages(NamedTuple):
    """One donor's stages in the fund's currency; None where it has none. They are of the same money: never added.

    `pledged` is what was acknowledged and not cancelled. `committed` is what standing agreements are worth, at the rate of
    their signature, and what came in under none of them.
    """

    slug: str
    name: str
    is_trustee: bool
    pledged: Decimal | None
    committed: Decimal | None
    received: Decimal | None


def stages(day: date) -> list[Stages]:
    """Return every donor by name, with its stages at the end of a day, whatever was amended, cancelled or reversed later."""
    with connection.cursor() as cursor:
        cursor.execute(STAGES, {"day": day})
        return [Stages(slug, chosen(names), *stage) for slug, names, *stage in cursor.fetchall()]
