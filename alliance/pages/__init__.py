"""What the pages of every app are made with: a button or a form for one act, a list by its address, fields that recur.

A page is a view of the app that owns its rows; here is only what they do alike. `acts` does the one act that a page asks
for and says what came of it; `lists` filters, sorts, pages and downloads; `filters` and `fields` are the forms' own part.
"""
