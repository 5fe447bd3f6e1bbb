"""The ground every other app stands on.

Rooms, each importing only those to its right: records -> forum -> people -> register -> core.
Vocabulary: an *act* is one outermost operation; its *entries* stand in the register; an *organisation*
acts through its *members*. Invariant: nothing of record changes but through an operation.
"""
