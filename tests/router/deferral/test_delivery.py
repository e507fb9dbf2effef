"""When responses are sent, in which order, and what becomes of failures: decided by events, not by time."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from router.errors import RequestError, SubgraphUnreachable
from router.execution.incremental_formats import IncrementalFormat
from router.execution.request import GraphQLRequest, RequestContext
from tests.router.deferral.shop import Shop

V02 = IncrementalFormat.INCREMENTAL_V0_2


@pytest.fixture
def shop() -> Shop:
    return Shop()


async def test_the_first_response_does_not_wait_for_a_slow_deferred_subgraph(shop: Shop) -> None:
    slow = shop.hold("stars")
    stream = shop.deliver('{ item { name ... @defer(label: "s") { stars } } }')

    assert orjson.loads(await anext(stream)) == {"data": {"item": {"name": "a name"}}, "hasNext": True}
    slow.set()
    assert [orjson.loads(body) async for body in stream] == [
        {"incremental": [{"data": {"stars": 5}, "path": ["item"], "label": "s"}], "hasNext": False}
    ]


async def test_fields_of_the_same_subgraph_are_asked_for_apart(shop: Shop) -> None:
    slow = shop.hold("price")
    stream = shop.deliver("{ item { name ... @defer { price } } }")

    assert orjson.loads(await anext(stream))["data"] == {"item": {"name": "a name"}}
    slow.set()
    assert orjson.loads(await anext(stream))["incremental"] == [{"data": {"price": 7}, "path": ["item"]}]
    assert [request.subgraph for request in shop.transport.requests] == ["items", "items"]


async def test_each_fragment_comes_when_it_is_there(shop: Shop) -> None:
    price, stars = shop.hold("price"), shop.hold("stars")
    stream = shop.deliver('{ item { id ... @defer(label: "p") { price } ... @defer(label: "s") { stars } } }')

    labels = []
    await anext(stream)
    for gate in (stars, price):
        gate.set()
        labels += [entry["label"] for entry in orjson.loads(await anext(stream))["incremental"]]
    assert labels == ["s", "p"]
    assert [body async for body in stream] == []


async def test_a_nested_fragment_never_comes_before_the_one_around_it(shop: Shop) -> None:
    outer = shop.hold("stars")
    query = '{ item { id ... @defer(label: "outer") { stars ... @defer(label: "inner") { price } } } }'
    stream = shop.deliver(query, wanted=V02)

    first = orjson.loads(await anext(stream))
    assert first["pending"] == [{"id": "0", "path": ["item"], "label": "outer"}]
    outer.set()
    (rest,) = [orjson.loads(body) async for body in stream]
    assert rest == {
        "pending": [{"id": "1", "path": ["item"], "label": "inner"}],
        "incremental": [{"id": "0", "data": {"stars": 5}}, {"id": "1", "data": {"price": 7}}],
        "completed": [{"id": "0"}, {"id": "1"}],
        "hasNext": False,
    }


async def test_a_fragment_in_a_list_comes_once_for_each_item(shop: Shop) -> None:
    _, later = await shop.all_of("{ items { id ... @defer { note } } }")
    assert later["incremental"] == [{"data": {"note": "good"}, "path": ["items", index]} for index in (0, 1)]


async def test_a_field_asked_for_outside_of_the_fragment_too_comes_first_only(shop: Shop) -> None:
    first, later = await shop.all_of("{ item { name ... @defer { name stars } } }")
    assert first["data"] == {"item": {"name": "a name"}}
    assert later["incremental"] == [{"data": {"stars": 5}, "path": ["item"]}]


async def test_what_cannot_be_asked_for_apart_comes_right_after_the_first_response(shop: Shop) -> None:
    first, later = await shop.all_of("{ item { name ... @defer { id } } }")
    assert (first["data"], later["incremental"]) == (
        {"item": {"name": "a name"}},
        [{"data": {"id": "1"}, "path": ["item"]}],
    )
    assert len(shop.transport.requests) == 1


@pytest.mark.parametrize("later", [True, False])
async def test_a_variable_decides_whether_a_fragment_is_deferred(shop: Shop, later: bool) -> None:  # noqa: FBT001 - pytest's
    request = GraphQLRequest("query($v: Boolean!) { item { id ... @defer(if: $v) { stars } } }", variables={"v": later})
    stream = shop.engine.deliver(request, RequestContext(), wanted=V02)
    assert (stream is not None) is later
    answer = orjson.loads((await shop.engine.execute(request, RequestContext())).body)
    assert answer == {"data": {"item": {"id": "1", "stars": 5}}}
    if stream is not None:
        assert len([body async for body in stream]) == 2


async def test_a_skipped_fragment_is_not_waited_for(shop: Shop) -> None:
    shop.hold("stars")
    stream = shop.deliver(
        "query($v: Boolean!) { item { id ... @defer @include(if: $v) { stars } } }", {"v": False}, wanted=V02
    )
    assert [orjson.loads(body) async for body in stream] == [{"data": {"item": {"id": "1"}}, "hasNext": False}]


async def test_nothing_comes_for_an_object_that_is_null(shop: Shop) -> None:
    shop.answers["item"] = {"data": {"item": None}}
    assert await shop.all_of("{ item { id ... @defer { stars } } }", V02) == [
        {"data": {"item": None}, "hasNext": False}
    ]


async def test_a_failed_fragment_is_null_and_does_no_harm_to_others(shop: Shop) -> None:
    shop.answers["stars"] = {
        "data": {"_entities": [None]},
        "errors": [{"message": "no stars", "path": ["_entities", 0]}],
    }
    first, *rest = await shop.all_of(
        '{ item { name ... @defer(label: "s") { stars } ... @defer(label: "p") { price } } }'
    )
    entries = {entry["label"]: entry for item in rest for entry in item["incremental"]}
    error = {
        "message": "no stars",
        "path": ["item"],
        "extensions": {"code": "SUBGRAPH_ERROR", "service": "stars"},
    }
    assert "errors" not in first
    assert entries == {
        "s": {"data": None, "path": ["item"], "label": "s", "errors": [error]},
        "p": {"data": {"price": 7}, "path": ["item"], "label": "p"},
    }


async def test_a_failed_fragment_is_completed_with_its_errors(shop: Shop) -> None:
    shop.answers["stars"] = {"data": {"_entities": [{"stars": None}]}}
    _, later = await shop.all_of("{ item { name ... @defer { stars ... @defer { price } } } }", V02)
    (completed,) = later["completed"]
    assert (completed["id"], completed["errors"][0]["path"]) == ("0", ["item", "stars"])
    assert "incremental" not in later
    assert later["hasNext"] is False


async def test_errors_of_nullable_fields_come_with_their_fragment(shop: Shop) -> None:
    error = {"message": "no note", "path": ["_entities", 0, "note"]}
    shop.answers["note"] = {"data": {"_entities": [{"note": None}]}, "errors": [error]}
    for wanted in IncrementalFormat:
        _, later = await shop.all_of("{ item { name ... @defer { note } } }", wanted)
        (entry,) = later["incremental"]
        assert (entry["data"], entry["errors"][0]["path"]) == ({"note": None}, ["item", "note"])


async def test_closing_the_responses_ends_the_fetches(shop: Shop) -> None:
    shop.hold("stars")
    stream = shop.deliver("{ item { name ... @defer { stars } } }")
    await anext(stream)
    await stream.aclose()
    assert shop.cancelled == ["stars"]


async def test_one_deadline_holds_for_all_responses(shop: Shop) -> None:
    shop.hold("note")
    stream = shop.deliver("{ item { name ... @defer { note } } }", timeout=0.05)
    first, later = [orjson.loads(body) async for body in stream]
    assert "errors" not in first
    (entry,) = later["incremental"]
    assert entry["errors"][0]["extensions"] == {"code": "SUBGRAPH_TIMEOUT", "service": "stars"}
    assert later["hasNext"] is False


async def test_below_a_mutation_the_fields_of_its_object_can_be_deferred(shop: Shop) -> None:
    slow = shop.hold("price")
    stream = shop.deliver("mutation { rename { name ... @defer { price } } }")
    assert orjson.loads(await anext(stream))["data"] == {"rename": {"name": "a name"}}
    slow.set()
    assert orjson.loads(await anext(stream))["incremental"] == [{"data": {"price": 7}, "path": ["rename"]}]
    kinds = [orjson.loads(item.body)["query"].split("(")[0].split()[0] for item in shop.transport.requests]
    assert kinds == ["mutation", "query"]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ('{ a: item { ... @defer(label: "x") { id } } b: item { ... @defer(label: "x") { id } } }', "unique"),
        ("query($l: String) { item { ... @defer(label: $l) { id } } }", "static"),
        ("mutation { ... @defer { rename { id } } }", "root mutation type"),
        ("{ items @stream { id } }", "Unknown directive '@stream'."),
        ("{ item @defer { id } }", "may not be used on"),
    ],
)
def test_what_may_not_be_deferred_is_refused(shop: Shop, query: str, problem: str) -> None:
    with pytest.raises(RequestError, match=problem):
        shop.engine.kind_of(GraphQLRequest(query))


def test_an_operation_without_defer_has_nothing_to_deliver(shop: Shop) -> None:
    assert shop.engine.deliver(GraphQLRequest("{ item { id } }"), RequestContext(), wanted=V02) is None


async def test_a_subgraph_that_is_down_fails_its_fragment_alone(shop: Shop) -> None:
    def down(_: Any) -> Any:
        raise SubgraphUnreachable("stars", "refused")

    shop.transport._responders["stars"] = down
    first, later = await shop.all_of("{ item { name ... @defer { note } } }")
    assert first == {"data": {"item": {"name": "a name"}}, "hasNext": True}
    assert later["incremental"][0]["errors"][0]["extensions"]["code"] == "SUBGRAPH_UNREACHABLE"
