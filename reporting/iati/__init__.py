"""The fund as open data: an activity file and an organisation file of the International Aid Transparency Initiative, 2.03.

`gather` reads, by `known`, `fund`, `projects` and, for the postings, `movements`; `shape` has the frozen rows; `write` makes
XML of them, a piece at a time; `export` is both, as the command and the views ask for it; `kept` has the files of a large
ledger. The fund is one activity and each project another, side by side. Each movement of the fund's money stands once: what
comes in and what the fund uses itself in its own activity, what it commits and pays to partners in the project's. What is
reversed stays, with a negative one beside it on the day of its reversal. Only what the portal's public pages or the public
register say is in the files; which choices are ours stands in docs/decisions/0036-iati.md.
"""
