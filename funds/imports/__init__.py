"""Reading other people's files: contributions by a mapping, rates of exchange; why a line was refused; the job that imports.

`mappings/` has the mappings that ship.
"""
