"""Other composers of Federation, asked through one Node.js process (tools/composition-peers)."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from router.composition import SubgraphSource

_FOLDER = Path(__file__).parents[4] / "tools" / "composition-peers"
_NODE = shutil.which("node")
Composer = Literal["apollo", "guild"]


def why_absent() -> str | None:
    """Say why the peers can not be asked here; None when they can."""
    if _NODE is None:
        return "there is no node on the PATH"
    if not (_FOLDER / "node_modules").is_dir():
        return "tools/composition-peers/node_modules is absent: make peers installs it"
    return None


@dataclass(frozen=True)
class Composed:
    """What another composer makes of subgraphs.

    Attributes:
        sdl: the supergraph, None where it refuses.
        codes: of its errors.
        hints: pairs of a code and a coordinate, as far as it names any.
    """

    sdl: str | None
    codes: frozenset[str]
    messages: tuple[str, ...]
    hints: frozenset[tuple[str, str | None]]


class PeerFailed(Exception):
    """The peer threw on what it was asked; the text is its message."""


class Peers:
    """One process that answers a line for a line; a context manager, which ends it."""

    def __init__(self) -> None:
        assert _NODE is not None
        self._process = subprocess.Popen(
            [_NODE, "answer.mjs"], cwd=_FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()

    def _ask(self, **request: object) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        if "thrown" in answer:
            raise PeerFailed(answer["thrown"]["message"])
        return answer

    def compose(self, composer: Composer, subgraphs: Sequence[SubgraphSource]) -> Composed:
        """Let a peer compose subgraphs."""
        services = [{"name": one.name, "url": one.url, "sdl": one.sdl} for one in subgraphs]
        answer = self._ask(ask="compose", composer=composer, subgraphs=services)
        errors = answer.get("errors", [])
        return Composed(
            sdl=answer.get("sdl"),
            codes=frozenset(error["code"] or "UNNAMED" for error in errors),
            messages=tuple(error["message"] for error in errors),
            hints=frozenset((hint["code"], hint["coordinate"]) for hint in answer.get("hints", [])),
        )

    def api_schema(self, loader: Composer, sdl: str) -> str:
        """Let a peer load a supergraph as its gateway does, and give the API schema, sorted.

        Raises:
            PeerFailed: it refuses to.
        """
        api: str = self._ask(ask="load", loader=loader, sdl=sdl)["api"]
        return api

    def codes(self) -> set[str]:
        """Give all the codes of Apollo's composition."""
        return set(self._ask(ask="codes")["codes"])

    def plans(self, sdl: str, operations: Sequence[str]) -> list[dict[str, Any]]:
        """Let Apollo's planner plan operations on a supergraph.

        Raises:
            PeerFailed: it can not.
        """
        plans: list[dict[str, Any]] = self._ask(ask="plan", sdl=sdl, operations=list(operations))["plans"]
        return plans
