from importlib import import_module

from django.apps import AppConfig


class FundsConfig(AppConfig):
    name = "funds"

    def ready(self) -> None:
        import_module("funds.receivers")
        import_module("funds.ledger.shares")
        import_module("funds.ledger.register_format")
