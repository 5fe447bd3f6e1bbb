"""Pages that follow a whole: the public site, role homes, the donor's area."""
