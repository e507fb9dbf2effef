"""The whole router before subgraphs that misbehave on real sockets: the right error, the rest of the data, no stall."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
import pytest

from router.app import build_router
from router.config import load_config
from router.transport.base import SubgraphRequest
from tests.support.eventually import eventually
from tests.support.graph import STORE, SUPERGRAPH, mock_subgraphs
from tests.support.running_server import Conversation, Running, running, talking
from tests.support.socket_client import connected

QUERY = '{me{name} product(upc:"p1"){title rating}}'
ME = {"name": "user 1"}
LIMIT = 100_000
ENTITY = b'{"data":{"_entities":[{"rating":"good"}]}}'


async def read_request(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
    return await reader.readexactly(
        next(int(line.split(":")[1]) for line in head if line.startswith("content-length:"))
    )


def good(subgraph: str, seen: list[bytes] | None = None) -> Conversation:
    """A subgraph that answers as it must."""
    right = mock_subgraphs(STORE())

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not reader.at_eof():
            try:
                body = await read_request(reader)
            except asyncio.IncompleteReadError:
                return
            if seen is not None:
                seen.append(body)
            answer = (await right.send(SubgraphRequest(subgraph, body, (), 0))).body
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(answer), answer))
            await writer.drain()

    return converse


Write = Callable[[asyncio.StreamWriter], Any]


def bad(write: Write) -> Conversation:
    """A subgraph that reads a request, writes what it likes, and closes."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        done = write(writer)
        if done is not None:
            await done

    return converse


def http(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> Write:
    lines = (b"HTTP/1.1 " + status, b"content-length: %d" % len(body), *headers)
    return lambda writer: writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)


def entities(text: bytes) -> Write:
    return http(b'{"data":{"_entities":' + text + b"}}")


def errors(text: bytes, data: bytes = b"null") -> Write:
    return http(b'{"data":' + data + b',"errors":' + text + b"}")


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"1000\r\n" + b" " * 4096 + b"\r\n")
        await writer.drain()


async def dripping(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def reset(writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"data":{')
    await writer.drain()
    await asyncio.sleep(0.05)
    # Without lingering, a close is a reset.
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def silent(_: asyncio.StreamWriter) -> None:
    await asyncio.sleep(5)


@asynccontextmanager
async def router(subgraphs: dict[str, Conversation], *, seconds: float = 20.0) -> AsyncGenerator[Running, None]:
    """Serve the router with these subgraphs, and good ones for the rest."""
    conversations = {name: good(name) for name in ("accounts", "products", "reviews")} | subgraphs
    async with (
        talking(conversations["accounts"]) as accounts,
        talking(conversations["products"]) as products,
        talking(conversations["reviews"]) as reviews,
    ):
        hosts = {"accounts": accounts, "products": products, "reviews": reviews}
        config = load_config(
            subgraphs={name: {"url": f"http://{host}/graphql"} for name, host in hosts.items()},
            limits={"subgraph_response_bytes": LIMIT, "timeout_seconds": seconds},
            log={"access": False},
        )
        async with running(build_router(config, SUPERGRAPH), config) as started:
            yield started


async def ask(started: Running, query: str = QUERY) -> tuple[Any, bytes]:
    async with httpx.AsyncClient(base_url=started.http, verify=False) as client:
        response = await client.post("/graphql", json={"query": query}, timeout=30)
    assert response.status_code == 200
    return orjson.loads(response.content), response.content


NONSENSE: dict[str, tuple[Write, str]] = {
    "html": (http(b"<html>secret</html>", b"content-type: text/html", status=b"502 Bad Gateway"), "BAD_RESPONSE"),
    "half_a_json": (http(ENTITY[:-5]), "BAD_RESPONSE"),
    "nothing": (http(b""), "BAD_RESPONSE"),
    "a_list": (http(b"[]"), "BAD_RESPONSE"),
    "no_data": (http(b'{"secret":1}'), "BAD_RESPONSE"),
    "nan": (entities(b'[{"rating":NaN}]'), "BAD_RESPONSE"),
    "latin_1": (entities(b'[{"rating":"\xe9"}]'), "BAD_RESPONSE"),
    "too_few_entities": (entities(b"[]"), "BAD_RESPONSE"),
    "too_many_entities": (entities(b'[{"rating":"x"},{"rating":"y"}]'), "BAD_RESPONSE"),
    "entities_that_are_an_object": (entities(b'{"rating":"x"}'), "BAD_RESPONSE"),
    "an_entity_that_is_text": (entities(b'["secret"]'), "BAD_RESPONSE"),
    "errors_that_are_no_list": (errors(b'"secret"'), "BAD_RESPONSE"),
    "a_500_without_a_body": (http(b"", status=b"500 Internal Server Error"), "BAD_RESPONSE"),
    "a_401_in_html": (http(b"<html>", status=b"401 Unauthorized"), "BAD_RESPONSE"),
    "a_redirect": (http(b"", b"location: http://127.0.0.1:1/", status=b"302 Found"), "BAD_RESPONSE"),
    "no_http": (lambda writer: writer.write(b"SSH-2.0-secret\r\n\r\n"), "BAD_RESPONSE"),
    "closed_without_a_word": (lambda _: None, "UNREACHABLE"),
    "closed_half_way": (
        lambda writer: writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"),
        "UNREACHABLE",
    ),
    "reset_half_way": (reset, "UNREACHABLE"),
    "endless": (endless, "RESPONSE_TOO_LARGE"),
    "too_long": (http(b" " * (LIMIT + 1)), "RESPONSE_TOO_LARGE"),
    "a_bomb": (http(gzip.compress(b" " * 50_000_000), b"content-encoding: gzip"), "RESPONSE_TOO_LARGE"),
    "broken_gzip": (http(b"\x1f\x8bsecret", b"content-encoding: gzip"), "UNREACHABLE"),
}
NAMES = {
    "BAD_RESPONSE": "The subgraph gave no valid answer.",
    "UNREACHABLE": "The subgraph cannot be reached.",
    "RESPONSE_TOO_LARGE": "The subgraph's answer is too long.",
    "TIMEOUT": "The subgraph did not answer in time.",
}


@pytest.mark.parametrize("name", sorted(NONSENSE))
async def test_nonsense_for_entities_costs_only_their_fields(name: str) -> None:
    write, code = NONSENSE[name]
    async with router({"reviews": bad(write)}) as started:
        answer, body = await ask(started)

    assert answer == {
        "data": {"me": ME, "product": {"title": "product 1", "rating": None}},
        "errors": [
            {
                "message": NAMES[code],
                "path": ["product"],
                "extensions": {"code": "SUBGRAPH_" + code, "service": "reviews"},
            }
        ],
    }
    assert b"secret" not in body


@pytest.mark.parametrize("name", ["html", "reset_half_way", "endless", "a_bomb"])
async def test_nonsense_at_the_root_costs_only_its_fields(name: str) -> None:
    write, code = NONSENSE[name]
    async with router({"products": bad(write)}) as started:
        answer, _ = await ask(started)

    assert answer["data"] == {"me": ME, "product": None}
    assert [(error["path"], error["extensions"]) for error in answer["errors"]] == [
        (["product"], {"code": "SUBGRAPH_" + code, "service": "products"})
    ]


@pytest.mark.parametrize("write", [silent, dripping], ids=["silent", "dripping"])
async def test_the_deadline_holds_whatever_trickles_in(write: Write) -> None:
    async with router({"reviews": bad(write)}, seconds=1) as started:
        answer, _ = await ask(started)

    assert answer["data"] == {"me": ME, "product": {"title": "product 1", "rating": None}}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["SUBGRAPH_TIMEOUT"]


@pytest.mark.parametrize(
    "write",
    [
        http(ENTITY),
        http(ENTITY, b"content-type: text/plain"),
        http(ENTITY, status=b"500 Internal Server Error"),
        http(b"\xef\xbb\xbf" + ENTITY),
        http(gzip.compress(ENTITY), b"content-encoding: gzip"),
        entities(b'[{"__typename":"Nothing","rating":"bad","rating":"good","more":1}]'),
        lambda writer: writer.write(b"HTTP/1.0 200 OK\r\n\r\n" + ENTITY),
    ],
    ids=["plain", "content_type", "status", "byte_order_mark", "gzip", "unknown_parts", "http_1_0"],
)
async def test_what_is_a_graphql_response_counts_whatever_is_around_it(write: Write) -> None:
    async with router({"reviews": bad(write)}) as started:
        answer, _ = await ask(started)

    assert answer == {"data": {"me": ME, "product": {"title": "product 1", "rating": "good"}}}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (b'[{"message":"m","path":["_entities",0,"rating"]}]', ["product", "rating"]),
        (b'[{"message":"m","path":["_entities",0]}]', ["product"]),
        (b'[{"message":"m"}]', ["product"]),
        (b'[{"message":"m","path":[]}]', ["product"]),
        (b'[{"message":"m","path":["_entities",7,"rating"]}]', ["product"]),
        (b'[{"message":"m","path":{"a":1}}]', ["product"]),
        (b'[{"message":"m","path":["_entities",0,"__internal",true]}]', ["product"]),
    ],
)
async def test_an_error_is_told_at_the_clients_path(text: bytes, path: list[str]) -> None:
    async with router({"reviews": bad(errors(text, b'{"_entities":[null]}'))}) as started:
        answer, _ = await ask(started)

    assert answer["data"] == {"me": ME, "product": {"title": "product 1", "rating": None}}
    assert answer["errors"] == [
        {"message": "m", "path": path, "extensions": {"code": "SUBGRAPH_ERROR", "service": "reviews"}}
    ]


async def test_a_hundred_thousand_errors_are_a_thousand_and_their_number() -> None:
    text = b"[" + b",".join([b"{}"] * 30_000) + b"]"
    async with router({"reviews": bad(errors(text))}) as started:
        answer, _ = await ask(started)

    assert len(answer["errors"]) == 1_001
    assert answer["errors"][-1] == {
        "message": "29000 more errors are left out.",
        "extensions": {"code": "TOO_MANY_ERRORS"},
    }


Leave = Callable[[Running, str, Callable[[], bool]], Awaitable[None]]


# ---- clients that go -----------------------------------------------------------------------------------------------
class Waiting:
    """A subgraph that answers nothing, and sees when the router hangs up."""

    def __init__(self) -> None:
        self.asked = 0
        self.hung_up = 0

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del writer
        await read_request(reader)
        self.asked += 1
        await reader.read()
        self.hung_up += 1


async def leave_after(started: Running, query: str, condition: Callable[[], bool]) -> None:
    """Send a request over a socket, and close it when the condition is true."""
    body = orjson.dumps({"query": query})
    _, writer = await asyncio.open_connection(*started.host.split(":"))
    head = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    writer.write(head % len(body) + body)
    await writer.drain()
    await eventually(condition)
    writer.close()


async def test_a_query_whose_client_goes_is_cancelled_at_every_subgraph() -> None:
    accounts, products = Waiting(), Waiting()
    async with router({"accounts": accounts.converse, "products": products.converse}) as started:
        await leave_after(started, QUERY, lambda: accounts.asked == products.asked == 1)
        await eventually(lambda: accounts.hung_up == products.hung_up == 1)


async def leave_socket_after(started: Running, query: str, condition: Callable[[], bool]) -> None:
    async with connected(started) as client:
        await client.init()
        await client.subscribe("m", query)
        await eventually(condition)


@pytest.mark.parametrize("leave", [leave_after, leave_socket_after], ids=["http", "websocket"])
async def test_a_mutation_whose_client_goes_is_done_to_its_end(leave: Leave) -> None:
    asked: list[str] = []

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        asked.append("accounts")
        await asyncio.sleep(0.3)
        http(b'{"data":{"rename":{"name":"x"}}}')(writer)

    async def next_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        asked.append("reviews")
        http(b'{"data":{"review":{"id":"r"}}}')(writer)

    query = 'mutation{rename(id:"0",name:"x"){name} review(upc:"p1",body:"b"){id}}'
    async with router({"accounts": slow, "reviews": next_one}) as started:
        await leave(started, query, lambda: asked == ["accounts"])
        await eventually(lambda: asked == ["accounts", "reviews"])


async def test_requests_side_by_side_get_their_own_answers() -> None:
    async with router({}) as started:
        queries = [f'{{product(upc:"p{number % 5}"){{title rating}} me{{name}}}}' for number in range(40)]
        answers = [answer for answer, _ in await asyncio.gather(*(ask(started, query) for query in queries))]

    assert [answer["data"]["product"]["title"] for answer in answers] == [
        f"product {number % 5}" for number in range(40)
    ]
