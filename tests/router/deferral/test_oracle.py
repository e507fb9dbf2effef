"""Random operations with @defer at random places: all responses together are the response without @defer."""

from __future__ import annotations

import os
from typing import Any

import orjson
import pytest
from graphql import parse, validate

from router.composition import CompositionFailed
from router.execution.incremental_formats import IncrementalFormat
from router.execution.request import GraphQLRequest, RequestContext
from tests.router.deferral.deferring import Client, Deferring
from tests.router.planning.catalogue import CATALOGUE
from tests.router.planning.graphs import catalogued, supergraph_of
from tests.router.planning.operations import Operations
from tests.router.planning.oracle import engine_for
from tests.router.planning.random_graphs import RandomGraph
from tests.router.planning.world import World

pytestmark = pytest.mark.property

GRAPHS = int(os.environ.get("EVENTIO_FUZZ_GRAPHS", "12"))
_TOPICS = sorted(set(CATALOGUE) - {"mutations"})


async def _check(world: World, query: str, variables: dict[str, Any]) -> bool:
    """Compare; tell whether anything was deferred."""
    assert validate(world.supergraph.api_schema, parse(query)) == []
    world.complaints.clear()
    engine = engine_for(world)
    request = GraphQLRequest(query, variables=variables)
    whole = orjson.loads((await engine.execute(request, RequestContext())).body)
    assert "data" in whole
    for wanted in IncrementalFormat:
        stream = engine.deliver(request, RequestContext(), wanted=wanted)
        if stream is None:
            return False
        client = Client()
        client.take_all([orjson.loads(body) async for body in stream])
        assert (client.data, client.errors) == (whole["data"], []), query
    assert world.complaints == []
    return True


@pytest.mark.parametrize("topic", _TOPICS)
async def test_all_responses_together_are_the_response_without_defer(topic: str) -> None:
    supergraph = catalogued(topic)
    worlds = [World(supergraph, nulls=nulls) for nulls in (True, False)]
    deferred = 0
    for seed in range(12):
        operation, variables = Operations(supergraph.api_schema, seed, depth=2 + seed % 3, width=2 + seed % 3).query()
        query, variables = Deferring(seed).operation(operation, variables)
        deferred += await _check(worlds[seed % 2], query, variables)
    assert deferred > 3


@pytest.mark.parametrize("seed", range(1, 2 * GRAPHS, 2))
async def test_that_holds_on_random_graphs(seed: int) -> None:
    try:
        supergraph = supergraph_of(**RandomGraph(seed).subgraphs())
    except CompositionFailed:
        return  # a graph that does not compose is never served
    worlds = [World(supergraph, nulls=nulls) for nulls in (True, False)]
    for number in range(6):
        operation, variables = Operations(supergraph.api_schema, number, depth=2 + number % 3, width=4).query()
        query, variables = Deferring(number).operation(operation, variables)
        await _check(worlds[number % 2], query, variables)
