"""docker-compose.yml: valid, the same parts as on one machine, and no secret in it."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from alliance.runtime.health import CHECKS
from alliance.runtime.parts import COMMANDS

ROOT = Path(__file__).parents[2]
SECRETS = ("SECRET", "PASSWORD", "DATABASE_URL", "REDIS_URL", "AUTH")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def schema() -> dict[str, Any]:
    package = find_spec("check_jsonschema")
    assert package
    assert package.origin
    return json.loads((Path(package.origin).parent / "builtin_schemas/vendor/compose-spec.json").read_text())


def test_compose_file_follows_the_specification(compose):
    jsonschema.validate(compose, schema())


def test_schema_refuses_a_wrong_compose_file(compose):
    broken = {**compose, "services": {**compose["services"], "web": {"comand": ["python"]}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema())


def test_services_are_the_parts_of_one_machine(compose):
    assert set(compose["services"]) == {"postgres", "redis", "migrate", *COMMANDS}


@pytest.mark.parametrize("part", COMMANDS)
def test_container_runs_the_same_command_as_the_demonstration(compose, part):
    assert compose["services"][part]["command"] == list(COMMANDS[part])


def test_image_runs_the_web_server(compose):
    last = (ROOT / "Dockerfile").read_text().strip().splitlines()[-1]
    assert json.loads(last.removeprefix("CMD ")) == list(COMMANDS["web"])


@pytest.mark.parametrize("part", COMMANDS)
def test_each_part_has_a_health_check_that_exists(compose, part):
    assert compose["services"][part]["healthcheck"]["test"] == ["CMD", "python", "-m", "alliance.runtime.health", part]
    assert part in CHECKS


def test_servers_have_health_checks_and_keep_what_they_hold(compose):
    for server in ("postgres", "redis"):
        assert compose["services"][server]["healthcheck"]["test"]
        (volume,) = compose["services"][server]["volumes"]
        assert volume.split(":")[0] in compose["volumes"]


def test_no_secret_has_a_default(compose):
    for name, service in compose["services"].items():
        for variable, text in service.get("environment", {}).items():
            if any(word in variable for word in SECRETS):
                assert ":?" in text, (name, variable)
    assert ":-" not in str(compose["services"]["redis"]["command"])


def test_portal_runs_without_privileges(compose):
    assert "USER alliance" in (ROOT / "Dockerfile").read_text()
    for part in COMMANDS:
        assert compose["services"][part]["cap_drop"] == ["ALL"]
