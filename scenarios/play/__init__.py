"""Scenarios: acts with a date, somebody who does them and amounts, played through the operations in time order.

A scenario is a TOML file: `name`, `ends_at`, and one `[[act]]` table for each act with `on` (a day) or `at` (a
moment), `do` (the verb) and the verb's own keys. The demonstration is one; the statement cases are others. The
clock moves along, so a scenario is played in a demonstration database only. It is played whole or not at all, and
playing it again changes nothing: every act carries a key made of the scenario's name and the act's number.
"""
