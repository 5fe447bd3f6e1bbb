"""The fund as open data: an activity file and an organisation file of the International Aid Transparency Initiative, 2.03.

`gather` reads, by `known`, `fund`, `projects` and, for the postings, `movements`; `shape` has the frozen rows; `write` makes
XML of them, a piece at a time; `export` is both, as the command and the views ask for it.
The fund is one activity and each project another. Each movement stands once where it goes out and once where it comes in:
a transfer is the fund's disbursement and the project's incoming funds, and the two activities name each other. What is
reversed stays, with a negative one beside it on the day of its reversal. Only what the portal's public pages or the public
register say is in the files; which choices are ours stands in docs/decisions/0036-iati.md.
"""
