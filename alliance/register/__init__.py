"""The register: one append-only chain that is audit log, hash chain and outbox at once.

`operation` is the one door for changes of record; `record` hands an entry to the register, which
writes all entries of the act as the transaction's last statement, under the head's lock.
"""

from alliance.register.acts import Draft, explain, forget, operation, record
from alliance.register.kinds import About, declare

__all__ = ["About", "Draft", "declare", "explain", "forget", "operation", "record"]
