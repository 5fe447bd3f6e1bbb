"""Which roles must have a second factor: a setting whose names have to be roles."""

from alliance.people.models import Role
from alliance.people.system_checks import roles_with_a_second_factor_exist


def test_name_that_is_no_role_stops_the_portal_and_is_named(settings):
    settings.ALLIANCE_SECOND_FACTOR = ["head", "finance"]
    (error,) = roles_with_a_second_factor_exist(None)
    assert (error.id, "names finance," in error.msg, "finance_officer" in error.msg) == ("alliance.E007", True, True)


def test_roles_pass_and_none_passes(settings):
    settings.ALLIANCE_SECOND_FACTOR = list(Role.values)
    assert roles_with_a_second_factor_exist(None) == []
    settings.ALLIANCE_SECOND_FACTOR = []
    assert roles_with_a_second_factor_exist(None) == []
