"""Field sets: the selections in `@key`, `@requires` and `@provides`, read against a subgraph's schema."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from graphql import (
    FieldNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    print_ast,
)

from router.composition.model import COMPOSITE, Field, Kind, Subgraph
from router.composition.type_ref import NonNull, named_type

_DEEPEST = 100
"""Levels; deeper field sets are refused rather than followed."""


@dataclass(frozen=True, slots=True)
class Selected:
    """One field of a field set.

    Attributes:
        on: the type whose field it is; inside an inline fragment that fragment's type.
        name: of the field, `__typename` included.
        children: what is selected below, with fragments flattened into their types.
        arguments: as written, the empty string without any.
    """

    on: str
    name: str
    children: tuple[Selected, ...] = ()
    arguments: str = ""

    @property
    def coordinate(self) -> str:
        """The field as a schema coordinate."""
        return f"{self.on}.{self.name}"

    def walk(self) -> Iterator[Selected]:
        """Give this field and all below, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()


FieldSet = tuple[Selected, ...]


class Flaw(Enum):
    """In which way a field set is wrong; key, provides and requires have a code each for most."""

    INVALID = "invalid"
    ABSTRACT = "abstract"
    DIRECTIVE = "directive"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a field set."""

    flaw: Flaw
    message: str


class FieldSetReader:
    """Reads field sets of one subgraph; each text on each type once."""

    def __init__(self, subgraph: Subgraph) -> None:
        self._subgraph = subgraph
        self._read: dict[tuple[str, str], tuple[FieldSet, tuple[Problem, ...]]] = {}

    def read(self, text: str, on: str) -> tuple[FieldSet, tuple[Problem, ...]]:
        """Read a field set on a type: what could be understood of it, and all that is wrong with it."""
        known = self._read.get((text, on))
        if known is None:
            known = self._read[text, on] = self._fresh(text, on)
        return known

    def _fresh(self, text: str, on: str) -> tuple[FieldSet, tuple[Problem, ...]]:
        problems: list[Problem] = []
        try:
            selection_set = parse_field_set(text)
        except (GraphQLError, RecursionError) as error:
            what = error.message if isinstance(error, GraphQLError) else "nested too deeply"
            return (), (Problem(Flaw.INVALID, f"it can not be parsed: {what}"),)
        selected = tuple(self._selections(selection_set, on, problems, 0))
        return selected, tuple(problems)

    def _selections(self, node: SelectionSetNode, on: str, problems: list[Problem], depth: int) -> Iterator[Selected]:
        def wrong(message: str) -> None:
            problems.append(Problem(Flaw.INVALID, message))

        if depth > _DEEPEST:
            wrong("it is nested too deeply")
            return
        if not node.selections:
            wrong(f'it selects nothing on "{on}"')
        for selection in node.selections:
            problems.extend(
                Problem(Flaw.DIRECTIVE, f"it applies @{directive.name.value}")
                for directive in selection.directives or ()
            )
            if isinstance(selection, FieldNode):
                yield from self._field(selection, on, problems, depth)
            elif isinstance(selection, InlineFragmentNode):
                target = selection.type_condition.name.value if selection.type_condition else on
                if self._subgraph.possible_types(target) & self._subgraph.possible_types(on):
                    yield from self._selections(selection.selection_set, target, problems, depth + 1)
                else:
                    wrong(f'its fragment on "{target}" can never match on "{on}"')
            else:
                wrong("it spreads a named fragment")

    def _field(self, node: FieldNode, on: str, problems: list[Problem], depth: int) -> Iterator[Selected]:
        def wrong(message: str) -> None:
            problems.append(Problem(Flaw.INVALID, message))

        name = node.name.value
        if node.alias is not None:
            wrong(f'it has the alias "{node.alias.value}", and aliases are not allowed')
        if name == "__typename":
            yield Selected(on, name)
            return
        definition = self._subgraph.types.get(on)
        field = definition.fields.get(name) if definition is not None else None
        if field is None:
            wrong(f'the type "{on}" has no field "{name}" in this subgraph')
            return
        inner = named_type(field.type)
        target = self._subgraph.types.get(inner)
        if target is not None and target.kind in {Kind.INTERFACE, Kind.UNION}:
            problems.append(Problem(Flaw.ABSTRACT, f'it includes "{on}.{name}", an interface or a union'))
        for problem in _wrong_arguments(node, field):
            wrong(problem)
        composite = target is not None and target.kind in COMPOSITE
        arguments = ", ".join(sorted(print_ast(argument) for argument in node.arguments or ()))
        if composite and node.selection_set is None:
            wrong(f'it has to select fields of "{on}.{name}", whose type is "{field.type}"')
            yield Selected(on, name)
        elif not composite and node.selection_set is not None:
            wrong(f'it can not select fields of "{on}.{name}", whose type is "{field.type}"')
            yield Selected(on, name)
        else:
            below = (
                tuple(self._selections(node.selection_set, inner, problems, depth + 1)) if node.selection_set else ()
            )
            yield Selected(on, name, below, arguments)


def _wrong_arguments(node: FieldNode, field: Field) -> Iterator[str]:
    given = {argument.name.value for argument in node.arguments or ()}
    for name in sorted(given - set(field.arguments)):
        yield f'the field "{field.name}" has no argument "{name}"'
    for name, argument in field.arguments.items():
        if isinstance(argument.type, NonNull) and argument.default is None and name not in given:
            yield f'the field "{field.name}" needs its argument "{name}"'


@lru_cache(maxsize=4096)
def parse_field_set(text: str) -> SelectionSetNode:
    """Parse a field set, which is a selection set without its braces.

    Raises:
        GraphQLError: it is none.
    """
    document = parse("{" + text + "}", no_location=True)
    operation = document.definitions[0]
    if len(document.definitions) != 1 or not isinstance(operation, OperationDefinitionNode):
        raise GraphQLError("It is not one selection.")
    return operation.selection_set
