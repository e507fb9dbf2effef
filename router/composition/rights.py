"""Rights that a field needs because of what it requires: who may have the field has to have the right to its inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from graphql import FieldNode, GraphQLError, InlineFragmentNode, SelectionNode

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts, parse_context
from router.composition.field_sets import parse_field_set
from router.composition.model import Element
from router.composition.supergraph import MergedSupergraph, MergedType

Alternatives = frozenset[frozenset[str]]
"""Sets of scopes or policies; one of the sets has to be held whole. Nothing is demanded by one empty set."""

_NOTHING: Alternatives = frozenset({frozenset()})


@dataclass(frozen=True, slots=True)
class Rights:
    """What a caller needs for an element."""

    authenticated: bool = False
    scopes: Alternatives = _NOTHING
    policies: Alternatives = _NOTHING

    @staticmethod
    def of(element: Element) -> Rights:
        """Read what an element demands."""
        return Rights(
            element.has("authenticated"),
            _alternatives(element, "requiresScopes", "scopes"),
            _alternatives(element, "policy", "policies"),
        )

    def __and__(self, other: Rights) -> Rights:
        return Rights(
            self.authenticated or other.authenticated,
            frozenset(one | two for one, two in product(self.scopes, other.scopes)),
            frozenset(one | two for one, two in product(self.policies, other.policies)),
        )

    def suffice_for(self, needed: Rights) -> bool:
        """Tell whether whoever holds these holds the others as well."""
        return (
            (self.authenticated or not needed.authenticated)
            and _implies(self.scopes, needed.scopes)
            and _implies(self.policies, needed.policies)
        )


def _alternatives(element: Element, directive: str, argument: str) -> Alternatives:
    for applied in element.applied(directive):
        value = applied.value(argument)
        if isinstance(value, list) and value:
            return frozenset(frozenset(map(str, one)) for one in value if isinstance(one, list))
    return _NOTHING


def _implies(held: Alternatives, needed: Alternatives) -> bool:
    return all(any(wanted <= one for wanted in needed) for one in held)


def check_rights(supergraph: MergedSupergraph, facts: Sequence[SubgraphFacts], report: Report) -> None:
    """Report MISSING_TRANSITIVE_AUTH_REQUIREMENTS for `@requires` and `@fromContext`."""
    check = _Check(supergraph, report)
    for one in facts:
        contexts = _contexts(one)
        for definition in one.subgraph.types.values():
            for field in definition.fields.values():
                at = f"{definition.name}.{field.name}"
                for directive in field.applied("requires"):
                    check.selection(one, at, [definition.name], directive.text("fields"))
                for argument in field.arguments.values():
                    for directive in argument.applied("fromContext"):
                        name, selection = parse_context(directive.text("field"))
                        text = selection.strip().removeprefix("{").removesuffix("}")
                        check.selection(one, at, contexts.get(name, ()), text, with_type=True)


def _contexts(one: SubgraphFacts) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for definition in one.subgraph.types.values():
        for directive in definition.applied("context"):
            found.setdefault(directive.text("name"), []).append(definition.name)
    return found


class _Check:
    """Compares what a field demands with what its inputs demand."""

    def __init__(self, supergraph: MergedSupergraph, report: Report) -> None:
        self._types = supergraph.types
        self._report = report

    def selection(
        self, one: SubgraphFacts, at: str, types: Sequence[str], text: str, *, with_type: bool = False
    ) -> None:
        """Check what a field of one subgraph selects on some types, and with contexts those types themselves."""
        merged = self._types.get(at.partition(".")[0])
        field = merged.fields.get(at.partition(".")[2]) if merged is not None else None
        if merged is None or field is None:
            return
        held = Rights.of(merged) & Rights.of(field)
        try:
            nodes = parse_field_set(text).selections
        except GraphQLError:
            return
        for name in types:
            inputs = list(self._inputs(name, nodes))
            if with_type and name in self._types:
                inputs.insert(0, (name, self._types[name]))
            for where, element in inputs:
                if not held.suffice_for(Rights.of(element)):
                    message = f'"{at}" takes "{where}" as an input, and does not ask for all the rights that it needs.'
                    code = "MISSING_TRANSITIVE_AUTH_REQUIREMENTS"
                    self._report.error(code, message, subgraphs=[one.name], at=(at, where))

    def _inputs(self, on: str, nodes: Sequence[SelectionNode]) -> Iterator[tuple[str, Element]]:
        definition: MergedType | None = self._types.get(on)
        for node in nodes:
            if isinstance(node, InlineFragmentNode):
                name = node.type_condition.name.value if node.type_condition is not None else on
                if node.type_condition is not None and name in self._types:
                    yield name, self._types[name]
                yield from self._inputs(name, node.selection_set.selections)
            elif isinstance(node, FieldNode) and definition is not None and node.name.value in definition.fields:
                field = definition.fields[node.name.value]
                yield f"{on}.{field.name}", field
                if field.type_name in self._types:
                    yield field.type_name, self._types[field.type_name]
                if node.selection_set is not None:
                    yield from self._inputs(field.type_name, node.selection_set.selections)
