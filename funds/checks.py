"""What `verify` recomputes of the ledger: sums, stakes, shares of each posting, turnover, what was ordered and posted."""

from collections.abc import Iterator

from django.db import connection

from alliance.register.verification import Problem
from funds.ledger.snapshot_taking import wrong
from funds.models import Account, Posting

ACCOUNTS = """
    SELECT a.id, a.code, a.debits, a.credits, COALESCE(d.sum, 0), COALESCE(c.sum, 0) FROM funds_account a
      LEFT JOIN (SELECT debit_id, sum(amount) FROM funds_posting GROUP BY 1) d ON d.debit_id = a.id
      LEFT JOIN (SELECT credit_id, sum(amount) FROM funds_posting GROUP BY 1) c ON c.credit_id = a.id
     WHERE a.debits <> COALESCE(d.sum, 0) OR a.credits <> COALESCE(c.sum, 0)
        OR (a.guarded AND a.debits < a.credits) ORDER BY a.id
"""
SHARES = """
    SELECT p.id, p.amount, COALESCE(sum(s.amount), 0) FROM funds_posting p
      JOIN funds_account d ON d.id = p.debit_id JOIN funds_account c ON c.id = p.credit_id
      LEFT JOIN funds_share s ON s.posting_id = p.id
     GROUP BY p.id, p.amount, d.kind, c.kind
    HAVING ((d.kind = 'pool' OR c.kind = 'pool') AND COALESCE(sum(s.amount), 0) <> p.amount)
        OR (d.kind <> 'pool' AND c.kind <> 'pool' AND count(s.id) > 0) ORDER BY p.id
"""
STAKES = """
    WITH moved AS (
        SELECT p.debit_id AS pool_id, s.source_id, s.amount FROM funds_share s
          JOIN funds_posting p ON p.id = s.posting_id JOIN funds_account a ON a.id = p.debit_id AND a.kind = 'pool'
        UNION ALL
        SELECT p.credit_id, s.source_id, -s.amount FROM funds_share s
          JOIN funds_posting p ON p.id = s.posting_id JOIN funds_account a ON a.id = p.credit_id AND a.kind = 'pool'
    ), sums AS (SELECT pool_id, source_id, sum(amount) AS amount FROM moved GROUP BY 1, 2)
    SELECT COALESCE(t.id, 0), COALESCE(t.pool_id, m.pool_id), COALESCE(t.source_id, m.source_id), t.amount, m.amount
      FROM funds_stake t FULL JOIN sums m ON m.pool_id = t.pool_id AND m.source_id = t.source_id
     WHERE COALESCE(t.amount, 0) <> COALESCE(m.amount, 0) ORDER BY 2, 3
"""
POOLS = """
    SELECT a.code, a.debits - a.credits, COALESCE(sum(s.amount), 0) FROM funds_account a
      LEFT JOIN funds_stake s ON s.pool_id = a.id WHERE a.kind = 'pool'
     GROUP BY a.id HAVING a.debits - a.credits <> COALESCE(sum(s.amount), 0) ORDER BY a.code
"""
TURNOVER = """
    SELECT COALESCE(t.id, 0), COALESCE(t.year, p.year), COALESCE(t.debit_id, p.debit_id), COALESCE(t.credit_id, p.credit_id),
           t.amount, p.amount
      FROM (SELECT min(id) AS id, year, debit_id, credit_id, sum(amount) AS amount
              FROM funds_turnover GROUP BY year, debit_id, credit_id) t FULL JOIN (
           SELECT extract(year FROM effective_on)::int AS year, debit_id, credit_id, sum(amount) AS amount
             FROM funds_posting GROUP BY 1, 2, 3) p
        ON p.year = t.year AND p.debit_id = t.debit_id AND p.credit_id = t.credit_id
     WHERE t.amount IS DISTINCT FROM p.amount ORDER BY 2, 3, 4
"""

ORDERS = """
    SELECT 'funds_payment', o.id, o.reference FROM funds_payment o WHERE o.entry_id IS NOT NULL
       AND ARRAY[(o.debit_id, o.credit_id, o.amount)] IS DISTINCT FROM
           (SELECT array_agg((p.debit_id, p.credit_id, p.amount)) FROM funds_posting p WHERE p.entry_id = o.entry_id)
    UNION ALL
    SELECT 'funds_voucher', o.id, o.reference FROM funds_voucher o WHERE o.kind <> 'reversal' AND o.entry_id IS NOT NULL
       AND o.amount IS DISTINCT FROM (SELECT sum(p.amount) FROM funds_posting p WHERE p.entry_id = o.entry_id)
    UNION ALL
    SELECT 'funds_voucher', o.id, o.reference FROM funds_voucher o JOIN funds_posting w ON w.id = o.posting_id
     WHERE o.kind = 'reversal' AND o.entry_id IS NOT NULL
       AND (o.amount IS DISTINCT FROM (SELECT sum(p.amount) FROM funds_posting p
             WHERE p.entry_id = o.entry_id AND p.reverses_id = o.posting_id)
         OR EXISTS (SELECT 1 FROM funds_posting p LEFT JOIN funds_posting r ON r.id = p.reverses_id
             WHERE p.entry_id = o.entry_id AND r.entry_id IS DISTINCT FROM w.entry_id))
    UNION ALL
    SELECT 'funds_payment', o.id, o.reference FROM funds_payment o JOIN funds_posting w ON w.entry_id = o.entry_id
      LEFT JOIN funds_posting r ON r.reverses_id = w.id WHERE (o.state = 'reversed') <> (r.id IS NOT NULL)
    UNION ALL
    SELECT 'funds_deposit', d.id, d.reference FROM funds_deposit d
      JOIN funds_posting m ON m.entry_id = d.entry_id
      JOIN funds_account a ON a.id = m.credit_id AND a.kind IN ('contributions', 'seed')
      LEFT JOIN funds_posting r ON r.reverses_id = m.id WHERE d.reversed_on IS DISTINCT FROM r.effective_on
     ORDER BY 1, 2
"""


def problems() -> Iterator[Problem]:
    """Yield every account, stake, share, pool and order that its postings do not explain."""
    for pk, code, debits, credits_, d, c in _rows(ACCOUNTS):
        yield Problem("account", f"funds_account:{pk}", f"{code} holds {debits}/{credits_}; its postings say {d}/{c}")
    for pk, amount, shared in _rows(SHARES):
        yield Problem("share", f"funds_posting:{pk}", f"shares of {shared} for a posting of {amount}")
    for pk, pool, source, has, should in _rows(STAKES):
        yield Problem(
            "stake", f"funds_stake:{pk}", f"source {source} in pool {pool} holds {has}; its shares say {should}"
        )
    for table, pk, reference in _rows(ORDERS):
        yield Problem("posting", f"{table}:{pk}", f"{reference} does not say what was posted for it")
    for code, balance, stakes in _rows(POOLS):
        yield Problem("stake", code, f"stakes of {stakes} in a pool of {balance}")
    for pk, year, debit, credit, has, should in _rows(TURNOVER):
        where = f"funds_turnover:{pk}"
        yield Problem(
            "account", where, f"{year}, from {credit} to {debit}: turnover of {has}; its postings say {should}"
        )
    for carried, cut in wrong():
        where = f"funds_carried:{carried.pk}"
        yield Problem(
            "carried", where, f"sums carried until {carried.until} ({cut or 'all'}) are not those of the postings"
        )


def checked() -> dict[str, int]:
    return {"postings": Posting.objects.count(), "accounts": Account.objects.count()}


def _rows(query: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()
