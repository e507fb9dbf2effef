"""The text of the stage `paths`: whoever hunts a wrong plan sees for every field who gives it, and instead of whom."""

from __future__ import annotations

import pytest
from graphql import parse

from router.planning import plan_operation
from router.planning.explain import explain
from tests.router.planning.graphs import catalogued
from tests.router.planning.test_snapshots import OPERATIONS


def _paths(topic: str, operation: str) -> list[str]:
    return explain(catalogued(topic), parse(operation), None, "paths").splitlines()


@pytest.mark.parametrize(
    ("topic", "operation"),
    [(topic, operation) for topic, operations in OPERATIONS.items() for operation in operations.values()],
    ids=[f"{topic}, {name}" for topic, operations in OPERATIONS.items() for name in operations],
)
def test_whatever_is_fetched_has_a_line(topic: str, operation: str) -> None:
    supergraph = catalogued("keys" if topic == "conditions" else topic)
    plan = plan_operation(supergraph, parse(operation))
    lines = explain(supergraph, parse(operation), None, "paths").splitlines()
    for step in plan.steps:
        assert any(f"{step.subgraph}, " in line for line in lines[1:]), step.subgraph
    for field in plan.projection.fields:
        if field.source not in {"__typename", "__schema", "__type"} and field.constant is None and field.selection:
            assert any(field.source in line for line in lines[1:]), field.source


def test_requirements_and_what_is_added_for_them_are_there() -> None:
    assert _paths("requires", "{ items { total } }") == [
        "Query",
        "  items <- catalog, root",
        "    total <- shipping, entity Item {id} requires {tax}",
        "    [id] <- catalog, here",
        "        1 deep, instead of shipping (+1 request, 2 deep), taxes (+1 request, 2 deep)",
        "    [price] <- catalog, here",
        "    [weight] <- catalog, here",
        "    [estimate] <- shipping, entity Item {id} requires {price weight}",
        "    [tax] <- taxes, entity Item {id} requires {estimate}",
    ]


def test_a_field_that_several_subgraphs_give_together_is_one_line() -> None:
    assert _paths("parents", "{ item { details { weight colour } } }")[2:5] == [
        "    details <- a, here; and b, entity Item {id}",
        "      weight <- a, here",
        "      colour <- b, here",
    ]


def test_a_field_for_one_type_says_for_which() -> None:
    lines = _paths("interface objects", "{ rated { ... on Book { pages isbn } } }")
    assert lines[:4] == [
        "Query",
        "  rated <- ratings, root",
        "    __typename <- home, entity Media {id}",
        "    <Book> pages <- home, entity Media {id}",
    ]
    assert lines[-1] == "    <Book> isbn <- books, entity Book {id}"


def test_what_only_a_provides_gives_says_so() -> None:
    assert "      name <- a, here, provided" in _paths("provides", "{ review { product { name } } }") + _paths(
        "provides", "{ media { ... on Clip { owner { name } } } }"
    )


def test_aliases_arguments_and_conditions_are_there() -> None:
    lines = _paths("requires", 'query ($v: Boolean!) { items { c: cost(currency: "X") @include(if: $v) } }')
    assert lines[2].strip() == 'c: cost(currency: "X") if $v <- catalog, here'


def test_a_root_type_that_is_reached_again_says_so() -> None:
    lines = _paths("mutations", "mutation { doneA { query { b } } }")
    assert lines[-1] == "      b <- b, entity root again"


def test_the_graph_shows_what_cannot_be_had_too() -> None:
    lines = explain(catalogued("override"), parse("{ __typename }"), None, "graph").splitlines()
    assert "  created -> String overridden" in lines
    assert "  created -> String external" in lines


def test_what_is_deferred_stands_under_later() -> None:
    operation = parse("{ items { weight ... @defer { estimate } } }")
    lines = explain(catalogued("requires"), operation, None, "paths", deferred={}).splitlines()
    assert lines[:3] == ["Query", "  items <- catalog, root", "    weight <- catalog, here"]
    assert (
        lines[lines.index("    later:") + 1] == "      estimate <- shipping, entity Item {id} requires {price weight}"
    )
