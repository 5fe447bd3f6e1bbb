"""What `verify` proves at the top: that the database's guards stand as shipped."""

from reporting.verification.guards import checked, problems

__all__ = ["checked", "problems"]
