"""Random operations with @defer at random places: all responses together are the response without @defer."""

from __future__ import annotations

import os
import random
from typing import Any

import orjson
import pytest
from graphql import parse, validate

from router.composition import CompositionFailed
from router.execution.engine import Engine
from router.execution.incremental_formats import IncrementalFormat
from router.execution.request import GraphQLRequest, RequestContext
from router.transport.base import SubgraphRequest
from router.transport.mock import MockTransport
from tests.router.deferral.deferring import Client, Deferring
from tests.router.oracle.compare import Case, Graph
from tests.router.oracle.operations import random_operation
from tests.router.oracle.reading import Federation
from tests.router.oracle.spreading import random_subgraphs
from tests.router.oracle.strict import StrictSubgraph
from tests.router.oracle.truth import Truth
from tests.router.planning.catalogue import CATALOGUE

pytestmark = pytest.mark.property

# How many random graphs: a fixed few in the suite, thousands by `make fuzz GRAPHS=…`. About a third of them compose.
_GRAPHS = int(os.environ.get("EVENTIO_FUZZ_GRAPHS", "16"))


def _engine(graph: Graph, complaints: list[str], *, nulls: bool) -> Engine:
    federation = Federation(graph.subgraphs, labels=frozenset())
    truth = Truth(federation, nulls=nulls, absences=False)
    strict = {name: StrictSubgraph(name, sdl, federation, truth) for name, sdl in graph.subgraphs.items()}

    def answer(request: SubgraphRequest) -> bytes:
        body = orjson.loads(request.body)
        subgraph = strict[request.subgraph]
        found = orjson.dumps(subgraph.answer(body["query"], body.get("variables") or {}))
        complaints.extend(subgraph.complaints)
        subgraph.complaints.clear()
        return found

    return Engine(graph.supergraph, planner=graph.planner, transport=MockTransport(dict.fromkeys(strict, answer)))


async def _check(graph: Graph, case: Case) -> bool:
    """Compare; tell whether anything was deferred."""
    if validate(graph.supergraph.api_schema, parse(case.operation)):
        return False  # at the root of a mutation nothing can be deferred
    complaints: list[str] = []
    engine = _engine(graph, complaints, nulls=case.nulls)
    request = GraphQLRequest(case.operation, variables=dict(case.variables))
    whole = orjson.loads((await engine.execute(request, RequestContext())).body)
    if "errors" in whole or complaints:
        return False  # null that bubbles stops at a deferred fragment: then the responses differ
    for wanted in IncrementalFormat:
        stream = engine.deliver(request, RequestContext(), wanted=wanted)
        if stream is None:
            return False
        client = Client()
        client.take_all([orjson.loads(body) async for body in stream])
        assert (client.data, client.errors) == (whole["data"], []), case.operation
    assert complaints == [], case.operation
    return True


async def _run_on(graph: Graph, seed: str, *, count: int) -> int:
    draw = random.Random(seed)
    deferred = 0
    for number in range(count):
        operation: str
        variables: dict[str, Any]
        operation, variables = random_operation(graph.supergraph.api_schema, draw)
        operation, variables = Deferring(number).operation(operation, variables)
        deferred += await _check(graph, Case(operation, variables, nulls=draw.random() < 0.5))
    return deferred


@pytest.mark.parametrize("topic", sorted(CATALOGUE))
async def test_all_responses_together_are_the_response_without_defer(topic: str) -> None:
    assert await _run_on(Graph(CATALOGUE[topic]), topic, count=8) > 0


@pytest.mark.parametrize("seed", range(_GRAPHS))
async def test_that_holds_on_random_graphs(seed: int) -> None:
    graph = Graph(random_subgraphs(random.Random(seed)))
    try:
        await _run_on(graph, str(seed), count=6)
    except CompositionFailed:
        return  # a graph that does not compose is never served
