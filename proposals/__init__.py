"""Proposals: what partners ask the fund to do, and the work that approval makes of it.

Vocabulary. A *proposal* is written section by section by its applicant. Submitting it freezes a
numbered *version* and gives a receipt. The secretariat's *check* says by which route the version is
eligible and that its rights section was looked at. An approval by the committee makes a *project*;
a *contract* with a partner is signed on both sides; money goes out in *tranches*; the partner's
*reports* account for it. An *activity* is work of others outside the fund, recorded from a named source: it
enters no sum of money. By country, *theme* and period a proposal is shown what resembles it.

Invariants. A version is never changed. A state and its stamps agree, in both directions. No payment
is prepared before both signatures, met release conditions and the accepted report that the tranche
asks for. A partner's accepted spending never exceeds the money it holds. This app knows nothing of
votes: the committee calls it with a version and amounts.

Where a thing goes: a row in `models/`, one module a noun; a change in `operations/` of the same noun, its locks in `rows`;
a section of the proposal in a module of `sections/` (form, frozen content, what is missing, how it reads), and what walks
all of them in `content`, `completeness` and `reading`;
a question that only reads (`comparison`, `similar`, `closure`; `breakdowns`:
by what results are broken down, and which small cells are hidden) in a module beside this one; a page in
`views/`, its form in `forms/`; the contract on paper in `contract_document/`; which rows in `querysets`, who may in
`permissions`, who is told in `receivers`.
"""
