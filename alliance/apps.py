from importlib import import_module

from alliance.core import registration


class AllianceConfig(registration.DeclaringApp):
    name = "alliance"
    verbose_name = "Alliance"

    def ready(self) -> None:
        import_module("alliance.celery")  # tasks of every app need the one application
        super().ready()
