"""Random operations on the catalogue, against the same data behind one plain schema."""

from __future__ import annotations

import pytest
from graphql import parse

from router.planning import Planner, print_plan
from tests.router.planning.catalogue import CATALOGUE
from tests.router.planning.graphs import catalogued
from tests.router.planning.operations import Operations
from tests.router.planning.oracle import check
from tests.router.planning.world import World

pytestmark = pytest.mark.property


@pytest.mark.parametrize("topic", sorted(CATALOGUE))
async def test_random_operations_are_answered_as_by_one_schema(topic: str) -> None:
    supergraph = catalogued(topic)
    worlds = [World(supergraph, nulls=nulls) for nulls in (True, False)]
    for seed in range(10):
        operation, variables = Operations(supergraph.api_schema, seed, depth=1 + seed % 4, width=1 + seed % 4).query()
        await check(worlds[seed % 2], operation, variables)


@pytest.mark.parametrize("topic", sorted(CATALOGUE))
def test_the_same_operation_gives_the_same_plan(topic: str) -> None:
    supergraph = catalogued(topic)
    operation, _ = Operations(supergraph.api_schema, 7).query()
    first, second = (print_plan(Planner(supergraph).plan(parse(operation))) for _ in range(2))
    assert first == second
