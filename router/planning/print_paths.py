"""The choices as text: for every field of the operation, and for what was added to it, who gives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from router.planning.choose import Choice, Draft
from router.planning.conditions import print_conditions
from router.planning.plan import ALWAYS
from router.planning.positions import Handle, Position, Resolution
from router.planning.query_graph import QueryGraph

__all__ = ["print_paths"]

_INDENT = "  "
_ADDED = 1 << 29  # the planner's own fields come after all that the client wrote


def print_paths(graph: QueryGraph, draft: Draft) -> str:
    """Write a draft.

    A line for each field: its internal key, `<Type>` before it where it is for some of the types only, and after `<-`
    the subgraph with the way to it: `root`, `here` for one that stands there already (`provided` where only a @provides
    lets it), `entity` with the key for a jump, and what it `requires`. In brackets is what nobody asked for but a jump
    or a requirement needs. Below a field that several could give stands how many requests deep its answer comes, and
    what the others would have cost: how many requests more, and how deep. Under `later` is what is deferred.
    """
    return "\n".join(_Printer(graph, draft).lines()) + "\n"


class _Printer:
    def __init__(self, graph: QueryGraph, draft: Draft) -> None:
        self._graph = graph
        self._draft = draft
        self._choices: Mapping[tuple[str, ...], Choice] = {choice.path: choice for choice in draft.choices}
        self._shown: set[int] = set()
        self._later: dict[int, list[Position]] = {}
        for position in draft.later:
            if position is not draft.root:
                self._later.setdefault(id(position.origin or draft.root), []).append(position)

    def lines(self) -> list[str]:
        return [self._draft.root.type_name, *self._below(self._draft.root, _INDENT)]

    def _below(self, position: Position, indent: str) -> list[str]:
        if id(position) in self._shown:
            return [f"{indent}(as above: several types share this selection)"]
        self._shown.add(id(position))
        lines = [f"{indent}__typename <- {text}" for text in self._typename_ways(position)]
        for part in (position, *(position.narrowed[name] for name in sorted(position.narrowed))):
            for same in self._by_field(part):
                lines += self._field(part, same, indent)
        for later in self._later.get(id(position), ()):
            below = self._below(later, indent + _INDENT)
            lines += [f"{indent}later:", *below] if below else []
        return lines

    def _typename_ways(self, position: Position) -> Iterator[str]:
        """Say where the true type comes from, where it is asked for."""
        if position.typename_needed:
            for subgraph, handle in (*position.direct.items(), *position.jumped.items()):
                if handle.node.typename:
                    yield f"{subgraph}, {self._standing(position, handle)}"

    def _by_field(self, position: Position) -> list[list[Resolution]]:
        """Give the fields in the client's order, each with all that give it: some only lead to what is below."""
        fields: dict[tuple[str, object], list[Resolution]] = {}
        for key, resolutions in position.resolved.items():
            for item in resolutions:
                fields.setdefault((key, item.child or item.fetched), []).append(item)
        return sorted(fields.values(), key=lambda same: min(item.fetched.order for item in same))

    def _field(self, position: Position, same: list[Resolution], indent: str) -> list[str]:
        first = same[0]
        ways = [f"{item.subgraph}, {self._way(position, item)}" for item in same]
        lines = [f"{indent}{self._label(position, first)} <- {'; and '.join(ways)}"]
        lines += self._instead((*position.keys(), first.fetched.key), {item.subgraph for item in same}, indent)
        if first.child is not None:
            lines += self._below(first.child, indent + _INDENT)
        return lines

    def _label(self, position: Position, resolution: Resolution) -> str:
        fetched = resolution.fetched
        label = fetched.key if fetched.key == fetched.name else f"{fetched.key}: {fetched.name}"
        if fetched.argument_text:
            label += f"({fetched.argument_text.strip('()')})"
        if fetched.types & position.wide.types != position.wide.types:
            label = f"<{'|'.join(sorted(fetched.types))}> {label}"
        if fetched.order >= _ADDED:
            label = f"[{label}]"
        if fetched.conditions != ALWAYS:
            label += f" if {print_conditions(fetched.conditions)}"
        return label

    def _way(self, position: Position, resolution: Resolution) -> str:
        standing = self._standing(position, resolution.handle)
        own = self._graph.types[min(resolution.fetched.types)].subgraphs.get(resolution.subgraph)
        field = None if own is None else own.fields.get(resolution.fetched.name)
        return f"{standing}, provided" if field is not None and field.external else standing

    def _standing(self, position: Position, handle: Handle) -> str:
        for (_, requires), known in position.required.items():
            if known is handle:
                return f"entity {self._key(handle)} requires {{{requires}}}"
        for place in (position, position.base):
            if place is not None and handle in place.jumped.values():
                return f"entity {self._key(handle)}"
        return "root" if position.parent is None else "here"

    def _key(self, handle: Handle) -> str:
        keys = {f"{entry.typename} {{{entry.key}}}" for entry in handle.group.entries if entry.node is handle.node}
        if keys:
            return min(keys)
        return min((f"{entry.typename} {{{entry.key}}}" for entry in handle.group.entries), default="root again")

    def _instead(self, path: tuple[str, ...], chosen: set[str], indent: str) -> list[str]:
        choice = self._choices.get(path)
        if choice is None:
            return []
        costs = dict(choice.candidates)
        taken = min(cost for name, cost in costs.items() if name == choice.subgraph)
        others = [
            f"{name} ({_more(cost[0] - taken[0])}, {cost[1]} deep)"
            for name, cost in choice.candidates
            if name not in chosen
        ]
        return [f"{indent}    {taken[1]} deep, instead of {', '.join(others)}"] if others else []


def _more(requests: int) -> str:
    return f"{requests:+d} request{'' if abs(requests) == 1 else 's'}" if requests else "as many requests"
