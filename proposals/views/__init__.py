"""Pages of proposals, calls, projects at work, contracts and partners' reports."""
