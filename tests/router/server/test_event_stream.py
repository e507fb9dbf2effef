"""GraphQL over Server-Sent Events, against the running server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from typing import Any

import httpx
import pytest
import structlog

from router.execution.request import GraphQLRequest, RequestContext
from router.server.event_stream import EventStreams, next_event
from router.server.exchange import Exchange
from tests.support.eventually import eventually
from tests.support.local_engine import LocalEngine
from tests.support.running_server import Running

EVENTS = {"accept": "text/event-stream"}
COMPLETE = "event: complete\ndata:"


def next_of(data: str) -> str:
    return f'event: next\ndata: {{"data":{data}}}'


async def events_of(response: httpx.Response) -> AsyncIterator[str]:
    """Give each event's text, without comments."""
    text = ""
    async for part in response.aiter_text():
        *events, text = (text + part).split("\n\n")
        for event in events:
            if event != ":":
                yield event


async def test_a_subscription_is_a_stream_of_next_and_a_complete(client: httpx.AsyncClient) -> None:
    request = {"query": "subscription { ticks(count: 3) }"}
    async with client.stream("POST", "/graphql", json=request, headers=EVENTS) as response:
        events = [event async for event in events_of(response)]
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["x-accel-buffering"] == "no"
    assert events == [next_of('{"ticks":1}'), next_of('{"ticks":2}'), next_of('{"ticks":3}'), COMPLETE]


async def test_a_browsers_event_source_can_get_it(client: httpx.AsyncClient) -> None:
    parameters = {"query": "subscription($n: Int!) { ticks(count: $n) }", "variables": '{"n": 1}'}
    async with client.stream("GET", "/graphql", params=parameters, headers=EVENTS) as response:
        events = [event async for event in events_of(response)]
    assert events == [next_of('{"ticks":1}'), COMPLETE]


async def test_a_query_is_a_stream_of_one(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": "{ hello }"}, headers=EVENTS)
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.text == 'event: next\ndata: {"data":{"hello":"Hello world"}}\n\nevent: complete\ndata:\n\n'


async def test_a_client_that_would_rather_have_json_gets_it_for_a_query(client: httpx.AsyncClient) -> None:
    headers = {"accept": "application/json, text/event-stream;q=0.5"}
    response = await client.post("/graphql", json={"query": "{ hello }"}, headers=headers)
    assert response.headers["content-type"] == "application/json; charset=utf-8"


async def test_what_is_refused_before_the_stream_is_a_whole_response(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": "subscription { nonsense }"}, headers=EVENTS)
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.json()["errors"][0]["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}
    response = await client.post("/graphql", json={}, headers=EVENTS)
    assert response.status_code == 400


async def test_a_client_that_goes_ends_the_subscription(client: httpx.AsyncClient, engine: LocalEngine) -> None:
    async with client.stream("POST", "/graphql", json={"query": "subscription { quiet }"}, headers=EVENTS) as response:
        assert await anext(events_of(response)) == next_of('{"quiet":1}')
        assert engine.open_subscriptions == 1
    await eventually(lambda: engine.open_subscriptions == 0)


async def test_an_unforeseen_failure_tells_nothing(client: httpx.AsyncClient) -> None:
    with structlog.testing.capture_logs() as logs:
        request = {"query": "subscription { crashing }"}
        async with client.stream("POST", "/graphql", json=request, headers=EVENTS) as response:
            events = [event async for event in events_of(response)]
    failure = '{"errors":[{"message":"Internal server error.","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}'
    assert events == [next_of('{"crashing":1}'), f"event: next\ndata: {failure}", COMPLETE]
    assert [log["event"] for log in logs if log["log_level"] == "error"] == ["subscription_failed"]


class TestSlowClients:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"limits": {"slow_client_seconds": 0.2}}

    async def test_a_client_that_does_not_read_loses_its_subscription(
        self, router: Running, engine: LocalEngine
    ) -> None:
        body = b'{"query":"subscription { flood(kilobytes: 64) }"}'
        reader, writer = await asyncio.open_connection(*router.host.split(":"), limit=1024)
        writer.write(
            b"POST /graphql HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\n\r\n" % len(body) + body
        )
        with structlog.testing.capture_logs() as logs:
            await eventually(lambda: engine.open_subscriptions == 1)
            await eventually(lambda: any(log["event"] == "request" for log in logs))
        assert [log["event"] for log in logs] == ["event_stream_given_up", "request"]
        assert engine.open_subscriptions == 0
        assert engine.delivered * 64 < 20_000
        writer.transport.abort()
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(100_000_000)


def test_a_response_with_line_breaks_stays_one_event() -> None:
    assert next_event(b'{\n "data":\r\n null }') == b'event: next\ndata: {  "data":   null }\n\n'


async def test_a_quiet_stream_is_kept_alive_by_comments(engine: LocalEngine) -> None:
    sent: list[bytes] = []
    gone = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message.get("body", b""))

    scope = {"method": "POST", "path": "/graphql", "query_string": b"", "headers": []}
    streams = EventStreams(slow_client_seconds=1, comment_seconds=0.01)
    responses = engine.subscribe(GraphQLRequest("subscription { quiet }"), RequestContext())
    serving = asyncio.create_task(streams.serve(Exchange(scope, receive, send), responses))
    await eventually(lambda: sent.count(b":\n\n") >= 4)
    gone.set()
    await serving
    assert engine.open_subscriptions == 0
    assert not sent[-1].startswith(b"event: complete")
