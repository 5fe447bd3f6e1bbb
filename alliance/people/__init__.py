"""People, their organisations, and the roles in which they act."""
