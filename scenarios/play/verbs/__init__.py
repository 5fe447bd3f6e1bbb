"""The vocabulary: each verb calls the operation of that name. `VERBS` knows them all."""

from importlib import import_module
from pkgutil import iter_modules

from scenarios.play.vocabulary import VERBS

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["VERBS"]
