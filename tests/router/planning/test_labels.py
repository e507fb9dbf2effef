"""Progressive overrides: a request gets the plan for its active labels, and only where they matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from graphql import parse

from router.execution.request import EngineSettings, GraphQLRequest, RequestContext
from router.planning import Planner
from router.planning.query_graph import QueryGraph
from router.planning.variants import PLAIN, Variant
from router.supergraph import Supergraph, load_supergraph
from tests.router.planning.oracle import engine_for
from tests.router.planning.world import World
from tests.support.protected import composed

GRAPH = load_supergraph(
    composed(
        old="""
        type Query { item: Item plain: Int }
        type Item @key(fields: "id") { id: ID! price: Int stock: Int note: String }
        """,
        new="""
        type Item @key(fields: "id") {
          id: ID!
          price: Int @override(from: "old", label: "percent(10)")
          stock: Int @override(from: "old", label: "stock-moves")
          tax: Int @requires(fields: "weight")
          weight: Int @external
        }
        """,
        scales="""
        type Item @key(fields: "id") { id: ID! weight: Int @override(from: "mill", label: "scales") }
        """,
        mill="""
        type Item @key(fields: "id") { id: ID! weight: Int }
        """,
    )
)


def _subgraphs(supergraph: Supergraph, query: str, *labels: str) -> list[str]:
    plan = Planner(supergraph).plan(parse(query), variant=Variant(labels=frozenset(labels)))
    return [step.subgraph for step in plan.steps]


def test_a_label_moves_its_field_and_no_other() -> None:
    assert _subgraphs(GRAPH, "{ item { price stock } }") == ["old"]
    assert _subgraphs(GRAPH, "{ item { price stock } }", "percent(10)") == ["old", "new"]
    assert _subgraphs(GRAPH, "{ item { price } }", "stock-moves") == ["old"]


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("{ plain }", None),
        ("{ item { id note } }", None),
        ("{ item { price } }", {"percent(10)"}),
        ("{ item { note stock ... on Item { price } } }", {"percent(10)", "stock-moves"}),
        ("{ item { tax } }", {"scales"}),
    ],
)
def test_the_labels_of_what_could_be_fetched_matter(query: str, labels: set[str] | None) -> None:
    variation = Planner(GRAPH).variation(parse(query))
    assert (None if variation is None else set(variation.labels)) == labels


class CountingPlanner(Planner):
    """Counts plans by their labels."""

    def __init__(self, supergraph: Supergraph) -> None:
        super().__init__(supergraph)
        self.plans: Counter[frozenset[str]] = Counter()

    def plan(
        self,
        document: Any,
        operation_name: str | None = None,
        *,
        variant: Variant = PLAIN,
        deferred: Mapping[str, bool] | None = None,
    ) -> Any:
        self.plans[variant.labels] += 1
        return super().plan(document, operation_name, variant=variant, deferred=deferred)


async def test_requests_share_a_plan_where_their_labels_come_out_alike() -> None:
    world = World(GRAPH, nulls=False)
    planner = CountingPlanner(GRAPH)
    engine = engine_for(world, planner, settings=EngineSettings(labels=frozenset({"scales"})))

    for labels in ({"percent(10)"}, {"percent(10)", "other"}, {"stock-moves"}, {"percent(10)", "stock-moves"}):
        context = RequestContext(labels=frozenset(labels), label_key="bob")
        for query in ("{ plain item { note } }", "{ item { price } }"):
            result = await engine.execute(GraphQLRequest(query), context)
            assert orjson.loads(result.body) == {"data": world.expected(query)}

    assert planner.plans == {frozenset(): 2, frozenset({"percent(10)"}): 1}


async def test_a_share_of_requests_goes_the_new_way() -> None:
    world = World(GRAPH, nulls=False)
    engine = engine_for(world)

    for number in range(200):
        await engine.execute(GraphQLRequest("{ item { price } }"), RequestContext(label_key=str(number)))

    asked = Counter(name for name, _ in world.requests)
    assert asked["old"] == 200
    assert 8 <= asked["new"] <= 35


def test_query_graphs_are_kept_for_a_few_sets_of_labels_only() -> None:
    planner = Planner(GRAPH)

    for number in range(30):
        planner.plan(parse("{ plain }"), variant=Variant(labels=frozenset({f"label-{number}"})))

    assert len(planner._by_labels) == 8


MEDIA = load_supergraph(
    composed(
        old="""
        type Query { medias: [Media] }
        interface Media @key(fields: "id") { id: ID! price: Int }
        type Book implements Media @key(fields: "id") { id: ID! price: Int }
        type Film implements Media @key(fields: "id") { id: ID! price: Int }
        """,
        new="""
        type Book @key(fields: "id") { id: ID! price: Int @override(from: "old", label: "percent(5)") }
        """,
    )
)


@pytest.mark.parametrize(
    ("supergraph", "query"),
    [
        (GRAPH, "{ plain item { id price stock note tax weight } }"),
        (GRAPH, "{ item { tax price } }"),
        (MEDIA, "{ medias { price } }"),
        (MEDIA, "{ medias { ... on Film { price } ... on Book { p: price } } }"),
    ],
)
async def test_every_set_of_labels_answers_alike_and_asks_only_owners(supergraph: Supergraph, query: str) -> None:
    variation = Planner(supergraph).variation(parse(query))
    assert variation is not None
    names = sorted(variation.labels)
    for chosen in range(1 << len(names)):
        labels = frozenset(name for bit, name in enumerate(names) if chosen >> bit & 1)
        world = World(supergraph, nulls=False)
        world.graph = QueryGraph(supergraph, labels=labels)
        context = RequestContext(labels=labels, label_key="bob")

        result = await engine_for(world).execute(GraphQLRequest(query), context)

        assert orjson.loads(result.body) == {"data": world.expected(query)}
        assert world.complaints == []
