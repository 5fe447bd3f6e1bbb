"""A large, made-up fund, loaded quickly: for measuring, and for seeing every page with many rows.

It writes rows in bulk, which nobody else may; but through the same guards: the ledger's one function, the register's
one door, every constraint and trigger. What it makes is marked as a demonstration. `plan` has the figures, `world`
who is there, `paper` what is written, `votes` what is decided, `deposits` and `money` what moves, `load` puts a batch of
projects into one act.
"""
