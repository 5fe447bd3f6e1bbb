"""What follows a whole: pages, documents and files that several apps below have a part in. It reads, and writes nothing below.

Where a thing lives, and where the next one goes:

- `views/`: public pages and a signed-in person's home, a module by noun; what a page shows is gathered beside them
  (`projects`, `outcomes`, `postings`, `flow`, `rules`, `who_does_what`), never in the view. The Forum's pages are `forum_pages`.
- `homes/`: what waits for whom, and the figures of each role, a module by role.
- `statements/`: the fund's statements; a new one is a `StatementKind` of `catalogue`, made in the module of its subject.
- `donor_area/`, `forum_report/`: each gathers into frozen rows (`gather` → `shape` or `figures`), from which page,
  PDF and files are made; a document that is asked for is a job (`jobs`).
- `api/`: the public read interface; `iati/`: the same as files of the IATI Standard. `verification/`: what `verify` proves.
- `management/commands/`: the commands that read across apps.

Invariants. The same figure is computed once, or a test holds its readings together. A statement names its day, the
register entry that it was read at, and the version of its definitions. A page shows nothing to whom it is not for:
what is public says so (`@public`), all else begins with `visible_to`.
"""
