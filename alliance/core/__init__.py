"""The lowest room: errors, clock, fields, references, states, forms. Knows of no model but the clock's."""
