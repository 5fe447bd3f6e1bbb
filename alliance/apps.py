from importlib import import_module

from django.apps import AppConfig


class AllianceConfig(AppConfig):
    name = "alliance"
    verbose_name = "Alliance"

    def ready(self) -> None:
        from django.utils.module_loading import module_has_submodule

        if module_has_submodule(import_module("alliance"), "celery"):
            import_module("alliance.celery")  # tasks of every app need the one application
        import_module("alliance.core.checks")

        for room in ("people", "forum", "records", "rendering"):
            package = import_module(f"alliance.{room}")
            if module_has_submodule(package, "receivers"):
                import_module(f"alliance.{room}.receivers")
