"""Apollo's composition says the same of subgraphs varied at random, and our router serves what it composes."""

from __future__ import annotations

import os
import random

import pytest
from graphql import parse

from router.composition import SubgraphSource
from router.planning import Planner, print_plan
from router.supergraph import load_supergraph
from tests.router.composition.corpus_cases import TOPICS, cases, sources
from tests.router.composition.peers.agreement import composed_by_apollo, composed_here, disagreement
from tests.router.composition.peers.meaning import meaning
from tests.router.composition.peers.process import Peers
from tests.router.composition.variation import varied
from tests.router.oracle.spreading import random_subgraphs
from tests.router.planning.operations import Operations

pytestmark = [pytest.mark.peers, pytest.mark.xdist_group("peers")]

# Batches of a hundred: one by default, as many as one likes by EVENTIO_FUZZ_PEERS.
BATCHES = int(os.environ.get("EVENTIO_FUZZ_PEERS", "1"))
_LEFT_OUT = frozenset({"a syntax error", "a hidden field under another name"})
_BASES = [case.subgraphs for topic in TOPICS for case in cases(topic) if case.name not in _LEFT_OUT]


def _varied(seed: int) -> tuple[SubgraphSource, ...]:
    base = sources(**random_subgraphs(random.Random(seed))) if seed % 4 == 0 else _BASES[seed * 7919 % len(_BASES)]
    return varied(base, seed)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_varied_subgraphs_are_accepted_and_refused_alike(peers: Peers, batch: int) -> None:
    for seed in range(100 * batch, 100 * batch + 100):
        subgraphs = _varied(seed)
        found = disagreement(composed_here(subgraphs), composed_by_apollo(peers, subgraphs))
        assert found is None, (seed, found, [one.sdl for one in subgraphs])


@pytest.mark.parametrize("seed", range(10 * BATCHES))
def test_both_supergraphs_give_the_same_plans(peers: Peers, seed: int) -> None:
    subgraphs = sources(**random_subgraphs(random.Random(seed)))
    here, theirs = composed_here(subgraphs), composed_by_apollo(peers, subgraphs)
    assert disagreement(here, theirs) is None
    if here.sdl is None or theirs.sdl is None:
        return
    assert meaning(here.sdl) == meaning(theirs.sdl)
    ours, other = load_supergraph(here.sdl), load_supergraph(theirs.sdl)
    for number in range(6):
        operation, _ = Operations(ours.api_schema, number, depth=1 + number % 4, width=3).query()
        plans = [print_plan(Planner(supergraph).plan(parse(operation))) for supergraph in (ours, other)]
        assert plans[0] == plans[1]
