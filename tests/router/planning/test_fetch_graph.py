"""Requests are merged as far as the plan gets no deeper by it."""

from __future__ import annotations

from graphql.language import OperationType

from router.planning.fetch_graph import build_fetch_graph, depth_of
from router.planning.fetch_tree import Entry, FetchNode, Group


def root(subgraph: str, *, kind: OperationType = OperationType.QUERY, sequence: int = 0) -> Group:
    return Group(subgraph, kind, root=FetchNode("Query"), sequence=sequence)


def entity(subgraph: str, *needs: Group) -> Group:
    group = Group(subgraph, OperationType.QUERY, set(needs))
    group.entries.append(Entry((), "T", "id", (), FetchNode("T")))
    return group


def shape(groups: list[Group]) -> list[tuple[str, list[int], int]]:
    """Give each group's subgraph, what it needs by index, and how many entries it has."""
    return [
        (group.subgraph, sorted(groups.index(need) for need in group.needs), len(group.entries)) for group in groups
    ]


def test_two_entity_requests_of_one_level_become_one() -> None:
    start = root("a")
    groups = build_fetch_graph([start, entity("b", start), entity("b", start)])
    assert shape(groups) == [("a", [], 0), ("b", [0], 2)]


def test_what_depends_on_a_merged_request_depends_on_the_one_that_is_kept() -> None:
    start = root("a")
    first, second = entity("b", start), entity("b", start)
    groups = build_fetch_graph([start, first, second, entity("c", second)])
    assert shape(groups) == [("a", [], 0), ("b", [0], 2), ("c", [1], 1)]


def test_an_early_request_joins_a_later_one_when_nothing_gets_deeper() -> None:
    start = root("a")
    middle = entity("b", start)
    groups = build_fetch_graph([start, middle, entity("c", start), entity("c", middle)])
    assert shape(groups) == [("a", [], 0), ("b", [0], 1), ("c", [1], 2)]


def test_an_early_request_stays_when_the_plan_would_get_deeper() -> None:
    start = root("a")
    middle = entity("b", start)
    early = entity("c", start)
    groups = build_fetch_graph([start, middle, early, entity("c", middle), entity("d", early), entity("e", middle)])
    assert depth_of(groups) == 3
    assert [item.subgraph for item in groups].count("c") == 2


def test_a_request_never_merges_with_one_that_needs_it() -> None:
    start = root("a")
    first = entity("b", start)
    between = entity("c", first)
    groups = build_fetch_graph([start, first, between, entity("b", between)])
    assert shape(groups) == [("a", [], 0), ("b", [0], 1), ("c", [1], 1), ("b", [2], 1)]


def test_needs_that_follow_from_others_are_forgotten() -> None:
    start = root("a")
    middle = entity("b", start)
    groups = build_fetch_graph([start, middle, entity("c", start, middle)])
    assert shape(groups)[2] == ("c", [1], 1)


def test_a_mutation_waits_for_all_that_follows_from_the_one_before() -> None:
    first = root("a", kind=OperationType.MUTATION, sequence=1)
    second = root("b", kind=OperationType.MUTATION, sequence=2)
    groups = build_fetch_graph([first, second, entity("c", first)])
    assert shape(groups) == [("a", [], 0), ("c", [0], 1), ("b", [1], 0)]
