"""The ground every other app stands on.

Rooms, each importing only those to its right: backups -> pages -> rendering -> jobs -> records -> forum -> people -> register -> core.

- `core`: what knows no model but the clock's: errors, clock, dates and money as written, states, forms, navigation
- `register`: the one door for changes, and the chain; `people`: persons, organisations, roles; `forum`: the Global Forum
- `records`: files, notices and their relay; `jobs`: long work in the background; `rendering`: PDF, spreadsheets, charts;
  `pages`: acts, lists and fields that recur; `backups`: a moment kept

Beside them: `reference` (data that `setup` loads), `runtime` (all parts on one machine), `styleguide` (every component in
its states), `templatetags` (the components' tags), and `access`, `settings`, `urls`, `celery`. What two apps need goes
here, into the lowest room that can hold it; what one app needs, into that app.

Vocabulary: an *act* is one outermost operation; its *entries* stand in the register; an *organisation*
acts through its *members*. Invariant: nothing of record changes but through an operation.
"""
