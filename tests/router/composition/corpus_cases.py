"""Reads the corpus: composition cases in `corpus/*.graphql`, one after the other.

A case begins with `# ==== <what it is> -> <CODES>`, without an arrow if it composes; each subgraph with `# -- <name>`.
A subgraph that links nothing itself gets a link to federation with every import.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from router.composition import CompositionError, CompositionFailed, SubgraphSource, compose
from router.composition.federation_spec import DIRECTIVES

_FOLDER = Path(__file__).with_name("corpus")
_CASE = re.compile(r"^# ==== (?P<name>.*?)(?: -> (?P<codes>[A-Z_, ]+))?$", re.MULTILINE)
_SUBGRAPH = re.compile(r"^# -- (?P<name>\S+)$", re.MULTILINE)
_KEYWORDS = frozenset({"type", "interface", "union", "enum", "input", "scalar"})
TOPICS = (
    "subgraph_rules",
    "directives",
    "merge_rules",
    "overrides",
    "interface_objects",
    "contexts",
    "rights",
    "accessibility",
    "satisfiability",
)
_IMPORTED = [f"@{name}" for name, directive in DIRECTIVES.items() if directive.since <= 11]


@dataclass(frozen=True)
class Case:
    """Subgraphs, and the codes with which composition has to refuse them; none where it must not."""

    name: str
    codes: frozenset[str]
    subgraphs: tuple[SubgraphSource, ...]


def federated(sdl: str, *, version: str = "v2.11") -> str:
    """Give the schema with a link to federation before it, if it has none and names no schema of its own."""
    if "@link" in sdl or "schema { " in sdl:
        return sdl
    imports = ", ".join(f'"{name}"' for name in _IMPORTED)
    return f'extend schema @link(url: "https://specs.apollo.dev/federation/{version}", import: [{imports}])\n{sdl}'


def sources(**sdl: str) -> tuple[SubgraphSource, ...]:
    """Give subgraphs by name."""
    return tuple(SubgraphSource(name, f"http://{name}.test/graphql", federated(text)) for name, text in sdl.items())


def cases(topic: str) -> list[Case]:
    """Read the cases of one file."""
    parts = _CASE.split((_FOLDER / f"{topic}.graphql").read_text(encoding="utf-8"))[1:]
    return [
        Case(
            name,
            frozenset(codes.split(", ")) if codes else frozenset(),
            sources(**dict(zip(*[iter(_SUBGRAPH.split(body)[1:])] * 2, strict=True))),
        )
        for name, codes, body in zip(*[iter(parts)] * 3, strict=True)
    ]


def composed(**sdl: str) -> str:
    """Compose subgraphs given by name, and give the supergraph's SDL."""
    return compose(sources(**sdl)).supergraph_sdl


def refused(**sdl: str) -> tuple[CompositionError, ...]:
    """Give the errors with which subgraphs are refused; none is a failure of the test."""
    try:
        compose(sources(**sdl))
    except CompositionFailed as failed:
        return failed.errors
    raise AssertionError("composed")


def printed(sdl: str, name: str) -> str:
    """Give the definition of one type out of a printed schema, with its description and directives."""
    lines = sdl.split("\n")
    first = next(index for index, line in enumerate(lines) if _defines(line, name))
    last = next(index for index in range(first, len(lines) + 1) if index == len(lines) or lines[index] in {"", "}"})
    block = lines[first : last + 1]
    # Members with descriptions have empty lines between them.
    while "{" in block and block[-1] != "}":
        last += 1
        block.append(lines[last])
    return "\n".join(block).rstrip("\n")


def _defines(line: str, name: str) -> bool:
    words = line.split()
    return not line.startswith(" ") and len(words) > 1 and words[0] in _KEYWORDS and words[1] == name
