"""Running the portal on one machine: an embedded database and broker, and the parts around them.

*Part*: one supervised process (database, broker, worker, scheduler, web). *Data folder*: ALLIANCE_DATA,
where everything the embedded parts write is kept. Nothing here is used where DATABASE_URL and REDIS_URL
name servers of their own, but for the table of commands in `parts`, which the containers share.
Invariant: whoever starts a server stops it, unless someone else still uses it.
"""


class PartFailed(Exception):
    """A needed part is missing or does not start; the text is one line for the person at the terminal."""
