"""The trust fund: its windows, donors, contributions, ledger, payments and vouchers.

Vocabulary: a *contribution* is pledge -> agreement -> instalment -> deposit; a *window* is a pool of the
fund that money may be earmarked to; a *source* is whose money stands in a pool (a donor's, the trustee's
seed, the fund's income); a *voucher* is an instruction to post, of one kind; *attributed* is a donor's
share by rule, never "financed by".
Invariants: stages are shown apart and never summed; only a deposit raises what can be allocated; a pledge
is settled in its own currency; money moves by the ledger's one function alone; whoever prepares a payment
or a voucher does not authorise it, and nothing but a voucher posts what a voucher posts. This app knows
nothing of proposals or votes.

Where a thing goes: a row in `models/`, one module a noun (what donors promise and send is `contributions`); a change
in `operations/` of the same noun; what moves money there in `money`, what a window's pool gives in `pools`, and a
voucher's kind in `voucher_kinds`. What only reads or reckons has a room by subject: `ledger/`, `contributions/`,
`statements/`, `imports/`. A page is in `views/`, its form in `forms/`; who has what to do is in `reporting.homes`.
"""
