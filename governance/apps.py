from alliance.core import registration


class GovernanceConfig(registration.DeclaringApp):
    name = "governance"
