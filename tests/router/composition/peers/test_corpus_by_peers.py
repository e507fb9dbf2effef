"""Apollo's composition says the same of every case of the corpus, and loads what ours composes; so does the Guild's."""

from __future__ import annotations

import re

import pytest
from graphql import lexicographic_sort_schema, parse, print_schema

from router.composition import SubgraphSource, compose
from router.planning import Planner, print_plan
from router.supergraph import load_supergraph
from tests.router.composition.corpus_cases import TOPICS, Case, cases
from tests.router.composition.peers.agreement import THROWN, composed_by_apollo, composed_here, disagreement
from tests.router.composition.peers.guild import DIFFERENT, as_the_guild_knows
from tests.router.composition.peers.meaning import meaning
from tests.router.composition.peers.process import Composed, PeerFailed, Peers
from tests.router.planning.operations import Operations

pytestmark = [pytest.mark.peers, pytest.mark.xdist_group("peers")]

_CASES = {f"{topic}: {case.name}": case for topic in TOPICS for case in cases(topic)}
_ALL = [pytest.param(case, id=name) for name, case in _CASES.items()]
_COMPOSED = [pytest.param(case, id=name) for name, case in _CASES.items() if not case.codes]
# On these Apollo's composition ends in an exception of its own: there is no answer to agree with.
_THROWN = frozenset({"a key with a selection on a leaf", "requirements in a circle"})

# Apollo's keeps the name by which subgraphs import a directive, ours gives it the specification's: both mean the same.
_RENAMED = frozenset({"a hidden field under another name"})


def _apollo(peers: Peers, case: Case) -> str:
    theirs = composed_by_apollo(peers, case.subgraphs)
    assert theirs.sdl is not None, theirs.messages
    return theirs.sdl


@pytest.mark.parametrize("case", _ALL)
def test_apollo_accepts_and_refuses_alike_with_the_same_codes_and_hints(peers: Peers, case: Case) -> None:
    theirs = composed_by_apollo(peers, case.subgraphs)

    assert (theirs is THROWN) == (case.name in _THROWN)
    assert disagreement(composed_here(case.subgraphs), theirs) is None


@pytest.mark.parametrize("case", _COMPOSED)
def test_the_supergraph_means_what_apollo_s_means(peers: Peers, case: Case) -> None:
    same = meaning(compose(case.subgraphs).supergraph_sdl) == meaning(_apollo(peers, case))

    assert same == (case.name not in _RENAMED)


@pytest.mark.parametrize("case", _COMPOSED)
def test_apollo_s_planner_loads_it_and_sees_the_same_api(peers: Peers, case: Case) -> None:
    ours = compose(case.subgraphs).supergraph_sdl
    api = peers.api_schema("apollo", ours)

    assert api == peers.api_schema("apollo", _apollo(peers, case))
    assert api == _without_defer(print_schema(lexicographic_sort_schema(load_supergraph(ours).api_schema)))


def _without_defer(sdl: str) -> str:
    """Take out the directive that our router adds to every API."""
    return re.sub(r"^directive @defer\(.*\n\n?", "", sdl, flags=re.MULTILINE).rstrip("\n")


@pytest.mark.parametrize("case", _ALL)
def test_the_guild_agrees_but_where_it_is_known_not_to(peers: Peers, case: Case) -> None:
    subgraphs = as_the_guild_knows(case.subgraphs)
    accepted = _accepted_by_the_guild(peers, subgraphs)

    assert (accepted == (not case.codes)) == (case.name not in DIFFERENT)


def _accepted_by_the_guild(peers: Peers, subgraphs: tuple[SubgraphSource, ...]) -> bool:
    try:
        theirs: Composed = peers.compose("guild", subgraphs)
    except PeerFailed:
        return False
    return theirs.sdl is not None


@pytest.mark.parametrize("case", _COMPOSED)
def test_the_guild_reads_the_same_api(peers: Peers, case: Case) -> None:
    ours = compose(case.subgraphs).supergraph_sdl
    same = peers.api_schema("guild", ours) == peers.api_schema("guild", _apollo(peers, case))

    assert same == (case.name not in _RENAMED)


@pytest.mark.parametrize("case", _COMPOSED)
def test_our_router_plans_alike_on_both_supergraphs(peers: Peers, case: Case) -> None:
    ours, theirs = load_supergraph(compose(case.subgraphs).supergraph_sdl), load_supergraph(_apollo(peers, case))
    for seed in range(3):
        operation, _ = Operations(ours.api_schema, seed).query()
        plans = [print_plan(Planner(supergraph).plan(parse(operation))) for supergraph in (ours, theirs)]
        assert plans[0] == plans[1]


def test_what_is_known_of_the_guild_is_about_cases_of_the_corpus() -> None:
    assert set(DIFFERENT) - {case.name for case in _CASES.values()} == set()
