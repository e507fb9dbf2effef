"""Random valid operations on a schema: aliases, fragments inside fragments, conditions, arguments, variables."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLSchema,
    get_named_type,
    get_operation_ast,
    is_abstract_type,
    is_composite_type,
    is_non_null_type,
    is_union_type,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

__all__ = ["random_operation"]

_CONDITIONS = ("v", "w")
_ALIASES = ("x", "y", "id", "k", "f0", "f1")
_VALUES = {
    "n": ("7", "3", "$n", "$m", "null"),
    "c": ("RED", "GREEN", "$c"),
    "by": ('{text: "a\\"b"}', "{n: 2}", "{n: $n, colours: [RED]}", "$by"),
    "s": ('["p"]', "[]", '["p", "q"]'),
}
_DEFINITIONS = {
    "v": "$v: Boolean!",
    "w": "$w: Boolean = false",
    "n": "$n: Int",
    "m": "$m: Int = 11",
    "c": "$c: Colour = BLUE",
    "by": "$by: By",
}
_TRIES = 40


def random_operation(schema: GraphQLSchema, draw: random.Random) -> tuple[str, dict[str, Any]]:
    """Draw an operation and its variables."""
    for _ in range(_TRIES):
        made = _Writer(schema, draw, depth=draw.randint(1, 4), width=draw.randint(1, 4)).write()
        if made is not None:
            return made
    return "{ __typename }", {}


class _Writer:
    def __init__(self, schema: GraphQLSchema, draw: random.Random, *, depth: int, width: int) -> None:
        self._schema = schema
        self._draw = draw
        self._depth = depth
        self._width = width
        self._fragments: dict[str, str] = {}
        # Conditions make orders and other things harder to compare: most operations have none.
        self._conditions = draw.random() < 0.3
        self._conflicts = draw.random() < 0.5

    def _some(self, share: float) -> bool:
        return self._draw.random() < share

    def write(self) -> tuple[str, dict[str, Any]] | None:
        kind, word = self._schema.query_type, "query"
        if self._schema.mutation_type is not None and self._some(0.25):
            kind, word = self._schema.mutation_type, "mutation"
        selection = self._selection(kind, self._depth)
        text = " ".join([selection, *self._fragments.values()])
        used = [name for name in _DEFINITIONS if any(f"${name}{end}" in text for end in ",) ]}")]
        head = f"{word} ({', '.join(_DEFINITIONS[name] for name in used)})" if used else word
        operation = f"{head} {text}"
        problems = validate(self._schema, parse(operation))
        return None if problems else self._with_values(operation, used)

    def _with_values(self, operation: str, used: list[str]) -> tuple[str, dict[str, Any]] | None:
        variables = dict(self._given(used))
        node = get_operation_ast(parse(operation))
        definitions = node.variable_definitions or () if node is not None else ()
        refused = isinstance(get_variable_values(self._schema, definitions, variables), list)
        return None if refused else (operation, variables)

    def _given(self, used: list[str]) -> Iterator[tuple[str, Any]]:
        values: dict[str, list[Any]] = {
            "n": [5, None],
            "m": [1, 11],
            "c": ["GREEN", "RED"],
            "by": [{"text": "t"}, {"n": 1, "colours": ["RED"]}],
        }
        for name in used:
            if name == "v" or (name == "w" and self._some(0.7)):
                yield name, self._some(0.5)
            elif name in values and self._some(0.7):
                yield name, self._draw.choice(values[name])

    # ---- selections -------------------------------------------------------------------------------------------------
    def _selection(self, kind: Any, depth: float) -> str:
        parts = [self._part(kind, depth) for _ in range(self._draw.randint(1, self._width))]
        return f"{{ {' '.join(part for part in parts if part) or '__typename'} }}"

    def _part(self, kind: Any, depth: float) -> str:
        if is_abstract_type(kind) and depth > -0.5 and self._some(0.55):
            return self._fragment(kind, depth)
        if depth > -0.5 and self._some(0.08):
            return f"...{self._condition()} {self._selection(kind, depth - 0.4)}"
        if depth > -0.5 and not is_union_type(kind) and kind.interfaces and self._some(0.08):
            name = self._draw.choice(sorted(item.name for item in kind.interfaces))
            return f"... on {name}{self._condition()} {self._selection(self._schema.type_map[name], depth - 0.4)}"
        if is_union_type(kind) or self._some(0.1):
            return self._draw.choice(["__typename", "t: __typename", "id: __typename"])
        return self._field(kind, depth)

    def _fragment(self, kind: Any, depth: float) -> str:
        possible = self._schema.get_possible_types(kind)
        options = {item.name for item in possible} | {
            item.name for concrete in possible for item in concrete.interfaces
        }
        options |= {
            name
            for name, other in self._schema.type_map.items()
            if is_union_type(other) and set(other.types) & set(possible) and self._some(0.3)
        }
        if not options:
            return "__typename"
        name = self._draw.choice(sorted(options))
        selection = self._selection(self._schema.type_map[name], depth - 0.4)
        if self._some(0.15):
            fragment = f"F{len(self._fragments)}"
            self._fragments[fragment] = f"fragment {fragment} on {name} {selection}"
            return f"...{fragment}{self._condition()}"
        return f"... on {name}{self._condition()} {selection}"

    def _condition(self) -> str:
        if not self._conditions or self._some(0.75):
            return ""
        value = self._draw.choice(["$v", "$w", "$v", "$w", "true", "false"])
        return f" @{self._draw.choice(['include', 'skip'])}(if: {value})"

    def _field(self, kind: Any, depth: float) -> str:
        names = [
            name for name, item in kind.fields.items() if depth > 0 or not is_composite_type(get_named_type(item.type))
        ]
        if not names:
            return "__typename"
        name = self._draw.choice(sorted(names))
        field = kind.fields[name]
        alias = ""
        if self._conflicts and self._some(0.2):
            alias = f"{self._draw.choice([*_ALIASES, name + 'z'])}: "
        text = f"{alias}{name}{self._arguments(field)}{self._condition()}"
        named = get_named_type(field.type)
        return f"{text} {self._selection(named, depth - 1)}" if is_composite_type(named) else text

    def _arguments(self, field: GraphQLField) -> str:
        given = [
            f"{name}: {self._value(name, get_named_type(argument.type).name)}"
            for name, argument in field.args.items()
            if is_non_null_type(argument.type) or self._some(0.6)
        ]
        return f"({', '.join(given)})" if given else ""

    def _value(self, name: str, kind: str) -> str:
        return self._draw.choice(_VALUES.get(name) or (("7", "8") if kind == "Int" else ('"p"', '"q"')))
