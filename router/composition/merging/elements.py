"""What every merged element has: one description and one set of directives out of several subgraphs'."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product

from graphql import ConstValueNode
from graphql.language import ast

from router.composition.errors import Report
from router.composition.federation_spec import AUTHORIZATION
from router.composition.model import Directive, Element

Source = tuple[str, Element]
"""A subgraph's name and its form of an element."""

_REPEATED = ("tag",)
_FLAGS = ("inaccessible", "authenticated", "oneOf")
_GRAPHQL = ("deprecated", "specifiedBy", "oneOf")
_ORDER = (
    "tag",
    "inaccessible",
    "authenticated",
    "requiresScopes",
    "policy",
    "cost",
    "listSize",
    "context",
    "oneOf",
    "specifiedBy",
    "deprecated",
)


def merge_description(sources: Sequence[Source], *, at: str, report: Report) -> str | None:
    """Give the description that most subgraphs have; of equally many, the first's."""
    counts = Counter(element.description for _, element in sources if element.description)
    if len(counts) > 1:
        names = [name for name, element in sources if element.description]
        report.hint("INCONSISTENT_DESCRIPTION", f'"{at}" is described in several ways.', subgraphs=names, at=at)
    return max(counts, key=counts.__getitem__, default=None)


class DirectiveMerger:
    """Merges the directives of elements, the composed ones of the subgraphs among them."""

    def __init__(self, composed: Mapping[str, frozenset[str]], repeatable: frozenset[str], report: Report) -> None:
        """Keep, besides federation's own, the directives that are named (with their `@`) by some subgraphs."""
        self._composed = composed
        self._repeatable = repeatable
        self._report = report

    def is_merged(self, name: str) -> bool:
        """Tell whether the supergraph keeps a directive."""
        return _plain(name) in _ORDER or name in self._composed

    def merge(self, sources: Sequence[Source], *, at: str) -> tuple[Directive, ...]:
        """Give what the supergraph's element carries, in a fixed order."""
        applied: dict[str, list[tuple[str, Directive]]] = {}
        for subgraph, element in sources:
            for directive in element.directives:
                applied.setdefault(_plain(directive.name), []).append((subgraph, directive))
        merged: list[Directive] = []
        for name in _ORDER:
            if name in applied:
                merged += self._merge(name, applied[name], at=at)
        for name in sorted(self._composed.keys() & applied.keys()):
            if any(subgraph in self._composed[name] for subgraph, _ in applied[name]):
                merged += self._merge(name, applied[name], at=at)
        return tuple(merged)

    def _merge(self, name: str, applied: list[tuple[str, Directive]], *, at: str) -> list[Directive]:
        directives = [directive for _, directive in applied]
        if name in _REPEATED:
            return sorted(_distinct(directives), key=lambda directive: directive.text("name"))
        if name in self._repeatable:
            return _distinct(directives)
        if name == "context":
            contexts = (_context(subgraph, directive) for subgraph, directive in applied)
            return _distinct(contexts)
        if name in _FLAGS:
            return [Directive(name, {})]
        distinct = _distinct(directives)
        if len(distinct) > 1:
            message = f'@{name} is applied to "{at}" with different arguments.'
            code = "MERGED_NON_REPEATABLE" if name in _COMBINED else "INCONSISTENT_NON_REPEATABLE"
            subgraphs = [subgraph for subgraph, _ in applied]
            self._report.hint(f"{code}_DIRECTIVE_ARGUMENTS", message, subgraphs=subgraphs, at=at)
        if name not in _COMBINED:
            counts = Counter(directive.canonical for directive in directives)
            return [Directive(name, max(distinct, key=lambda one: counts[one.canonical]).arguments)]
        return [distinct[0] if len(distinct) == 1 else _combined(name, distinct)]


def merge_rights(own: Sequence[Directive], others: Sequence[Source]) -> tuple[Directive, ...]:
    """Give an element's directives with the rights of other elements added to its own."""
    rights = {name: [one for one in own if one.name == name] for name in AUTHORIZATION}
    for _, element in others:
        for name in AUTHORIZATION:
            rights[name] += element.applied(name)
    merged = [one for one in own if one.name not in AUTHORIZATION]
    for name, applied in rights.items():
        distinct = _distinct(applied)
        if name in _FLAGS and distinct:
            merged.append(Directive(name, {}))
        elif distinct:
            merged.append(distinct[0] if len(distinct) == 1 else _combined(name, distinct))
    return tuple(sorted(merged, key=_place))


def _place(directive: Directive) -> int:
    return _ORDER.index(directive.name) if directive.name in _ORDER else len(_ORDER)


def _plain(name: str) -> str:
    """Give GraphQL's own directives their plain name, though federation does not know them."""
    plain = name.removeprefix("@")
    return plain if plain in _GRAPHQL else name


def _distinct(directives: Iterable[Directive]) -> list[Directive]:
    return list({directive.canonical: directive for directive in reversed(list(directives))}.values())[::-1]


def _context(subgraph: str, directive: Directive) -> Directive:
    name = f"{graph_prefix(subgraph)}__{directive.text('name')}"
    return Directive("context", {"name": ast.StringValueNode(value=name)})


def graph_prefix(subgraph: str) -> str:
    """Give a subgraph's name as the first part of a context's name, which is a GraphQL name."""
    return "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in subgraph)


def _combined(name: str, directives: list[Directive]) -> Directive:
    combine = _COMBINED[name]
    arguments: dict[str, ConstValueNode] = {}
    for argument, combination in combine.items():
        values = [directive.value(argument) for directive in directives if argument in directive.arguments]
        if values:
            arguments[argument] = _value_node(combination(values))
    return Directive(name, arguments)


def _value_node(value: object) -> ConstValueNode:
    match value:
        case bool():
            return ast.BooleanValueNode(value=value)
        case int():
            return ast.IntValueNode(value=str(value))
        case str():
            return ast.StringValueNode(value=value)
        case list():
            return ast.ConstListValueNode(values=tuple(_value_node(item) for item in value))
        case _:
            return ast.NullValueNode()


def _largest(values: list[object]) -> object:
    return max((value for value in values if isinstance(value, int)), default=None)


def _united(values: list[object]) -> object:
    return list(dict.fromkeys(item for value in values if isinstance(value, list) for item in value))


def _all_true(values: list[object]) -> object:
    return all(value is not False for value in values)


def _conjunction(values: list[object]) -> object:
    """Demand one alternative of each subgraph: the product of the alternatives, without those that demand more."""
    # No alternative at all demands nothing, as an empty one does.
    alternatives = [
        frozenset(item for part in choice if isinstance(part, list) for item in part)
        for choice in product(*(value or [[]] for value in values if isinstance(value, list)))
    ]
    least = [one for one in dict.fromkeys(alternatives) if not any(other < one for other in alternatives)]
    return sorted(sorted(map(str, alternative)) for alternative in least)


_COMBINED: Mapping[str, Mapping[str, Callable[[list[object]], object]]] = {
    "requiresScopes": {"scopes": _conjunction},
    "policy": {"policies": _conjunction},
    "cost": {"weight": _largest},
    "listSize": {
        "assumedSize": _largest,
        "slicingArguments": _united,
        "sizedFields": _united,
        "requireOneSlicingArgument": _all_true,
    },
}
