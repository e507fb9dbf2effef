"""The plan as JSON: every fact of the plan, for tools."""

from __future__ import annotations

from graphql import parse

from router.planning import Planner, plan_operation, print_plan
from router.planning.plan_json import plan_as_json
from router.supergraph import Supergraph
from tests.router.planning.graphs import catalogued, supergraph_of


def _planned(supergraph: Supergraph, operation: str) -> object:
    return plan_as_json(plan_operation(supergraph, parse(operation)))


def test_what_one_subgraph_answers_whole_is_one_node() -> None:
    graph = supergraph_of(a="type Query { f(n: Int): Int }")
    assert _planned(graph, "query Q($n: Int) { f(n: $n) }") == {
        "kind": "QueryPlan",
        "operationKind": "query",
        "passthrough": True,
        "nodes": [
            {
                "kind": "Fetch",
                "id": 0,
                "serviceName": "a",
                "operationKind": "query",
                "operation": "query($n: Int) { f(n: $n) }",
                "variableUsages": ["n"],
                "after": [],
            }
        ],
    }


def test_an_entity_fetch_says_after_what_where_with_what_and_when() -> None:
    plan = plan_operation(
        catalogued("requires"), parse("query ($on: Boolean!) { items { estimate @include(if: $on) } }")
    )
    last = plan_as_json(plan)["nodes"][-1]
    assert {key: value for key, value in last.items() if key != "operation"} == {
        "kind": "Fetch",
        "id": 1,
        "serviceName": "shipping",
        "operationKind": "query",
        "variableUsages": ["on"],
        "after": [0],
        "conditions": [[{"variable": "on", "is": True}]],
        "entities": [
            {
                "alias": "_entities",
                "variable": "representations",
                "targets": [
                    {
                        "path": "items.@",
                        "requires": [
                            {"name": "__typename", "value": "Item"},
                            {"name": "id"},
                            {"name": "price", "optional": True},
                            {"name": "weight", "optional": True},
                        ],
                    }
                ],
            }
        ],
    }


def test_nested_and_aliased_inputs_are_there_in_their_shape() -> None:
    plan = plan_operation(catalogued("requires"), parse("{ item { price: id volume dollars length } }"))
    required = [
        field
        for node in plan_as_json(plan)["nodes"]
        for batch in node.get("entities", ())
        for target in batch["targets"]
        for field in target["requires"]
    ]
    assert {
        "name": "size",
        "optional": True,
        "fields": [{"name": "w", "optional": True}, {"name": "h", "optional": True}],
    } in (required)
    assert any("from" in field for field in required)
    [media] = [field for field in required if field["name"] == "media"]
    assert [field.get("on") for field in media["fields"] if "on" in field] == [["Book"], ["Film"]]


def test_a_subscription_begins_with_what_is_subscribed_to() -> None:
    graph = supergraph_of(
        a='type Query { q: Int } type Subscription { t: T } type T @key(fields: "id") { id: ID! }',
        b='type T @key(fields: "id") { id: ID! x: Int }',
    )
    plan = plan_as_json(plan_operation(graph, parse("subscription { t { x } }")))
    assert [(node["kind"], node["operationKind"]) for node in plan["nodes"]] == [
        ("Subscribe", "subscription"),
        ("Fetch", "query"),
    ]


def test_what_the_router_answers_itself_stands_beside_the_nodes() -> None:
    plan = plan_as_json(plan_operation(catalogued("keys"), parse("{ __schema { queryType { name } } me { name } }")))
    assert "queryType" in plan["introspection"]["operation"]
    assert [node["serviceName"] for node in plan["nodes"]] == ["users"]


def test_what_is_deferred_says_after_which_requests_it_can_come() -> None:
    operation = 'query ($v: Boolean!) { items { weight ... @defer(label: "L", if: $v) { estimate } } }'
    plan = Planner(catalogued("requires")).plan(parse(operation), deferred={"v": True})
    assert plan_as_json(plan)["deferral"] == {
        "first": [0],
        "fragments": [
            {
                "label": "L",
                "path": "items.@",
                "within": [],
                "after": [0, 1, 2],
                "fields": ["estimate"],
                "conditions": [[{"variable": "v", "is": True}]],
            }
        ],
    }
    assert print_plan(plan).splitlines()[-3:] == [
        "  First(after: [0])",
        '  Defer(id: 0, label: "L", path: "items.@", if: $v, after: [0, 1, 2]) { estimate }',
        "}",
    ]
