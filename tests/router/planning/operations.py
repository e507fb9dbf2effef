"""Random operations on a schema: aliases, fragments, conditions, arguments."""

from __future__ import annotations

import random
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_input_object_type,
    is_non_null_type,
    is_union_type,
    parse,
    validate,
)

_VARIABLES = ("v", "w")


class Operations:
    """Makes operations from a seed; the same seed gives the same operation."""

    def __init__(self, schema: GraphQLSchema, seed: int, *, depth: float = 4, width: int = 4) -> None:
        self._schema = schema
        self._random = random.Random(seed)
        self._depth = depth
        self._width = width

    def query(self) -> tuple[str, dict[str, Any]]:
        """Give a valid operation and its variables."""
        while True:
            kind = self._schema.query_type
            text = self._selection(kind, self._depth)
            used = [name for name in _VARIABLES if f"${name}" in text]
            head = f"query({', '.join(f'${name}: Boolean!' for name in used)})" if used else "query"
            query = f"{head} {text}"
            if not validate(self._schema, parse(query)):
                return query, {name: self._random.random() < 0.5 for name in used}

    def _selection(self, kind: Any, depth: float) -> str:
        parts = [self._part(kind, depth) for _ in range(self._random.randint(1, self._width))]
        return f"{{ {' '.join(part for part in parts if part) or '__typename'} }}"

    def _part(self, kind: Any, depth: float) -> str:
        if is_abstract_type(kind) and depth > -0.5 and self._random.random() < 0.6:
            return self._fragment(kind, depth)
        if depth > -0.5 and self._random.random() < 0.08:
            return f"...{self._condition()} {self._selection(kind, depth - 0.4)}"
        if is_union_type(kind) or self._random.random() < 0.1:
            return self._random.choice(["__typename", "t: __typename"])
        return self._field(kind, depth)

    def _fragment(self, kind: Any, depth: float) -> str:
        possible = self._schema.get_possible_types(kind)
        options = [item.name for item in possible]
        options += [item.name for concrete in possible for item in concrete.interfaces]
        name = self._random.choice(sorted(options))
        return f"... on {name}{self._condition()} {self._selection(self._schema.type_map[name], depth - 0.4)}"

    def _condition(self) -> str:
        if self._random.random() < 0.85:
            return ""
        return f" @{self._random.choice(['include', 'skip'])}(if: ${self._random.choice(_VARIABLES)})"

    def _field(self, kind: Any, depth: float) -> str:
        names = [
            name for name, item in kind.fields.items() if depth > 0 or not is_composite_type(get_named_type(item.type))
        ]
        if not names:
            return "__typename"
        name = self._random.choice(sorted(names))
        field = kind.fields[name]
        alias = f"{self._random.choice(['x', 'y', 'id', name + 'z'])}: " if self._random.random() < 0.15 else ""
        text = f"{alias}{name}{self._arguments(field)}{self._condition()}"
        named = get_named_type(field.type)
        return f"{text} {self._selection(named, depth - 1)}" if is_composite_type(named) else text

    def _arguments(self, field: GraphQLField) -> str:
        given = []
        for name, argument in field.args.items():
            named = get_named_type(argument.type)
            if is_input_object_type(named) or not (is_non_null_type(argument.type) or self._random.random() < 0.5):
                continue
            value = {"Int": "7", "Boolean": "true"}.get(named.name, f'"{self._random.choice("pq")}"')
            given.append(f"{name}: {value}")
        return f"({', '.join(given)})" if given else ""
