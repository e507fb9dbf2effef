"""Operations compiled once: parsed, validated, planned, and ready to run."""

from __future__ import annotations

import heapq
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from graphql import (
    DocumentNode,
    GraphQLError,
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
from router.execution.exactness import needs_exact_numbers, ordinary_fields
from router.execution.fetching import FetchProgram
from router.execution.incremental import DeferredProgram
from router.execution.introspection import Introspection
from router.execution.labels import OverrideLabels
from router.execution.overlapping_fields import OverlappingFieldsRule
from router.execution.projection import Projector
from router.execution.recent import OperationKey, Recent
from router.execution.refusal import InvalidRequest
from router.execution.request import NOBODY, EngineSettings, GraphQLResult, RequestContext
from router.execution.schedule import Schedule
from router.execution.variables import Variables
from router.planning.deferred_fragments import deferring_variables
from router.planning.plan import QueryPlan
from router.planning.variants import PLAIN, Variant, Variation

__all__ = ["CompiledOperation", "LaterOperations", "OperationCache", "Planner"]

_LATER_PLANS = 16
"""How many plans of one operation are kept that differ in what is deferred."""

_VARIANTS = 64
"""How many plans of one operation are kept: one for each case of who asks and which labels are active."""


_COMPARED_NAMES = 10_000
"""How many pairs of names are compared to suggest similar ones; each takes some 50 µs."""


class Planner(Protocol):
    """Turns a valid document into a plan."""

    def variation(self, document: DocumentNode, operation_name: str | None) -> Variation | None:
        """Say what the plan depends on beside the document; None where it is the same for everybody.

        Raises:
            RequestError: no plan answers it.
        """
        ...

    def plan(
        self,
        document: DocumentNode,
        operation_name: str | None,
        *,
        variant: Variant = PLAIN,
        deferred: Mapping[str, bool] | None = None,
    ) -> QueryPlan:
        """Plan one operation of a document.

        Args:
            document: valid.
            operation_name: which operation; None where there is one only.
            variant: what the caller may not have, and which labels are active.
            deferred: None where everything is to come at once; otherwise the values of the variables that decide
                which fragments with `@defer` come later.

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
        later: finds the operation with its fragments deferred; None where it defers nothing.
        deferred: what comes after the first response, where this is such an operation.
    """

    __slots__ = (
        "constant",
        "deferred",
        "introspection",
        "kind",
        "later",
        "plan",
        "program",
        "projector",
        "schedule",
        "uses",
        "variables",
    )

    def __init__(self, plan: QueryPlan, *, schema: GraphQLSchema, variables: Variables, exact: bool) -> None:
        self.kind = plan.operation
        self.plan = plan
        self.variables = variables
        self.program = FetchProgram(plan, exact=exact)
        is_subscription = plan.operation is OperationType.SUBSCRIPTION
        self.schedule = Schedule(plan.steps, ended=frozenset({0}) if is_subscription else frozenset())
        self.projector = Projector(plan.projection, plan.steps)
        self.introspection = None if plan.introspection is None else Introspection(schema, plan.introspection)
        self.uses = 1
        self.constant: GraphQLResult | None = None
        self.later: LaterOperations | None = None
        self.deferred = None if plan.deferral is None else DeferredProgram(plan, plan.deferral, self.projector)


class LaterOperations:
    """An operation with its fragments deferred, by the variables that decide which of them are."""

    def __init__(self, plan: Callable[[Mapping[str, bool]], CompiledOperation], names: Sequence[str]) -> None:
        """Begin with nothing planned.

        Args:
            plan: plans the operation for values of the variables.
            names: of these variables.
        """
        self._plan = plan
        self._names = names
        self._known: OrderedDict[tuple[bool, ...], CompiledOperation | None] = OrderedDict()

    def get(self, variables: Mapping[str, Any]) -> CompiledOperation | None:
        """Find or plan it; None where with these variables nothing comes later."""
        key = tuple(variables.get(name) is True for name in self._names)
        if key not in self._known:
            self._known[key] = self._planned(key)
            if len(self._known) > _LATER_PLANS:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return self._known[key]

    def _planned(self, key: tuple[bool, ...]) -> CompiledOperation | None:
        try:
            operation = self._plan(dict(zip(self._names, key, strict=True)))
        except RequestError:
            return None
        return operation if operation.deferred is not None else None


@dataclass(slots=True)
class VariedOperation:
    """An operation whose plan depends on who asks.

    Attributes:
        document: parsed and valid.
        definition: the one operation of it that runs.
        by_variant: its plans, or why there is none; those not used for longest are forgotten first.
        uses: how often it was asked for.
    """

    document: DocumentNode
    definition: OperationDefinitionNode
    variation: Variation
    by_variant: OrderedDict[Variant, CompiledOperation | RequestError]
    uses: int = 1

    @property
    def kind(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.definition.operation


class OperationCache:
    """Compiled operations by document and operation name, and why others were refused; the latest of both are kept.

    Compiling does not await: an operation that many ask for at once is planned once. An operation whose plan depends on
    the caller or on override labels has a plan for each case that came up, any other has one for all.
    """

    def __init__(self, schema: GraphQLSchema, planner: Planner, settings: EngineSettings) -> None:
        self._schema = schema
        self._planner = planner
        self._settings = settings
        self._names = _longest_list_of_names(schema)
        self._ordinary_fields = ordinary_fields(schema)
        self._rules = [
            OverlappingFieldsRule if rule is OverlappingFieldsCanBeMergedRule else rule for rule in specified_rules
        ]
        if not settings.introspection:
            self._rules.append(NoSchemaIntrospectionCustomRule)
        self._labels = OverrideLabels(settings.labels)
        self._compiled = Recent[CompiledOperation | VariedOperation](
            max_count=settings.cached_operations, max_characters=settings.cached_characters
        )
        self._refused = Recent[tuple[RequestError, ...]](
            max_count=settings.cached_operations // 8, max_characters=settings.cached_characters // 8
        )

    def get(self, query: str, operation_name: str | None, context: RequestContext = NOBODY) -> CompiledOperation:
        """Find or compile an operation for a request.

        Raises:
            RequestError: the document is wrong, has no such operation, or no plan answers it.
        """
        operation = self._find(query, operation_name)
        if isinstance(operation, CompiledOperation):
            return operation
        return self._variant(operation, context)

    def kind_of(self, query: str, operation_name: str | None) -> OperationType:
        """Say what kind an operation is, whoever asks. Raises as `get`."""
        return self._find(query, operation_name).kind

    def _find(self, query: str, operation_name: str | None) -> CompiledOperation | VariedOperation:
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

    def _variant(self, varied: VariedOperation, context: RequestContext) -> CompiledOperation:
        """Give the plan for a request's caller and labels."""

        def active(labels: frozenset[str]) -> frozenset[str]:
            return self._labels.among(labels, given=context.labels, key=context.label_key)

        variant = varied.variation.variant(context.caller, active)
        operation = varied.by_variant.get(variant)
        if operation is None:
            operation = varied.by_variant[variant] = self._compile_variant(varied, variant)
            if len(varied.by_variant) > _VARIANTS:
                varied.by_variant.popitem(last=False)
        varied.by_variant.move_to_end(variant)
        if isinstance(operation, RequestError):
            raise InvalidRequest((operation,))
        return operation

    def _compile_variant(self, varied: VariedOperation, variant: Variant) -> CompiledOperation | RequestError:
        try:
            return self._planned(varied.document, varied.definition, variant)
        except RequestError as error:
            return error

    def most_used(self, count: int) -> list[OperationKey]:
        """Give the documents and operation names that are asked for most, the first of them first."""
        most = heapq.nlargest(count, self._compiled.items(), key=lambda item: item[1].uses)
        return [key for key, _ in most]

    def _compile_bounded(self, query: str, operation_name: str | None) -> CompiledOperation | VariedOperation:
        try:
            return self._compile(query, operation_name)
        except RecursionError as error:
            raise RequestError("The document is nested too deeply.", code="GRAPHQL_VALIDATION_FAILED") from error

    def _compile(self, query: str, operation_name: str | None) -> CompiledOperation | VariedOperation:
        document = self._parse(query)
        errors = self._validate(document)
        if errors:
            if isinstance(errors[0], ValidationAbortedError):
                raise RequestError("The document is too complex.", code="GRAPHQL_VALIDATION_FAILED")
            raise InvalidRequest.of(errors, code="GRAPHQL_VALIDATION_FAILED")
        definition = _operation(document, operation_name)
        if self._schema.get_root_type(definition.operation) is None:
            raise RequestError(
                f"The schema has no {definition.operation.value} operations.", code="GRAPHQL_VALIDATION_FAILED"
            )
        variation = self._planner.variation(document, operation_name)
        if variation is not None:
            return VariedOperation(document, definition, variation, OrderedDict())
        return self._planned(document, definition)

    def _validate(self, document: DocumentNode) -> list[GraphQLError]:
        """Validate, with suggestions of similar names where they cost little.

        For each unknown name each known one is compared letter by letter: hundreds of the one and thousands of the
        other would take half a minute. Where there is no introspection suggestions would give away what it hides.
        """
        errors = validate(self._schema, document, self._rules, hide_suggestions=True)
        if not errors or not self._settings.introspection or len(errors) * self._names > _COMPARED_NAMES:
            return errors
        return validate(self._schema, document, self._rules)

    def _planned(
        self, document: DocumentNode, definition: OperationDefinitionNode, variant: Variant = PLAIN
    ) -> CompiledOperation:
        """Plan and compile an operation for one kind of caller."""
        name = definition.name.value if definition.name is not None else None
        variables = Variables(self._schema, definition.variable_definitions or ())
        operation = self._compiled_from(self._planner.plan(document, name, variant=variant), variables)
        names = deferring_variables(document)
        if names is not None and operation.kind is not OperationType.SUBSCRIPTION:

            def plan_later(values: Mapping[str, bool]) -> CompiledOperation:
                later = self._planner.plan(document, name, variant=variant, deferred=values)
                return self._compiled_from(later, variables)

            operation.later = LaterOperations(plan_later, names)
        return operation

    def _compiled_from(self, plan: QueryPlan, variables: Variables) -> CompiledOperation:
        exact = needs_exact_numbers(plan, self._ordinary_fields)
        return CompiledOperation(plan, schema=self._schema, variables=variables, exact=exact)

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


def _longest_list_of_names(schema: GraphQLSchema) -> int:
    """Count the types, or a type's fields or values where these are more: what one unknown name is compared with."""
    lists = [schema.type_map]
    for declared in schema.type_map.values():
        lists += [getattr(declared, "fields", {}), getattr(declared, "values", {})]
    return max(map(len, lists))
