"""Our plans against those of other planners: never deeper, and at the same depth never with more requests.

`make peers` runs this; `EVENTIO_PEER_GRAPHS` says on how many random graphs. Where a peer's plan is shallower because
it reads what must not be read, ours is right.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest
from graphql import parse

from bench.router.graphs import Mesh, Shape, supergraph_sdl
from bench.router.operations import operation
from router.composition import CompositionFailed
from router.planning import Planner, print_plan
from router.supergraph import Supergraph, load_supergraph
from tests.router.oracle.compare import composed
from tests.router.oracle.operations import random_operation
from tests.router.oracle.spreading import random_subgraphs
from tests.router.planning.catalogue import CATALOGUE
from tests.router.planning.graphs import catalogued
from tests.router.planning.operations import Operations
from tests.router.planning.peers import NAMES, Peer, installed, measure, unreadable

pytestmark = [
    pytest.mark.peers,
    pytest.mark.skipif(not installed(), reason="`make peers` installs the other planners; they need Node.js"),
]

GRAPHS = int(os.environ.get("EVENTIO_PEER_GRAPHS", "20"))


# Topics whose plans by a peer are wrong, so that they measure nothing.
WRONG = {
    ("hive", "chains"): "asks c by T.code beside the request to b that computes it, instead of after it",
}


class Unconditional(Operations):
    """Without @include and @skip: planners differ in what they call a request that is not made."""

    def _condition(self) -> str:
        return ""


@pytest.fixture(scope="module", params=NAMES)
def peer(request: pytest.FixtureRequest) -> Iterator[Peer]:
    found = Peer(request.param)
    yield found
    found.close()


def compare(peer: Peer, supergraph: Supergraph, text: str) -> str | None:
    """Say what is worse in our plan of an operation; None where nothing is, or the peer has no right plan."""
    made = Planner(supergraph).artefacts(parse(text))
    theirs = peer.plan(supergraph.sdl, text, [{}])
    if theirs.error or measure(made, {}) <= theirs.measures[0] or unreadable(Planner(supergraph).graph, theirs):
        return None
    return f"{text}\n{print_plan(made.plan)}\n{peer.name}:\n{theirs.plan}"


@pytest.mark.parametrize("topic", sorted(CATALOGUE))
def test_no_plan_on_the_catalogue_is_worse(topic: str, peer: Peer) -> None:
    if (peer.name, topic) in WRONG:
        pytest.skip(WRONG[peer.name, topic])
    supergraph = catalogued(topic)
    for seed in range(10):
        text, _ = Unconditional(supergraph.api_schema, seed, depth=1 + seed % 4, width=1 + seed % 4).query()
        assert compare(peer, supergraph, text) is None


@pytest.mark.parametrize("seed", range(GRAPHS))
def test_no_plan_on_a_random_graph_is_worse(seed: int, peer: Peer) -> None:
    draw = random.Random(seed)
    try:
        supergraph = composed(random_subgraphs(draw))
    except CompositionFailed:
        return  # a graph that does not compose is never served
    if 'overrideLabel: "' in supergraph.sdl:
        return  # which labels are active is told to each planner in another way
    for _ in range(8):
        text, _ = random_operation(supergraph.api_schema, draw)
        # What follows from a mutation ends before the next one begins (rule 11): Hive does not wait for it.
        if "@" not in text and not text.startswith("mutation"):
            assert compare(peer, supergraph, text) is None


@pytest.mark.parametrize("seed", range(GRAPHS))
def test_no_plan_over_many_shared_fields_and_keys_is_worse(seed: int, peer: Peer) -> None:
    shape = Shape(3 + seed % 6, 4 + seed % 5, fields=3, keys=1 + seed % 3, sharing=(0, 0.3, 0.6)[seed % 3])
    supergraph = load_supergraph(supergraph_sdl(Mesh(shape, seed).subgraphs()))
    for number, fields in enumerate((8, 15, 30, 60)):
        text = operation(supergraph, fields=fields, depth=3 + number % 2, seed=number)
        assert compare(peer, supergraph, text) is None
