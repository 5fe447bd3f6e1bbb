from importlib import import_module

from django.apps import AppConfig

ROOMS_TELLING = ("people", "forum", "records", "jobs")


class AllianceConfig(AppConfig):
    name = "alliance"
    verbose_name = "Alliance"

    def ready(self) -> None:
        import_module("alliance.celery")  # tasks of every app need the one application
        import_module("alliance.register.system_checks")
        for room in ROOMS_TELLING:
            import_module(f"alliance.{room}.receivers")
