"""The fund's statements: rows and columns of figures, the same on the page, in PDF, XLSX and CSV.

Vocabulary: a *statement* has *tables*; a table has columns, and rows whose figures lead to the postings behind them.
Names, rows and arithmetic are those of administrative agents' reports (net funded amount, delivery rate). Every
statement says as of which day it is, at which register entry it was read, and by which version of the definitions.
"""
