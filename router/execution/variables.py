"""A request's variables against the operation's definitions (GraphQL specification, section 6.1.2).

What goes to subgraphs is what the client gave: coercion here only decides whether it is right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    VariableDefinitionNode,
    is_required_input_field,
    is_specified_scalar_type,
    type_from_ast,
    value_from_ast_untyped,
)
from graphql.execution import get_variable_values

from router.execution.refusal import InvalidRequest

__all__ = ["Variables"]

_Check = Callable[[Any], bool]
"""True only for values that are surely right; false sends them to graphql-core, whose word counts."""

_MAX_ERRORS = 50

_SCALAR_CHECKS: dict[str, _Check] = {
    "ID": lambda value: type(value) is str or type(value) is int,
    "String": lambda value: type(value) is str,
    "Boolean": lambda value: type(value) is bool,
    "Int": lambda value: type(value) is int and GRAPHQL_MIN_INT <= value <= GRAPHQL_MAX_INT,
    "Float": lambda value: type(value) is float or type(value) is int,
}


class Variables:
    """The variables of one operation."""

    def __init__(self, schema: GraphQLSchema, definitions: Sequence[VariableDefinitionNode]) -> None:
        self._schema = schema
        self._definitions = definitions
        checks = _Checks()
        self._compiled: list[tuple[str, _Check, bool, Any]] = []
        for definition in definitions:
            declared: Any = type_from_ast(schema, definition.type)
            default = definition.default_value
            self._compiled.append(
                (
                    definition.variable.name.value,
                    checks.of(declared),
                    default is not None or not isinstance(declared, GraphQLNonNull),
                    None if default is None else (value_from_ast_untyped(default),),
                )
            )

    def __bool__(self) -> bool:
        return bool(self._compiled)

    def coerce(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Check the client's values.

        Returns:
            The values of the operation's variables as the client gave them, the operation's defaults where it gave
            none.

        Raises:
            InvalidRequest: a value is missing or wrong (BAD_USER_INPUT).
        """
        result: dict[str, Any] = {}
        for name, check, is_optional, default in self._compiled:
            if name in values:
                value = result[name] = values[name]
                if not self._is_surely_right(check, value):
                    self._check_by_the_book(values)
            elif default is not None:
                result[name] = default[0]
            elif not is_optional:
                self._check_by_the_book(values)
        return result

    @staticmethod
    def _is_surely_right(check: _Check, value: Any) -> bool:
        try:
            return check(value)
        except (RecursionError, TypeError):
            return False

    def _check_by_the_book(self, values: Mapping[str, Any]) -> None:
        coerced = get_variable_values(
            self._schema, self._definitions, dict(values), max_errors=_MAX_ERRORS, hide_suggestions=True
        )
        if isinstance(coerced, list):
            errors: list[GraphQLError] = coerced
            raise InvalidRequest.of(errors, code="BAD_USER_INPUT")


class _Checks:
    """Compiles the checks of input types; a type that contains itself has one check that calls itself."""

    def __init__(self) -> None:
        self._objects: dict[str, dict[str, tuple[_Check, bool]]] = {}

    def of(self, declared: GraphQLInputType | None) -> _Check:
        if declared is None:
            # A built-in scalar that the schema does not use is no type of it.
            return lambda _: False
        if isinstance(declared, GraphQLNonNull):
            inner = self._nullable(declared.of_type)
            return lambda value: value is not None and inner(value)
        inner = self._nullable(declared)
        return lambda value: value is None or inner(value)

    def _nullable(self, declared: Any) -> _Check:
        if isinstance(declared, GraphQLList):
            item = self.of(declared.of_type)
            return lambda value: type(value) is list and all(map(item, value))
        if isinstance(declared, GraphQLEnumType):
            names = frozenset(declared.values)
            return lambda value: value in names
        if isinstance(declared, GraphQLInputObjectType):
            return self._object(declared)
        if is_specified_scalar_type(declared):
            return _SCALAR_CHECKS[declared.name]
        # Only the subgraph knows what a custom scalar may be.
        return lambda _: True

    def _object(self, declared: GraphQLInputObjectType) -> _Check:
        fields = self._objects.get(declared.name)
        if fields is None:
            fields = self._objects[declared.name] = {}
            for name, field in declared.fields.items():
                fields[name] = (self.of(field.type), is_required_input_field(field))
        if declared.is_one_of:
            return lambda _: False
        known = fields

        def check(value: Any) -> bool:
            if type(value) is not dict or not all(
                name in known and known[name][0](item) for name, item in value.items()
            ):
                return False
            return all(name in value for name, (_, is_required) in known.items() if is_required)

        return check
