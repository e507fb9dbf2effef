"""The router against one plain schema, with the same truth behind both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson
from graphql import FieldNode, OperationType, execute_sync, get_operation_ast, parse, validate

from router.composition import SubgraphSource, compose
from router.execution.engine import Engine
from router.execution.request import GraphQLRequest, RequestContext
from router.planning.plan import QueryPlan
from router.supergraph import Supergraph, load_supergraph
from router.transport.base import SubgraphRequest
from router.transport.mock import MockTransport
from tests.router.oracle.reading import Federation
from tests.router.oracle.strict import StrictSubgraph
from tests.router.oracle.truth import Thing, Truth
from tests.router.planning.shape import CheckedPlanner

__all__ = ["Case", "Graph", "Outcome", "composed"]

LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requires", "@provides", '
    '"@external", "@shareable", "@override", "@inaccessible", "@interfaceObject", "@tag"])\n'
)


def composed(subgraphs: Mapping[str, str]) -> Supergraph:
    """Compose subgraphs, given by name and types.

    Raises:
        CompositionFailed: they do not go together.
    """
    sources = [SubgraphSource(name, f"http://{name}.test/graphql", LINK + sdl) for name, sdl in subgraphs.items()]
    return load_supergraph(compose(sources).supergraph_sdl)


@dataclass
class Outcome:
    """What became of one operation.

    Attributes:
        faults: what is wrong; empty where all is well.
        requests: how often each subgraph was asked, in order.
    """

    expected: Any = None
    actual: Any = None
    faults: list[str] = field(default_factory=list)
    requests: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)
    plan: QueryPlan | None = None


@dataclass(frozen=True)
class Case:
    """An operation with all that its answer depends on."""

    operation: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    labels: frozenset[str] = frozenset()
    nulls: bool = True
    absences: bool = False


@dataclass
class Graph:
    """Subgraphs, composed, with the truth behind them."""

    subgraphs: Mapping[str, str]
    _worlds: dict[tuple[frozenset[str], bool, bool], tuple[Federation, Truth]] = field(default_factory=dict)

    @cached_property
    def supergraph(self) -> Supergraph:
        """The supergraph. Raises as `composed`."""
        return composed(self.subgraphs)

    @cached_property
    def planner(self) -> CheckedPlanner:
        """One planner for all operations, as in a router that runs."""
        return CheckedPlanner(self.supergraph)

    def _world(self, case: Case) -> tuple[Federation, Truth]:
        mark = case.labels, case.nulls, case.absences
        if mark not in self._worlds:
            federation = Federation(self.subgraphs, labels=case.labels)
            self._worlds[mark] = federation, Truth(federation, nulls=case.nulls, absences=case.absences)
        return self._worlds[mark]

    def expected(self, case: Case) -> Any:
        """Execute an operation on the plain schema."""
        federation, truth = self._world(case)

        def resolve(source: Thing, info: Any, **arguments: Any) -> Any:
            return shown(truth.value(source, info.field_name, arguments), info.return_type)

        def shown(value: Any, kind: Any) -> Any:
            if isinstance(value, list):
                return [shown(item, kind) for item in value]
            if isinstance(value, Thing):
                return None if federation.is_hidden(value.typename) else value
            return None if value in hidden else value

        hidden = {
            value
            for types in federation.own.values()
            for own in types.values()
            for value, is_hidden in own.values.items()
            if is_hidden
        }
        document = parse(case.operation)
        operation = get_operation_ast(document)
        assert operation is not None
        result = execute_sync(
            self.supergraph.api_schema,
            document,
            Thing(operation.operation.value.capitalize(), ""),
            variable_values=dict(case.variables),
            field_resolver=resolve,
            type_resolver=lambda value, _info, _kind: value.typename,
        )
        return result.data

    async def run(self, case: Case) -> Outcome:
        """Have the router answer an operation, and say what is wrong with that."""
        outcome = Outcome()
        problems = validate(self.supergraph.api_schema, parse(case.operation))
        if problems:
            raise AssertionError(f"the operation is not valid: {problems[0].message}")
        federation, truth = self._world(case)
        truth.impossible = False
        strict = {name: StrictSubgraph(name, sdl, federation, truth) for name, sdl in self.subgraphs.items()}

        def respond(name: str) -> Any:
            def responder(request: SubgraphRequest) -> bytes:
                body = orjson.loads(request.body)
                variables = body.get("variables") or {}
                outcome.requests.append((name, body["query"], variables))
                return orjson.dumps(strict[name].answer(body["query"], variables))

            return responder

        transport = MockTransport({name: respond(name) for name in strict})
        engine = Engine(self.supergraph, planner=self.planner, transport=transport)
        request = GraphQLRequest(case.operation, variables=dict(case.variables))
        context = RequestContext(labels=case.labels)
        result = await engine.execute(request, context)
        answer = orjson.loads(result.body)
        outcome.faults += [item for subgraph in strict.values() for item in subgraph.complaints]
        outcome.expected = self.expected(case)
        outcome.actual = answer
        if _is_refused_conflict(case, answer):
            return outcome
        if "data" not in answer:
            outcome.faults.append(f"no data: {answer.get('errors')}")
        elif answer["data"] != outcome.expected:
            outcome.faults.append("the answers differ")
        elif "@" not in case.operation and json.dumps(answer["data"]) != json.dumps(outcome.expected):
            # A skipped first occurrence moves its field for graphql-core; the router keeps it where it stands.
            outcome.faults.append("the fields' order differs")
        if truth.impossible:
            outcome.faults.clear()
        if "data" in answer:
            outcome.plan = engine.plan_of(request, context)
            outcome.faults += _mutations_out_of_order(case, outcome)
        return outcome


def _is_refused_conflict(case: Case, answer: Mapping[str, Any]) -> bool:
    """Whether two fields cannot be merged that graphql-core lets pass: it does not look at the type of `__typename`."""
    codes = {item.get("extensions", {}).get("code") for item in answer.get("errors", ())}
    return "data" not in answer and "__typename" in case.operation and codes == {"GRAPHQL_VALIDATION_FAILED"}


def _mutations_out_of_order(case: Case, outcome: Outcome) -> list[str]:
    """Compare the mutation fields that subgraphs were asked for with the operation's."""
    document = parse(case.operation)
    operation = get_operation_ast(document)
    if operation is None or operation.operation is not OperationType.MUTATION or not isinstance(outcome.expected, dict):
        return []
    asked = []
    for _, text, _ in outcome.requests:
        sent = get_operation_ast(parse(text))
        if sent is not None and sent.operation is OperationType.MUTATION:
            selections = sent.selection_set.selections
            asked += [(node.alias or node.name).value for node in selections if isinstance(node, FieldNode)]
    asked = [name for name in asked if name in outcome.expected]
    if "@" in case.operation or "..." in case.operation:
        return [] if len(set(asked)) == len(asked) else [f"a mutation runs twice: {asked}"]
    wanted = [name for name in outcome.expected if name in asked]
    return [] if asked == wanted else [f"mutations run as {asked}, not {wanted}"]
