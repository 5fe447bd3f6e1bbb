"""The report to a meeting of the Forum: what was sponsored since the meeting before, and what came of it (R104).

`gather` asks the apps below, `projects` for the projects' own part; `figures` is what they answered, frozen; page and PDF
show the same figures.
"""
