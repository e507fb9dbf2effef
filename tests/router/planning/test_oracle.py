"""Random operations, on the catalogue and on random graphs, against the same data behind one plain schema."""

from __future__ import annotations

import os

import pytest
from graphql import parse

from router.composition import CompositionFailed
from router.planning import Planner, print_plan
from tests.router.planning.catalogue import CATALOGUE
from tests.router.planning.graphs import catalogued, supergraph_of
from tests.router.planning.operations import Operations
from tests.router.planning.oracle import check
from tests.router.planning.random_graphs import RandomGraph
from tests.router.planning.shape import missing
from tests.router.planning.world import World

pytestmark = pytest.mark.property

# How many random graphs: a fixed few in the suite, thousands by `make fuzz`.
GRAPHS = int(os.environ.get("EVENTIO_FUZZ_GRAPHS", "20"))

_PARTIAL = {"unions"}  # types that not every source has are dropped from the plan, and null in the answer


@pytest.mark.parametrize("topic", sorted(CATALOGUE))
async def test_random_operations_are_answered_as_by_one_schema(topic: str) -> None:
    supergraph = catalogued(topic)
    worlds = [World(supergraph, nulls=nulls) for nulls in (True, False)]
    for seed in range(10):
        operation, variables = Operations(supergraph.api_schema, seed, depth=1 + seed % 4, width=1 + seed % 4).query()
        await check(worlds[seed % 2], operation, variables)
        if topic not in _PARTIAL:
            assert missing(supergraph, Planner(supergraph).plan(parse(operation))) == []


@pytest.mark.parametrize("seed", range(0, 2 * GRAPHS, 2))
async def test_random_graphs_are_answered_as_by_one_schema(seed: int) -> None:
    try:
        supergraph = supergraph_of(**RandomGraph(seed).subgraphs())
    except CompositionFailed:
        return  # a graph that does not compose is never served
    worlds = [World(supergraph, nulls=nulls) for nulls in (True, False)]
    for number in range(6):
        operation, variables = Operations(supergraph.api_schema, number, depth=1 + number % 4, width=3).query()
        await check(worlds[number % 2], operation, variables)


@pytest.mark.parametrize("topic", sorted(CATALOGUE))
def test_the_same_operation_gives_the_same_plan(topic: str) -> None:
    supergraph = catalogued(topic)
    operation, _ = Operations(supergraph.api_schema, 7).query()
    first, second = (print_plan(Planner(supergraph).plan(parse(operation))) for _ in range(2))
    assert first == second
