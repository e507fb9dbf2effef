"""Deferred fragments on the wire: parts as they come over HTTP, events, and messages over a WebSocket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from router.app import build_router
from router.config import load_config
from router.execution.incremental_formats import IncrementalFormat
from router.server.negotiation import negotiate
from tests.router.deferral.shop import SDL, Shop
from tests.support.running_server import Running, running
from tests.support.socket_client import connected

QUERY = '{ item { name ... @defer(label: "s") { stars } } }'
FIRST = {"data": {"item": {"name": "a name"}}, "hasNext": True}
LATER = {"incremental": [{"data": {"stars": 5}, "path": ["item"], "label": "s"}], "hasNext": False}
PARTS = "multipart/mixed;deferSpec=20220824,application/graphql-response+json,application/json;q=0.9"


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
async def router(shop: Shop) -> AsyncIterator[Running]:
    config = load_config()
    async with running(build_router(config, SDL, shop.transport), config) as started:
        yield started


def _read_part(text: str) -> Any:
    head, _, body = text.strip("\r\n").partition("\r\n\r\n")
    assert head == "content-type: application/json; charset=utf-8"
    return json.loads(body)


async def test_each_part_is_sent_as_soon_as_it_is_there(router: Running, shop: Shop) -> None:
    slow = shop.hold("stars")
    async with (
        httpx.AsyncClient(base_url=router.http) as client,
        client.stream("POST", "/graphql", json={"query": QUERY}, headers={"accept": PARTS}) as response,
    ):
        assert response.headers["content-type"] == 'multipart/mixed; boundary="-"; deferSpec=20220824'
        chunks = response.aiter_text()
        async with asyncio.timeout(5):
            before = await anext(chunks)
        # The boundary after the part is there too: without it no client knows that the part is complete.
        preamble, first, nothing = before.split("\r\n---")
        assert (preamble, _read_part(first), nothing) == ("", FIRST, "")
        slow.set()
        rest = "".join([chunk async for chunk in chunks])
    later, end = rest.split("\r\n---")
    assert (_read_part(later), end) == (LATER, "--\r\n")


async def test_the_newer_format_is_given_to_who_names_it(router: Running) -> None:
    headers = {"accept": "multipart/mixed;incrementalSpec=v0.2, application/json"}
    async with httpx.AsyncClient(base_url=router.http) as client:
        response = await client.post("/graphql", json={"query": QUERY}, headers=headers)
    assert response.headers["content-type"] == 'multipart/mixed; boundary="-"; incrementalSpec=v0.2'
    first, later = map(_read_part, response.text.split("\r\n---")[1:-1])
    assert first == FIRST | {"pending": [{"id": "0", "path": ["item"], "label": "s"}]}
    assert later == {
        "incremental": [{"id": "0", "data": {"stars": 5}}],
        "completed": [{"id": "0"}],
        "hasNext": False,
    }


async def test_queries_by_get_come_in_parts_too(router: Running) -> None:
    async with httpx.AsyncClient(base_url=router.http) as client:
        response = await client.get("/graphql", params={"query": QUERY}, headers={"accept": PARTS})
    assert [_read_part(part) for part in response.text.split("\r\n---")[1:-1]] == [FIRST, LATER]


async def test_who_takes_no_parts_gets_everything_at_once(router: Running) -> None:
    async with httpx.AsyncClient(base_url=router.http) as client:
        response = await client.post("/graphql", json={"query": QUERY}, headers={"accept": "application/json"})
    assert response.json() == {"data": {"item": {"name": "a name", "stars": 5}}}


async def test_what_defers_nothing_comes_whole(router: Running) -> None:
    async with httpx.AsyncClient(base_url=router.http) as client:
        whole = await client.post("/graphql", json={"query": "{ item { name } }"}, headers={"accept": PARTS})
        part = await client.post("/graphql", json={"query": "{ item { name } }"}, headers={"accept": "multipart/mixed"})
    assert whole.json() == {"data": {"item": {"name": "a name"}}}
    _, only, end = part.text.split("\r\n---")
    assert (_read_part(only), end) == ({"data": {"item": {"name": "a name"}}}, "--\r\n")


async def test_a_refused_operation_is_no_multipart(router: Running) -> None:
    async with httpx.AsyncClient(base_url=router.http) as client:
        response = await client.post("/graphql", json={"query": "{ nothing }"}, headers={"accept": PARTS})
    assert response.headers["content-type"].startswith("application/graphql-response+json")
    assert response.status_code == 400


async def test_an_event_stream_has_an_event_for_each_response(router: Running) -> None:
    async with httpx.AsyncClient(base_url=router.http) as client:
        response = await client.post("/graphql", json={"query": QUERY}, headers={"accept": "text/event-stream"})
    events = [line.removeprefix("data: ") for line in response.text.split("\n") if line.startswith("data: ")]
    assert [json.loads(event) for event in events] == [FIRST, LATER]
    assert response.text.endswith("event: complete\ndata:\n\n")


@pytest.mark.parametrize("kind", ["query", "mutation"])
async def test_a_socket_has_a_message_for_each_response(router: Running, shop: Shop, kind: str) -> None:
    slow = shop.hold("stars")
    root = "item" if kind == "query" else "rename"
    async with connected(router) as socket:
        await socket.init()
        await socket.subscribe("1", f"{kind} {{ {root} {{ name ... @defer {{ stars }} }} }}")
        first = await socket.receive()
        slow.set()
        rest = [await socket.receive() for _ in range(2)]
    assert first["payload"] == {"data": {root: {"name": "a name"}}, "hasNext": True}
    assert [message["type"] for message in rest] == ["next", "complete"]
    assert rest[0]["payload"] == {"incremental": [{"data": {"stars": 5}, "path": [root]}], "hasNext": False}


async def test_a_client_that_goes_ends_what_it_waited_for(router: Running, shop: Shop) -> None:
    shop.hold("stars")
    async with (
        httpx.AsyncClient(base_url=router.http) as client,
        client.stream("POST", "/graphql", json={"query": QUERY}, headers={"accept": PARTS}) as response,
    ):
        await anext(response.aiter_text())
    async with asyncio.timeout(5):
        await shop.gave_up.wait()
    assert shop.cancelled == ["stars"]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (PARTS, IncrementalFormat.DEFER_2022),
        ("multipart/mixed", IncrementalFormat.DEFER_2022),
        ("multipart/mixed; incrementalSpec=v0.2", IncrementalFormat.INCREMENTAL_V0_2),
        ('multipart/mixed; deferSpec="20220824", */*', IncrementalFormat.DEFER_2022),
        ("application/json, text/event-stream, multipart/mixed", IncrementalFormat.DEFER_2022),
        ("application/json, multipart/mixed;q=0.5", None),
        ("multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json", None),
        ("multipart/mixed; incrementalSpec=v9", None),
        ("application/json", None),
        ("*/*", None),
    ],
)
def test_the_format_is_the_one_that_the_client_names(accept: str, expected: IncrementalFormat | None) -> None:
    assert negotiate(accept.encode()).parts is expected
