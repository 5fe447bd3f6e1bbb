"""The oversight committee: who sits on it, what it is asked, how it votes, what it decided.

Vocabulary. A *seat* of a *constituency* votes, not a person; its *member* or its *alternate* casts the
*ballot*. An *item* is put to the committee by the secretariat; *opening* it freezes seats, holders,
rules, documents and the *recusals* that follow from the directory by then, and gives it a gapless decision number. *Closing* it
counts the ballots into one *outcome*; what the outcome orders (approve, allocate, return) is done in
the same transaction.

Invariants. The secretariat never votes. Ballots and outcomes are never changed. On a sealed decision
nobody sees a choice before the close. A decision has one outcome, whoever and however many close it.
Quorum, majorities, floor and sealing are a rule set with a date: the source document is silent on
them, so they are ours. Nothing here is known to the apps below.

Where a thing goes: a row in `models/` (`committee` has who sits, `rules` the rule sets, `votes` ballots and outcomes); a
change in `operations/`, by the step of a decision's life (`items`, `opening`, `ballots`, where a member also declares a conflict while the vote is open, `recusals` for those that are found, `closing`, which has the chair's deferral
too) or by `founding` and `sessions`; what an open decision may still change is guarded by a trigger; the count itself, without a database, in `counting`; what the windows hold for an item in
`availability`; a page in `views/`, its form in `forms/`; who may in `permissions`, who is told in `receivers`.
"""
