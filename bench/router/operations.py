"""Made-up operations of a given size on a supergraph."""

from __future__ import annotations

import random
import re

from router.supergraph import Supergraph

__all__ = ["operation", "side_by_side"]


def operation(supergraph: Supergraph, *, fields: int, depth: int, seed: int) -> str:
    """Write a query of about that many fields: root fields under aliases, a few leaves and two objects a level."""
    return _Writer(supergraph, fields, seed).query(depth)


class _Writer:
    def __init__(self, supergraph: Supergraph, fields: int, seed: int) -> None:
        self._types = supergraph.types
        self._left = fields
        self._random = random.Random(seed)

    def query(self, depth: int) -> str:
        roots = [name for name, item in self._types["Query"].fields.items() if self._is_composite(item.type.named)]
        parts: list[str] = []
        while self._left > 0 or not parts:
            name = self._random.choice(roots)
            self._left -= 1
            below = self._selection(self._types["Query"].fields[name].type.named, depth)
            parts.append(f"a{len(parts)}: {name} {below}")
        return f"{{ {' '.join(parts)} }}"

    def _is_composite(self, name: str) -> bool:
        kind = self._types.get(name)
        return kind is not None and bool(kind.subgraphs)

    def _selection(self, type_name: str, depth: int) -> str:
        fields = self._types[type_name].fields
        composite = [name for name, item in fields.items() if self._is_composite(item.type.named)]
        leaves = [name for name in fields if name not in composite]
        parts: list[str] = []
        for name in self._random.sample(leaves, min(len(leaves), self._random.randint(2, 6))):
            if self._left > 0:
                self._left -= 1
                parts.append(name)
        for name in self._random.sample(composite, min(len(composite), 2)) if depth > 0 else ():
            if self._left > 1:
                self._left -= 1
                parts.append(f"{name} {self._selection(fields[name].type.named, depth - 1)}")
        return f"{{ {' '.join(parts) or '__typename'} }}"


def side_by_side(text: str, times: int) -> str:
    """Repeat what a query selects, each time under other aliases: parts that have nothing to do with each other."""
    inner = text.removeprefix("{ ").removesuffix(" }")
    return "{ " + " ".join(re.sub(r"\ba(\d+):", rf"part{number}_\1:", inner) for number in range(times)) + " }"
