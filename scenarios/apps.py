from alliance.core import registration


class ScenariosConfig(registration.DeclaringApp):
    name = "scenarios"

    def ready(self) -> None:
        from alliance.people import offered
        from scenarios.people.personas import PASSWORD, PEOPLE

        super().ready()
        offered.offer(PEOPLE, PASSWORD)
