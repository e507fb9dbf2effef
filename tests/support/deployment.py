"""`compose.yaml` as commands and environments: the suite starts what it describes without a container engine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
_VARIABLE: Final = re.compile(r"\$\{(?P<name>[A-Z_]+)(?:(?P<rule>:[?-])(?P<text>[^}]*))?\}")


@dataclass(frozen=True)
class Deployed:
    """One service of the file: its definition, its command and environment with variables filled in."""

    definition: Mapping[str, Any]
    command: tuple[str, ...]
    environment: Mapping[str, str]


class MissingVariable(Exception):
    """The file demands a variable that is not set."""


def deployment(variables: Mapping[str, str]) -> dict[str, Deployed]:
    """Read the file as `docker compose` does, as far as it goes here.

    Raises:
        MissingVariable: one that the file demands (`${NAME:?…}`) is not set or empty.
    """
    services: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]

    def filled(value: Any) -> str:
        return _VARIABLE.sub(lambda match: _value(match, variables), str(value))

    return {
        name: Deployed(
            definition,
            tuple(filled(word) for word in definition.get("command", ())),
            {key: filled(value) for key, value in definition.get("environment", {}).items()},
        )
        for name, definition in services.items()
    }


def _value(match: re.Match[str], variables: Mapping[str, str]) -> str:
    value = variables.get(match["name"], "")
    if not value and match["rule"] == ":?":
        raise MissingVariable(match["name"])
    return value or (match["text"] or "" if match["rule"] == ":-" else "")
