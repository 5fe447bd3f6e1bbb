from alliance.core import registration


class FundsConfig(registration.DeclaringApp):
    name = "funds"
