"""The vocabulary: each verb calls the operation of that name. `VERBS` knows them all."""

from scenarios.play.verbs import committee, contracts, money, people, proposals
from scenarios.play.vocabulary import VERBS

__all__ = ["VERBS", "committee", "contracts", "money", "people", "proposals"]
