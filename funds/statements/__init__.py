"""The figures of the fund's live statements, derived from the postings. Their pages and files are in `reporting.statements`."""
