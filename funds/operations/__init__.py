"""The one door for changes to the fund, a module by noun; what moves money is in `money`, over `pools`; its orders are `vouchers`.

A new act goes into the module of what it changes, as a function with `@operation`: it locks, checks, writes, records. Its
register kind is declared in `receivers`. `valuation`, `earmarks`, `reversals` and `backdating` are rules that several acts share.
"""
