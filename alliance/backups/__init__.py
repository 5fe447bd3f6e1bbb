"""Backups: the database and the stored files of one moment, in a folder that proves itself.

*Part*: one file of a backup. *Manifest*: what the backup holds, counted in the same snapshot that was dumped.
Invariants: a backup has its name only once it is whole and on the disk; a restore reads every part before it
changes anything, and goes into an empty database only, all of it or nothing.
"""


class Unusable(Exception):
    """A backup or its target cannot be used; the text is one line for the person at the terminal."""
