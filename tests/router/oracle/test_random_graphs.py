"""Random operations on random supergraphs: the router answers as one plain schema over the same data does."""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from router.composition import CompositionFailed
from tests.router.oracle.compare import Case, Graph, Outcome
from tests.router.oracle.operations import random_operation
from tests.router.oracle.reducing import reduce_case
from tests.router.oracle.reporting import write_report
from tests.router.oracle.spreading import random_subgraphs
from tests.router.planning.catalogue import CATALOGUE

pytestmark = pytest.mark.property

# How many random graphs: a fixed few in the suite, thousands by `make fuzz GRAPHS=…`. About a third of them compose.
_SLICES = 4
_GRAPHS = int(os.environ.get("EVENTIO_FUZZ_GRAPHS", "60")) // _SLICES
_OPERATIONS = 6
_REPORTS = Path("reports/fuzz")


def random_case(graph: Graph, draw: random.Random) -> Case:
    operation, variables = random_operation(graph.supergraph.api_schema, draw)
    return Case(
        operation,
        variables,
        labels=frozenset(name for name in ("new", "other") if draw.random() < 0.5),
        nulls=draw.random() < 0.6,
        absences=draw.random() < 0.4,
    )


async def check(graph: Graph, case: Case) -> None:
    """Assert that nothing is wrong with an operation; what is wrong is made small and written to files first."""
    outcome = await graph.run(case)
    if not outcome.faults:
        return
    wanted = _signature(outcome)

    async def is_still_wrong(smaller: Graph, operation: Case) -> bool:
        return _signature(await smaller.run(operation)) == wanted

    graph, case = await reduce_case(graph, case, is_still_wrong)
    pytest.fail(write_report(_REPORTS, graph, case, await graph.run(case)))


def _signature(outcome: Outcome) -> str | None:
    """Tell faults apart, so that reducing one does not end in another."""
    return outcome.faults[0][:60].partition(":")[0] if outcome.faults else None


@pytest.mark.parametrize("part", range(_SLICES))
def test_random_operations_on_random_graphs_are_answered_as_by_one_schema(part: int) -> None:
    # Faults are made small by leaving parts out, which says more than a smaller seed.
    @settings(max_examples=_GRAPHS, phases=(Phase.explicit, Phase.reuse, Phase.generate))
    @given(st.integers(0, 1 << 40))
    def run(number: int) -> None:
        seed = number * _SLICES + part
        graph = Graph(random_subgraphs(random.Random(seed)))
        try:
            asyncio.run(run_on(graph, random.Random(f"operations {seed}")))
        except CompositionFailed:
            return  # a graph that does not compose is never served

    run()


async def run_on(graph: Graph, draw: random.Random, *, count: int = _OPERATIONS) -> None:
    for _ in range(count):
        await check(graph, random_case(graph, draw))


@pytest.mark.parametrize("topic", sorted(CATALOGUE))
async def test_random_operations_are_answered_as_by_one_schema(topic: str) -> None:
    await run_on(Graph(CATALOGUE[topic]), random.Random(topic), count=40)
