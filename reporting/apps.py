from importlib import import_module

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self) -> None:
        import_module("reporting.receivers")
        import_module("reporting.statements.splits")
        import_module("reporting.verification.columns")
