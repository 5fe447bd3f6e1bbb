from alliance.core import registration


class ReportingConfig(registration.DeclaringApp):
    name = "reporting"
