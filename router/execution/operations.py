"""Operations compiled once: parsed, validated, planned, and ready to run."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Protocol

from graphql import (
    DocumentNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    OverlappingFieldsCanBeMergedRule,
    parse,
    specified_rules,
    validate,
)
from graphql.validation.validate import ValidationAbortedError

from router.errors import RequestError
from router.execution.fetching import FetchProgram
from router.execution.introspection import Introspection
from router.execution.overlapping_fields import OverlappingFieldsRule
from router.execution.projection import Projector
from router.execution.recent import OperationKey, Recent
from router.execution.refusal import InvalidRequest
from router.execution.request import EngineSettings, GraphQLResult
from router.execution.schedule import Schedule
from router.execution.variables import Variables
from router.planning.plan import QueryPlan

__all__ = ["CompiledOperation", "OperationCache", "Planner"]


class Planner(Protocol):
    """Turns a valid document into a plan."""

    def plan(self, document: DocumentNode, operation_name: str | None) -> QueryPlan:
        """Plan one operation of a document.

        Raises:
            RequestError: no plan answers it.
        """
        ...


class CompiledOperation:
    """What runs one operation, whatever its variables.

    Attributes:
        kind: query, mutation or subscription.
        plan: the plan.
        variables: checks a request's variables.
        program: the plan's fetches.
        schedule: the order of the fetches.
        projector: makes the response.
        introspection: the part that the router answers itself.
        uses: how often it was asked for.
        constant: the response, where it depends on nothing but the schema and has been made once.
    """

    __slots__ = ("constant", "introspection", "kind", "plan", "program", "projector", "schedule", "uses", "variables")

    def __init__(self, plan: QueryPlan, *, schema: GraphQLSchema, variables: Variables) -> None:
        self.kind = plan.operation
        self.plan = plan
        self.variables = variables
        self.program = FetchProgram(plan)
        is_subscription = plan.operation is OperationType.SUBSCRIPTION
        self.schedule = Schedule(plan.steps, ended=frozenset({0}) if is_subscription else frozenset())
        self.projector = Projector(plan.projection, plan.steps)
        self.introspection = None if plan.introspection is None else Introspection(schema, plan.introspection)
        self.uses = 1
        self.constant: GraphQLResult | None = None


class OperationCache:
    """Compiled operations by document and operation name, and why others were refused; the latest of both are kept.

    Compiling does not await: an operation that many ask for at once is planned once.
    """

    def __init__(self, schema: GraphQLSchema, planner: Planner, settings: EngineSettings) -> None:
        self._schema = schema
        self._planner = planner
        self._settings = settings
        self._rules = [
            OverlappingFieldsRule if rule is OverlappingFieldsCanBeMergedRule else rule for rule in specified_rules
        ]
        if not settings.introspection:
            self._rules.append(NoSchemaIntrospectionCustomRule)
        self._compiled = Recent[CompiledOperation](
            max_count=settings.cached_operations, max_characters=settings.cached_characters
        )
        self._refused = Recent[tuple[RequestError, ...]](
            max_count=settings.cached_operations // 8, max_characters=settings.cached_characters // 8
        )

    def get(self, query: str, operation_name: str | None) -> CompiledOperation:
        """Find or compile an operation.

        Raises:
            RequestError: the document is wrong, has no such operation, or no plan answers it.
        """
        key = (query, operation_name)
        operation = self._compiled.get(key)
        if operation is not None:
            operation.uses += 1
            return operation
        refused = self._refused.get(key)
        if refused is not None:
            raise InvalidRequest(refused)
        try:
            operation = self._compile_bounded(query, operation_name)
        except RequestError as error:
            self._refused.put(key, error.errors if isinstance(error, InvalidRequest) else (error,))
            raise
        self._compiled.put(key, operation)
        return operation

    def most_used(self, count: int) -> list[OperationKey]:
        """Give the documents and operation names that are asked for most, the first of them first."""
        most = heapq.nlargest(count, self._compiled.items(), key=lambda item: item[1].uses)
        return [key for key, _ in most]

    def _compile_bounded(self, query: str, operation_name: str | None) -> CompiledOperation:
        try:
            return self._compile(query, operation_name)
        except RecursionError as error:
            raise RequestError("The document is nested too deeply.", code="GRAPHQL_VALIDATION_FAILED") from error

    def _compile(self, query: str, operation_name: str | None) -> CompiledOperation:
        document = self._parse(query)
        errors = validate(self._schema, document, self._rules)
        if errors:
            if isinstance(errors[0], ValidationAbortedError):
                raise RequestError("The document is too complex.", code="GRAPHQL_VALIDATION_FAILED")
            raise InvalidRequest.of(errors, code="GRAPHQL_VALIDATION_FAILED")
        definition = _operation(document, operation_name)
        if self._schema.get_root_type(definition.operation) is None:
            raise RequestError(
                f"The schema has no {definition.operation.value} operations.", code="GRAPHQL_VALIDATION_FAILED"
            )
        plan = self._planner.plan(document, operation_name)
        return CompiledOperation(
            plan, schema=self._schema, variables=Variables(self._schema, definition.variable_definitions or ())
        )

    def _parse(self, query: str) -> DocumentNode:
        try:
            return parse(query, max_tokens=self._settings.max_tokens)
        except GraphQLSyntaxError as error:
            raise InvalidRequest.of([error], code="GRAPHQL_PARSE_FAILED") from error


def _operation(document: DocumentNode, operation_name: str | None) -> OperationDefinitionNode:
    """Pick the operation (GraphQL specification, section 6.1)."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if operation_name is not None:
        operations = [node for node in operations if node.name and node.name.value == operation_name]
    if len(operations) == 1:
        return operations[0]
    raise RequestError(_resolution_message(operations, operation_name), code="OPERATION_RESOLUTION_FAILURE")


def _resolution_message(operations: Sequence[OperationDefinitionNode], operation_name: str | None) -> str:
    if operation_name is not None:
        return f"The document has no operation named {operation_name!r}."
    return "The document has several operations: name one." if operations else "The document has no operation."
