"""What compose.yaml promises. That it runs is shown by the system tests, which start its commands."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.deployment import ROOT, MissingVariable, deployment

SECRETS = ("POSTGRES_PASSWORD", "EVENTIO_SERVICE_SECRET", "EVENTIO_KEY_SECRET", "EVENTIO_TICKET_SECRET")
VARIABLES = dict.fromkeys(SECRETS, "a-secret")
PARTS = ("migrate", "auth", "booking", "seat", "router")
LONG_LIVED = ("postgres", "nats", "auth", "booking", "seat", "router")


def test_only_the_router_and_the_payment_door_are_published() -> None:
    published = {
        name: one.definition["ports"] for name, one in deployment(VARIABLES).items() if "ports" in one.definition
    }
    assert published == {"router": ["4000:4000"], "booking": ["4080:4080"]}
    booking = deployment(VARIABLES)["booking"].command
    assert booking[booking.index("--payments-port") + 1] == "4080"
    assert booking[booking.index("--port") + 1] != "4080"


@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_has_a_default(secret: str) -> None:
    with pytest.raises(MissingVariable, match=secret):
        deployment({name: value for name, value in VARIABLES.items() if name != secret})


def test_the_example_names_every_variable_and_holds_no_secret() -> None:
    lines = (ROOT / "deploy/example.env").read_text().splitlines()
    example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert {example[secret] for secret in SECRETS} == {""}
    deployment({**example, **VARIABLES})


@pytest.mark.parametrize("name", LONG_LIVED)
def test_whatever_stays_up_is_watched_and_bounded(name: str) -> None:
    definition: dict[str, Any] = dict(deployment(VARIABLES)[name].definition)
    assert definition["healthcheck"]["test"]
    assert set(definition["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    assert definition["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", PARTS)
def test_our_parts_run_without_rights_on_a_file_system_that_they_cannot_change(name: str) -> None:
    definition = deployment(VARIABLES)[name].definition
    assert (definition["user"], definition["read_only"], definition["cap_drop"]) == ("10001:10001", True, ["ALL"])
    assert "USER eventio" in (ROOT / "Dockerfile").read_text()


def test_services_share_the_secret_of_their_calls_and_find_each_other() -> None:
    parts = deployment(VARIABLES)
    for name in ("auth", "booking", "seat"):
        environment = parts[name].environment
        prefix = f"EVENTIO_{name.upper()}_"
        assert environment[f"{prefix}SERVICE_SECRET"] == "a-secret"
        others = {other for other in ("auth", "booking", "seat") if f"{prefix}{other.upper()}_URL" in environment}
        assert others == {"auth", "booking", "seat"} - {name}
