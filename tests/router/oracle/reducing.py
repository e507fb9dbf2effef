"""Makes a failing case small: whatever can be left out of subgraphs and operation, with the fault still there, is."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from graphql import GraphQLError, parse, print_ast, validate

from router.composition import CompositionFailed
from router.errors import RouterError
from tests.router.oracle.compare import Case, Graph

__all__ = ["reduce_case"]

Finding = tuple[Graph, Case]
Predicate = Callable[[Graph, Case], Awaitable[bool]]

_LISTS = (
    "definitions",
    "selections",
    "fields",
    "directives",
    "interfaces",
    "types",
    "arguments",
    "values",
    "variable_definitions",
)


async def reduce_case(graph: Graph, case: Case, still_wrong: Predicate, *, seconds: float = 60) -> Finding:
    """Leave out what can be left out.

    Args:
        graph: the subgraphs.
        case: the operation.
        still_wrong: whether a smaller case shows the same fault.
        seconds: for all; the smallest case so far is given when they are over.
    """
    return await _Reducer(still_wrong, time.monotonic() + seconds).run(graph, case)


class _Reducer:
    def __init__(self, still_wrong: Predicate, until: float) -> None:
        self._still_wrong = still_wrong
        self._until = until

    async def run(self, graph: Graph, case: Case) -> Finding:
        size = _size(graph, case) + 1
        while _size(graph, case) < size and time.monotonic() < self._until:
            size = _size(graph, case)
            case = await self._simplify(graph, case)
            case = await self._reduce_operation(graph, case)
            graph = await self._drop_subgraphs(graph, case)
            for name in graph.subgraphs:
                graph = await self._reduce_subgraph(graph, case, name)
        return graph, case

    async def _accepts(self, graph: Graph, case: Case) -> bool:
        if time.monotonic() > self._until:
            return False
        try:
            if validate(graph.supergraph.api_schema, parse(case.operation)):
                return False
            return await self._still_wrong(graph, case)
        except (CompositionFailed, GraphQLError, RouterError, KeyError, TypeError):
            return False

    async def _simplify(self, graph: Graph, case: Case) -> Case:
        for smaller in (
            replace(case, labels=frozenset()),
            replace(case, absences=False),
            replace(case, nulls=False),
        ):
            if smaller != case and await self._accepts(graph, smaller):
                case = smaller
        return case

    async def _reduce_operation(self, graph: Graph, case: Case) -> Case:
        at = 0
        while True:
            smaller = _without(case.operation, at)
            if smaller is None:
                return case
            tried = replace(case, operation=smaller)
            if smaller and await self._accepts(graph, tried):
                case = tried
            else:
                at += 1

    async def _drop_subgraphs(self, graph: Graph, case: Case) -> Graph:
        for name in list(graph.subgraphs):
            smaller = Graph({other: sdl for other, sdl in graph.subgraphs.items() if other != name})
            if smaller.subgraphs and await self._accepts(smaller, case):
                graph = smaller
        return graph

    async def _reduce_subgraph(self, graph: Graph, case: Case, name: str) -> Graph:
        at = 0
        while True:
            sdl = _without(graph.subgraphs[name], at)
            if sdl is None:
                return graph
            smaller = Graph({**graph.subgraphs, name: sdl})
            if sdl and await self._accepts(smaller, case):
                graph = smaller
            else:
                at += 1


def _size(graph: Graph, case: Case) -> int:
    return len(case.operation) + sum(len(sdl) for sdl in graph.subgraphs.values())


def _without(text: str, at: int) -> str | None:
    """Give the text with its at-th part left out; None when there are not so many, an empty text for a bad one."""
    document = parse(text, no_location=True)
    path = next(islice(_parts(document, ()), at, None), None)
    if path is None:
        return None
    try:
        printed = print_ast(_cut(document, path))
        parse(printed)
    except (GraphQLError, AttributeError):
        return ""
    return printed


_Path = tuple[tuple[str, int | None], ...]


def _cut(node: Any, path: _Path) -> Any:
    """Copy a tree without the part at a path; a lone fragment gives way to what is in it."""
    (name, index), *rest = path
    value = getattr(node, name)
    if index is None:
        changed = _cut(value, tuple(rest))
    elif rest:
        changed = (*value[:index], _cut(value[index], tuple(rest)), *value[index + 1 :])
    else:
        inner = (
            value[index].selection_set.selections if value[index].kind == "inline_fragment" and len(value) == 1 else ()
        )
        changed = (*value[:index], *inner, *value[index + 1 :])
    return type(node)(**{key: getattr(node, key, None) for key in node.keys} | {name: changed})


def _parts(node: Any, path: _Path) -> Iterator[_Path]:
    """List the paths of all removable parts, the large ones first."""
    below: list[tuple[Any, _Path]] = []
    for name in node.keys:
        value = getattr(node, name, None)
        if isinstance(value, tuple | list):
            if name in _LISTS:
                yield from ((*path, (name, index)) for index in reversed(range(len(value))))
            below += [(item, (*path, (name, index))) for index, item in enumerate(value) if hasattr(item, "keys")]
        elif hasattr(value, "keys"):
            below.append((value, (*path, (name, None))))
    for item, place in below:
        yield from _parts(item, place)
