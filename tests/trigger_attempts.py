"""What each trigger refuses: append-only tables from the catalogue, the others one by one."""

from tests.violations import Guard, Verdict, ask, columns_of, key_of, refuser, undone

NOW = "SET CONSTRAINTS ALL IMMEDIATE"
POSTING = (
    "INSERT INTO funds_posting (entry_id, line, debit_id, credit_id, amount, effective_on, recorded_at)"
    " SELECT max(entry_id), 99, (SELECT id FROM funds_account WHERE kind = '{debit}' ORDER BY id LIMIT 1),"
    " (SELECT id FROM funds_account WHERE kind = '{credit}' ORDER BY id LIMIT 1), 1, '{on}', now() FROM funds_posting"
)
PAIR_OFF = (
    "ALTER TABLE funds_account DISABLE TRIGGER funds_pool_equals_stakes",
    "ALTER TABLE funds_stake DISABLE TRIGGER funds_stakes_equal_pool",
)


def doubled(table: str, **changes: str) -> str:
    """Return the statement that inserts the table's first row once more, with other values in some columns."""
    known = columns_of(table)
    held = {name: f't."{name}"' for name in known} | changes
    names = ", ".join(f'"{name}"' for name in held)
    return f'INSERT INTO "{table}" ({names}) SELECT {", ".join(held.values())} FROM "{table}" t ORDER BY t.id LIMIT 1'


def special() -> dict[str, tuple[str, list[str]]]:
    """Return, by trigger, the name of its rule or the beginning of its words, and the attempt that it refuses."""
    opened = "(SELECT id FROM governance_decision WHERE state = 'open')"
    fresh = "(SELECT max(id) + 1 FROM {})"
    return {
        "alliance_registerhead_forward": ("the head names", ["UPDATE alliance_registerhead SET n = n + 1"]),
        "alliance_registerhead_stays": ("rows of alliance_registerhead", ["DELETE FROM alliance_registerhead"]),
        "funds_account_guard": ("an account stays what it is", ["UPDATE funds_account SET code = code || 'x'"]),
        "funds_stake_guard": ("stakes are moved by shares", ["UPDATE funds_stake SET amount = amount + 1"]),
        "funds_turnover_guard": ("turnover is moved by postings", ["UPDATE funds_turnover SET amount = amount + 1"]),
        "funds_payment_stays": ("what was prepared stays", ["UPDATE funds_payment SET amount = amount + 1"]),
        "funds_voucher_stays": ("what was prepared stays", ["UPDATE funds_voucher SET amount = amount + 1"]),
        "funds_posting_not_closed": (
            "posting_project_not_closed",
            [
                ("INSERT INTO funds_closedproject (reference, closed_on) SELECT split_part(subject, ':', 1), '2008-09-15'"
                " FROM funds_account WHERE kind = 'spent' ORDER BY id LIMIT 1"),
                POSTING.format(debit="spent", credit="partner", on="2008-03-10"),
            ],
        ),
        "funds_posting_once_established": (
            "posting_once_established",
            [
                "UPDATE funds_fund SET established_on = '2008-03-11'",
                POSTING.format(debit="bank_charges", credit="fee", on="2008-03-10"),
            ],
        ),
        "funds_posting_moves_accounts": (
            "posting_in_open_period",
            [POSTING.format(debit="contributions", credit="fee", on="1900-01-01"), NOW],
        ),
        "funds_posting_is_shared": (
            "the shares of posting",
            [*PAIR_OFF, POSTING.format(debit="pool", credit="contributions", on="2008-03-10"), NOW],
        ),
        "funds_pool_equals_stakes": (
            "the stakes of pool",
            [
                "ALTER TABLE funds_posting DISABLE TRIGGER funds_posting_is_shared",
                POSTING.format(debit="pool", credit="contributions", on="2008-03-10"),
                NOW,
            ],
        ),
        "funds_stakes_equal_pool": (
            "the stakes of pool",
            [
                "ALTER TABLE funds_stake DISABLE TRIGGER funds_stake_guard",
                "UPDATE funds_stake SET amount = amount + 1",
                NOW,
            ],
        ),
        "funds_share_moves_stakes": (
            "shares belong to postings of a pool",
            [
                ("INSERT INTO funds_share (posting_id, source_id, amount) SELECT p.id, s.id, 1 FROM funds_posting p, funds_source s"
                " WHERE NOT EXISTS (SELECT 1 FROM funds_account a WHERE a.kind = 'pool' AND a.id IN (p.debit_id, p.credit_id))"
                " LIMIT 1")
            ],
        ),
        "governance_amount_before_opening": (
            "the amounts of an opened item are frozen",
            [
                doubled(
                    "governance_decisionamount", id=fresh.format("governance_decisionamount"),
                    window_id="(SELECT w.id FROM funds_window w WHERE NOT EXISTS (SELECT 1 FROM governance_decisionamount o"
                    " WHERE o.decision_id = t.decision_id AND o.window_id = w.id) LIMIT 1)",
                )
            ],
        ),
        "governance_ballot_guard": (
            "a ballot is cast while the vote is open",
            [doubled("governance_ballot", id=fresh.format("governance_ballot"), receipt="'another'", entry_id="t.entry_id")],
        ),
        "governance_outcome_with_close": (
            "an outcome is of a closed decision",
            [doubled("governance_outcome", id=fresh.format("governance_outcome"), decision_id=opened)],
        ),
        "governance_close_with_outcome": (
            "is closed without an outcome",
            ["UPDATE governance_decision SET state = 'closed', closed_at = now() WHERE state = 'open'", NOW],
        ),
        "governance_decision_stays": (
            "is frozen",
            ["UPDATE governance_decision SET title = title || 'x' WHERE state = 'open'"],
        ),
        "proposals_contract_fixed": (
            "an offered contract is not changed",
            ["UPDATE proposals_contract SET tasks = tasks || 'x' WHERE offered_at IS NOT NULL"],
        ),
        "proposals_contracts_within": (
            "the contracts add up to more",
            [
                "ALTER TABLE proposals_contract DISABLE TRIGGER proposals_contract_fixed",
                "UPDATE proposals_contract SET amount = amount * 100",
                NOW,
            ],
        ),
        "proposals_tranches_within": (
            "the tranches add up to more",
            ["UPDATE proposals_tranche SET amount = amount * 100", NOW],
        ),
    }  # fmt: skip


def append_only(guard: Guard) -> tuple[str, list[str]]:
    """Return the words and the attempt for a table whose rows are never changed, deleted or emptied."""
    words = f"rows of {guard.table} are never changed"
    if guard.name.endswith("_no_delete"):
        return words, [f'DELETE FROM "{guard.table}"']
    if guard.name.endswith("_no_truncate"):
        return words, [f'TRUNCATE "{guard.table}" CASCADE']
    key = key_of(guard.table)
    others = [c for c in columns_of(guard.table).values() if c.name != key and c.type in MORE]
    column = min(others, key=lambda c: list(MORE).index(c.type))
    return words, [f'UPDATE "{guard.table}" SET "{column.name}" = "{column.name}" {MORE[column.type]}']


MORE = {
    "timestamptz": "+ interval '1 second'", "numeric": "+ 0.01", "date": "+ 1", "text": "|| 'x'", "varchar": "|| 'x'",
    "int2": "+ 1", "int4": "+ 1", "int8": "+ 1",
}  # fmt: skip


def judge_trigger(guard: Guard) -> Verdict:
    """Make the attempt with the trigger and without it; the words that refuse it are the trigger's own."""
    words, attempt = special().get(guard.name) or append_only(guard)
    with undone():
        if not ask(f'SELECT 1 FROM "{guard.table}" LIMIT 1'):
            return Verdict("the demonstration leaves no row to try it on", "")
        standing = refuser(attempt)
        ask(guard.removal)
        gone = refuser(attempt)
    as_named = guard.name if standing and words in standing else standing
    return Verdict(as_named, guard.name if gone and words in gone else gone)
