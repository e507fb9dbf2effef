"""Introspection: answered by graphql-core from the API schema (rule 41), within bounds."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from graphql import ExecutionResult, GraphQLError, GraphQLSchema, Undefined, execute_sync, parse
from graphql.execution import Executor

from router.planning.plan import IntrospectionStep

__all__ = ["Introspection"]

_FIELDS: Final = 10_000
_FIELDS_FOR_AN_ELEMENT: Final = 100
"""How many fields may be answered, whatever the schema, and for each type, field, argument and value in it.

The query that tools send takes about ten for an element. With aliases, a document of the longest that is accepted could
ask for the whole schema hundreds of times: minutes of work.
"""


class Introspection:
    """The introspection part of one operation."""

    def __init__(self, schema: GraphQLSchema, step: IntrospectionStep) -> None:
        self._schema = schema
        self._document = parse(step.document)
        self._names = step.variables
        self._kept: ExecutionResult | None = None

    async def answer(self, variables: Mapping[str, Any]) -> ExecutionResult:
        """Give the part's data and errors, under internal keys; what depends on no variable is found out once.

        It is found out in a thread: of a large schema it takes seconds, in which others are served.
        """
        if self._kept is not None:
            return self._kept
        given = {name: variables[name] for name in self._names if name in variables}
        result = await asyncio.to_thread(self._execute, given)
        if not self._names:
            self._kept = result
        return result

    def _execute(self, variables: dict[str, Any]) -> ExecutionResult:
        budget = _Budget(_FIELDS + _FIELDS_FOR_AN_ELEMENT * _elements(self._schema))
        result = execute_sync(
            self._schema, self._document, variable_values=variables, executor_class=_bounded_executor(budget)
        )
        if budget.left < 0:
            return ExecutionResult(None, [GraphQLError("The operation asks for too much of the schema.")])
        return result


class _Budget:
    """How many fields may still be answered; below zero, some were not."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left


def _bounded_executor(budget: _Budget) -> type[Executor[Any]]:
    """Make an executor that leaves fields out once the budget is used."""

    class BoundedExecutor(Executor[Any]):
        def execute_field(self, *arguments: Any) -> Any:
            budget.left -= 1
            return Undefined if budget.left < 0 else super().execute_field(*arguments)

    return BoundedExecutor


def _elements(schema: GraphQLSchema) -> int:
    """Count types with their fields, arguments and values."""
    count = 0
    for declared in schema.type_map.values():
        fields = getattr(declared, "fields", {})
        count += 1 + len(fields) + len(getattr(declared, "values", {}))
        count += sum(len(getattr(field, "args", {})) for field in fields.values())
    return count
