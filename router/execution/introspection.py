"""Introspection: answered by graphql-core from the API schema (rule 41)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import ExecutionResult, GraphQLSchema, execute_sync, parse

from router.planning.plan import IntrospectionStep

__all__ = ["Introspection"]


class Introspection:
    """The introspection part of one operation."""

    def __init__(self, schema: GraphQLSchema, step: IntrospectionStep) -> None:
        self._schema = schema
        self._document = parse(step.document)
        self._names = step.variables
        self._kept: ExecutionResult | None = None

    def answer(self, variables: Mapping[str, Any]) -> ExecutionResult:
        """Give the part's data and errors, under internal keys; what depends on no variable is found out once."""
        if self._kept is not None:
            return self._kept
        given = {name: variables[name] for name in self._names if name in variables}
        result = execute_sync(self._schema, self._document, variable_values=given)
        if not self._names:
            self._kept = result
        return result
