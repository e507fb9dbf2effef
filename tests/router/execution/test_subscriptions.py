"""Subscriptions: each event is a response; closing ends the one upstream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import orjson
import pytest
from graphql import OperationType

from router.errors import RequestError, SubgraphUnreachable
from router.execution.request import GraphQLRequest
from router.planning.plan import QueryPlan
from router.transport.base import SubgraphRequest
from tests.support.execution import Bench, bench, entities, entity, fetch, key_field, obj, plan, show

SDL = "type Query { q: Int } type Subscription { user(id: ID): User } type User { id: ID! name: String }"
QUERY = "subscription($id:ID){user(id:$id){name}}"
USER = entity("User", key_field("id"))
FIRST = fetch(0, "a", "subscription($id:ID){user(id:$id){id}}", operation=OperationType.SUBSCRIPTION, variables=("id",))


def user_plan(*, passthrough: bool = False) -> QueryPlan:
    projection = obj("Subscription", show("user", "User", obj("User", show("name"))))
    steps = (FIRST,) if passthrough else (FIRST, fetch(1, "b", "{n}", after=(0,), targets=[("user", USER)]))
    return plan(projection, *steps, operation=OperationType.SUBSCRIPTION, passthrough=passthrough)


def event(id_: str) -> dict[str, Any]:
    return {"data": {"user": {"id": id_}}}


async def responses(run: Bench, variables: dict[str, Any] | None = None) -> list[Any]:
    stream = run.engine.subscribe(GraphQLRequest(QUERY, variables=variables or {}), run.context)
    return [orjson.loads(body) async for body in stream]


def named(request: SubgraphRequest) -> dict[str, Any]:
    asked = orjson.loads(request.body)["variables"]["representations"]
    return entities(*({"name": f"user {each['id']}"} for each in asked))


async def test_each_event_gets_its_entities_in_order() -> None:
    run = bench(SDL, user_plan(), {"b": named}, streamers={"a": lambda _: [event("1"), event("2"), event("1")]})

    assert await responses(run, {"id": "7"}) == [{"data": {"user": {"name": f"user {id_}"}}} for id_ in ("1", "2", "1")]
    assert [subgraph for subgraph, _ in run.sent()] == ["a", "b", "b", "b"]
    assert run.sent()[0][1] == {"id": "7"}


async def test_an_event_that_needs_nothing_is_passed_on_byte_for_byte() -> None:
    body = b'{"data": {"user": {"name": "x"}}}'
    run = bench(SDL, user_plan(passthrough=True), streamers={"a": lambda _: [body]})

    stream = run.engine.subscribe(GraphQLRequest(QUERY), run.context)

    assert [each async for each in stream] == [body]


async def test_closing_ends_the_upstream_subscription() -> None:
    ended = asyncio.Event()

    async def endless(_: SubgraphRequest) -> AsyncGenerator[dict[str, Any], None]:
        try:
            while True:
                yield event("1")
        finally:
            ended.set()

    run = bench(SDL, user_plan(), {"b": named}, streamers={"a": endless})
    async with aclosing(run.engine.subscribe(GraphQLRequest(QUERY), run.context)) as stream:
        assert orjson.loads(await anext(stream)) == {"data": {"user": {"name": "user 1"}}}

    assert ended.is_set()
    assert run.transport.closed_subscriptions == 1


async def test_cancelling_a_reader_ends_the_upstream_subscription() -> None:
    async def silent(_: SubgraphRequest) -> AsyncGenerator[dict[str, Any], None]:
        await asyncio.Event().wait()
        yield {}

    run = bench(SDL, user_plan(), streamers={"a": silent})
    reader = asyncio.create_task(responses(run))
    await asyncio.sleep(0.01)
    reader.cancel()

    with pytest.raises(asyncio.CancelledError):
        await reader
    assert run.transport.closed_subscriptions == 1


async def test_a_broken_stream_ends_with_an_error() -> None:
    async def breaks(request: SubgraphRequest) -> AsyncGenerator[dict[str, Any], None]:
        yield event("1")
        raise SubgraphUnreachable(request.subgraph, "the socket closed: secret")

    run = bench(SDL, user_plan(), {"b": named}, streamers={"a": breaks})

    assert await responses(run) == [
        {"data": {"user": {"name": "user 1"}}},
        {
            "data": {"user": None},
            "errors": [
                {
                    "message": "The subgraph cannot be reached.",
                    "path": ["user"],
                    "extensions": {"code": "SUBGRAPH_UNREACHABLE", "service": "a"},
                }
            ],
        },
    ]


@pytest.mark.parametrize("bad", [b"<html>", b'{"data":null}', b'{"data":{"user":'])
async def test_an_event_that_is_nonsense_is_an_error_and_the_next_one_comes(bad: bytes) -> None:
    run = bench(SDL, user_plan(), {"b": named}, streamers={"a": lambda _: [bad, event("2")]})

    first, second = await responses(run)

    assert [error["extensions"]["code"] for error in first["errors"]] == ["SUBGRAPH_BAD_RESPONSE"]
    assert second == {"data": {"user": {"name": "user 2"}}}


async def test_an_events_own_errors_are_passed_on() -> None:
    failed = {"data": None, "errors": [{"message": "no", "path": ["user"], "extensions": {"code": "NO"}}]}
    run = bench(SDL, user_plan(), streamers={"a": lambda _: [failed]})

    assert await responses(run) == [
        {
            "data": {"user": None},
            "errors": [{"message": "no", "path": ["user"], "extensions": {"code": "NO", "service": "a"}}],
        }
    ]


async def test_an_events_failed_fetch_leaves_the_event() -> None:
    run = bench(SDL, user_plan(), streamers={"a": lambda _: [event("1")]})

    (answer,) = await responses(run)

    assert answer["data"] == {"user": {"name": None}}
    assert [error["extensions"] for error in answer["errors"]] == [{"code": "SUBGRAPH_UNREACHABLE", "service": "b"}]


def test_what_is_refused_is_refused_before_anything_is_sent() -> None:
    run = bench(SDL, user_plan(), streamers={"a": lambda _: []})

    for query in ("subscription{nothing}", "{", "subscription($id:ID!){user(id:$id){name}}"):
        with pytest.raises(RequestError):
            run.engine.subscribe(GraphQLRequest(query), run.context)
    assert run.sent() == []


def test_a_query_is_no_subscription() -> None:
    run = bench(SDL, plan(obj("Query", show("q")), fetch(0, "a", "{q}")))

    with pytest.raises(RequestError, match="no subscription"):
        run.engine.subscribe(GraphQLRequest("{q}"), run.context)


@pytest.mark.parametrize("passthrough", [False, True])
@pytest.mark.parametrize("nonsense", [b"", b"<html>", b'"text"', b"[]", b"{}", b'{"data":{"user":', b'{"data":7}'])
async def test_an_event_that_is_no_response_is_an_error_and_the_next_ones_come(
    nonsense: bytes,
    passthrough: bool,  # noqa: FBT001 - pytest passes parameters by name
) -> None:
    right = b'{"data":{"user":{"id":"1","name":"x"}}}'
    run = bench(SDL, user_plan(passthrough=passthrough), {"b": named}, streamers={"a": lambda _: [nonsense, right]})

    first, second = await responses(run)

    assert first == {
        "data": {"user": None},
        "errors": [
            {
                "message": "The subgraph gave no valid answer.",
                "path": ["user"],
                "extensions": {"code": "SUBGRAPH_BAD_RESPONSE", "service": "a"},
            }
        ],
    }
    assert second["data"]["user"]["name"] in {"x", "user 1"}
    assert run.transport.closed_subscriptions == 1
