"""Pages about persons and their accounts, a module by subject."""
