from django.apps import AppConfig


class ScenariosConfig(AppConfig):
    name = "scenarios"

    def ready(self) -> None:
        from alliance.people import offered
        from scenarios.people.personas import PASSWORD, PEOPLE

        offered.offer(PEOPLE, PASSWORD)
