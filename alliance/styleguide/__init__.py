"""The living page of the design: every component in its states, for the secretariat."""
