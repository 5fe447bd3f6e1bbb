"""Pages about persons: invitations and how they are accepted, people and their roles, the people of an organisation."""
