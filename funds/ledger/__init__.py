"""The ledger: posting to it, and reading it as of any day.

`posting` writes, `attribution` splits money among sources (pure). `movements` reads what moved between kinds of accounts,
helped by `snapshots` (sums carried forward, taken by `snapshot_taking`); `shares` says whose money is in a project;
`closing` and `refunds_in_transit` say what is open; `export` writes the whole ledger for other accounting tools.
"""
