from alliance.core import registration


class ProposalsConfig(registration.DeclaringApp):
    name = "proposals"
