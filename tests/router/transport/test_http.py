"""The HTTP transport against real servers, good and bad."""

from __future__ import annotations

import asyncio
import gzip
import inspect
import tracemalloc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiohttp
import orjson
import pytest

from router.errors import (
    SubgraphBadResponse,
    SubgraphResponseTooLarge,
    SubgraphTimeout,
    SubgraphUnreachable,
    TransportError,
)
from router.transport import HttpLimits, HttpTransport, SubgraphEndpoint
from router.transport.http import TRANSLATED, translate
from tests.support.eventually import eventually
from tests.support.running_server import Conversation, serving, talking
from tests.support.strawberry_subgraph import Seen, strawberry_subgraph
from tests.support.subgraph_requests import subgraph_request

SOME_LIMITS = HttpLimits(response_bytes=1000)


@asynccontextmanager
async def transport_to(host: str, limits: HttpLimits | None = None) -> AsyncGenerator[HttpTransport, None]:
    transport = HttpTransport({"products": SubgraphEndpoint(f"http://{host}/graphql")}, limits=limits)
    try:
        yield transport
    finally:
        await transport.aclose()


def answering(*parts: bytes, read: bool = True) -> Conversation:
    """Make a server that sends these bytes and closes."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if read:
            await read_request(reader)
        for part in parts:
            writer.write(part)
            await writer.drain()
            # The next part shall come in a packet of its own.
            await asyncio.sleep(0.05)

    return converse


async def read_request(reader: asyncio.StreamReader) -> tuple[list[str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
    length = next(int(line.split(":")[1]) for line in head if line.lower().startswith("content-length:"))
    return head, await reader.readexactly(length)


def http_answer(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    lines = [b"HTTP/1.1 " + status, b"content-length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


class TestSending:
    async def test_an_answer_comes_back_undecoded(self) -> None:
        async with serving(strawberry_subgraph(Seen())) as host, transport_to(host) as transport:
            response = await transport.send(subgraph_request())
        assert response.status == 200
        assert orjson.loads(response.body) == {"data": {"name": "Lamp"}}

    async def test_the_request_is_a_plain_post_with_the_given_headers_and_the_time_left(self) -> None:
        requests: list[tuple[list[str], bytes]] = []

        async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            requests.append(await read_request(reader))
            writer.write(http_answer(b"{}"))

        request = subgraph_request(headers=(("authorization", "Bearer t"), ("x-request-id", "r-9")), seconds=2)
        async with talking(converse) as host, transport_to(host) as transport:
            await transport.send(request)
        [(head, body)] = requests
        assert body == b'{"query":"{ name }"}'
        assert head[0] == "POST /graphql HTTP/1.1"
        headers = dict(line.lower().split(": ") for line in head[1:])
        assert 1500 < int(headers.pop("x-deadline-ms")) <= 2000
        assert headers == {
            "host": host,
            "accept-encoding": "identity",
            "content-type": "application/json",
            "accept": "application/graphql-response+json, application/json;q=0.9",
            "authorization": "bearer t",
            "x-request-id": "r-9",
            "content-length": "20",
        }

    async def test_connections_are_used_again(self) -> None:
        connections = 0

        async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal connections
            connections += 1
            for _ in range(3):
                await read_request(reader)
                writer.write(http_answer(b"{}"))
                await writer.drain()

        async with talking(converse) as host, transport_to(host) as transport:
            for _ in range(3):
                assert (await transport.send(subgraph_request())).body == b"{}"
        assert connections == 1

    async def test_a_subgraph_has_no_more_connections_than_its_limit(self) -> None:
        limits = HttpLimits(connections=2)
        open_now = most = 0

        async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal open_now, most
            await read_request(reader)
            open_now += 1
            most = max(most, open_now)
            await asyncio.sleep(0.02)
            open_now -= 1
            writer.write(http_answer(b"{}", b"connection: close"))

        async with talking(converse) as host, transport_to(host, limits) as transport:
            await asyncio.gather(*(transport.send(subgraph_request()) for _ in range(6)))
        assert most == 2

    async def test_an_error_status_is_an_answer_like_any_other(self) -> None:
        answer = http_answer(b"<h1>no</h1>", status=b"502 Bad Gateway")
        async with talking(answering(answer)) as host, transport_to(host) as transport:
            response = await transport.send(subgraph_request())
        assert (response.status, response.body) == (502, b"<h1>no</h1>")

    async def test_a_redirect_is_not_followed(self) -> None:
        answer = http_answer(b"", b"location: http://127.0.0.1:1/", status=b"307 Temporary Redirect")
        async with talking(answering(answer)) as host, transport_to(host) as transport:
            assert (await transport.send(subgraph_request())).status == 307

    async def test_cookies_of_a_subgraph_are_not_kept(self) -> None:
        heads: list[list[str]] = []

        async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for _ in range(2):
                heads.append((await read_request(reader))[0])
                writer.write(http_answer(b"{}", b"set-cookie: session=1; path=/"))

        async with talking(converse) as host, transport_to(host) as transport:
            await transport.send(subgraph_request())
            await transport.send(subgraph_request())
        assert [line for head in heads for line in head if line.lower().startswith("cookie")] == []


class TestWhatGoesWrong:
    async def test_the_deadline_ends_a_slow_request(self) -> None:
        async with serving(strawberry_subgraph(Seen())) as host, transport_to(host) as transport:
            with pytest.raises(SubgraphTimeout):
                await transport.send(subgraph_request(query="{ slow(seconds: 30) }", seconds=0.1))

    async def test_a_deadline_in_the_past_ends_it_at_once(self) -> None:
        async with serving(strawberry_subgraph(Seen())) as host, transport_to(host) as transport:
            with pytest.raises(SubgraphTimeout):
                await transport.send(subgraph_request(seconds=-1))

    async def test_nobody_listens(self) -> None:
        async with transport_to("127.0.0.1:1") as transport:
            with pytest.raises(SubgraphUnreachable) as caught:
                await transport.send(subgraph_request())
        assert caught.value.subgraph == "products"

    @pytest.mark.parametrize(
        ("parts", "expected"),
        [
            ([], SubgraphUnreachable),
            ([b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}"], SubgraphUnreachable),
            ([b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{}"], SubgraphUnreachable),
            ([b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n"], SubgraphBadResponse),
            ([b"HTTP/1.1 200 OK\r\nx: " + b"y" * 100_000 + b"\r\n\r\n"], SubgraphBadResponse),
            ([b"SSH-2.0-OpenSSH_9.2\r\n\r\n"], SubgraphBadResponse),
            ([http_answer(b"no gzip", b"content-encoding: gzip")], SubgraphUnreachable),
        ],
        ids=[
            "closed at once",
            "closed half-way",
            "half a chunk",
            "no chunk",
            "a huge header",
            "not HTTP",
            "not compressed as it says",
        ],
    )
    async def test_a_broken_answer_is_told_by_its_kind(
        self, parts: list[bytes], expected: type[TransportError]
    ) -> None:
        async with talking(answering(*parts)) as host, transport_to(host) as transport:
            with pytest.raises(expected):
                await transport.send(subgraph_request())

    async def test_nonsense_in_a_later_chunk_ends_with_the_deadline_at_the_latest(self) -> None:
        parts = [b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n", b"zz\r\n{}"]
        async with talking(answering(*parts)) as host, transport_to(host) as transport:
            with pytest.raises(TransportError):
                await transport.send(subgraph_request(seconds=0.3))

    @pytest.mark.parametrize(
        "answer",
        [
            http_answer(b"x" * 1001),
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
            b"1f4\r\n" + b"x" * 500 + b"\r\n1f5\r\n" + b"x" * 501 + b"\r\n0\r\n\r\n",
            http_answer(gzip.compress(b"x" * 1_000_000), b"content-encoding: gzip"),
        ],
        ids=["it says so", "in chunks", "once decompressed"],
    )
    async def test_an_answer_above_the_limit_is_not_read_to_its_end(self, answer: bytes) -> None:
        async with talking(answering(answer)) as host, transport_to(host, SOME_LIMITS) as transport:
            with pytest.raises(SubgraphBadResponse, match="more than 1000"):
                await transport.send(subgraph_request())

    async def test_a_bomb_is_given_up_before_it_fills_memory(self) -> None:
        bomb = gzip.compress(b" " * 50_000_000)
        conversation = answering(http_answer(bomb, b"content-encoding: gzip"))
        async with talking(conversation) as host, transport_to(host, SOME_LIMITS) as transport:
            tracemalloc.start()
            try:
                with pytest.raises(SubgraphResponseTooLarge):
                    await transport.send(subgraph_request())
                _, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()

        assert peak < 5_000_000

    async def test_an_answer_at_the_limit_is_read(self) -> None:
        async with talking(answering(http_answer(b"x" * 1000))) as host, transport_to(host, SOME_LIMITS) as transport:
            assert (await transport.send(subgraph_request())).body == b"x" * 1000

    async def test_a_header_with_a_line_break_is_never_sent(self) -> None:
        async with serving(strawberry_subgraph(Seen())) as host, transport_to(host) as transport:
            with pytest.raises(SubgraphUnreachable):
                await transport.send(subgraph_request(headers=(("authorization", "a\r\nx-admin: 1"),)))

    async def test_a_subgraph_without_an_address_is_unreachable(self) -> None:
        async with transport_to("127.0.0.1:1") as transport:
            with pytest.raises(SubgraphUnreachable, match="no address is known"):
                await transport.send(subgraph_request("reviews"))

    async def test_nothing_is_sent_after_closing(self) -> None:
        async with transport_to("127.0.0.1:1") as transport:
            await transport.aclose()
            with pytest.raises(SubgraphUnreachable, match="shutting down"):
                await transport.send(subgraph_request())

    async def test_a_cancelled_caller_is_cancelled(self) -> None:
        async with serving(strawberry_subgraph(Seen())) as host, transport_to(host) as transport:
            task = asyncio.create_task(transport.send(subgraph_request(query="{ slow(seconds: 30) }")))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task


# These come from reading multipart bodies, from aiohttp's own stream objects, and from `receive_str`: none is used.
NOT_RAISED_HERE = {"BadContentDispositionHeader", "BadContentDispositionParam", "EofStream", "WSMessageTypeError"}


def aiohttp_exceptions() -> list[type[Exception]]:
    return [
        each
        for name, each in inspect.getmembers(aiohttp, inspect.isclass)
        if issubclass(each, Exception) and name not in NOT_RAISED_HERE
    ]


class TestTranslation:
    def test_every_exception_that_aiohttp_offers_is_caught(self) -> None:
        exceptions = aiohttp_exceptions()
        assert aiohttp.ClientPayloadError in exceptions
        assert [each for each in exceptions if not issubclass(each, TRANSLATED)] == []

    @pytest.mark.parametrize(
        ("error", "expected"),
        [
            (TimeoutError(), SubgraphTimeout),
            (aiohttp.ServerTimeoutError(), SubgraphTimeout),
            (aiohttp.ServerDisconnectedError(), SubgraphUnreachable),
            (aiohttp.ClientPayloadError(), SubgraphUnreachable),
            (aiohttp.WebSocketError(1002, "bad frame"), SubgraphUnreachable),
            (ConnectionResetError(), SubgraphUnreachable),
            (ValueError(), SubgraphUnreachable),
        ],
    )
    def test_each_is_told_by_its_kind(self, error: Exception, expected: type[TransportError]) -> None:
        translated = translate("products", error)
        assert type(translated) is expected
        assert translated.subgraph == "products"


class TestSubscribing:
    async def test_events_come_until_the_subscription_ends(self) -> None:
        seen = Seen()
        async with serving(strawberry_subgraph(seen)) as host, transport_to(host) as transport:
            request = subgraph_request(
                query="subscription { ticks(count: 3) }", headers=(("authorization", "Bearer t"), ("x-request-id", "r"))
            )
            events = [orjson.loads(event) async for event in transport.subscribe(request)]
        assert events == [{"data": {"ticks": number}} for number in (1, 2, 3)]
        assert seen.connection_params == [{"authorization": "Bearer t", "x-request-id": "r"}]

    async def test_closing_the_iterator_ends_the_subscription_at_the_subgraph(self) -> None:
        seen = Seen()
        async with serving(strawberry_subgraph(seen)) as host, transport_to(host) as transport:
            events = transport.subscribe(subgraph_request(query="subscription { quiet }"))
            assert orjson.loads(await anext(events)) == {"data": {"quiet": 1}}
            assert seen.open_subscriptions == 1
            await events.aclose()
            await eventually(lambda: seen.open_subscriptions == 0)

    async def test_a_refused_operation_gives_its_errors_and_ends(self) -> None:
        async with serving(strawberry_subgraph(Seen())) as host, transport_to(host) as transport:
            request = subgraph_request(query="subscription { nonsense }")
            [event] = [orjson.loads(event) async for event in transport.subscribe(request)]
        assert event == {
            "errors": [
                {
                    "message": "Cannot query field 'nonsense' on type 'Subscription'.",
                    "locations": [{"line": 1, "column": 16}],
                }
            ]
        }

    async def test_a_server_that_goes_away_ends_it_with_an_error(self) -> None:
        async with transport_to("127.0.0.1:1") as nowhere:
            with pytest.raises(SubgraphUnreachable):
                await anext(nowhere.subscribe(subgraph_request()))
        async with serving(strawberry_subgraph(Seen())) as host:
            transport = HttpTransport({"products": SubgraphEndpoint(f"http://{host}/graphql")})
            events = transport.subscribe(subgraph_request(query="subscription { quiet }"))
            await anext(events)
        with pytest.raises(SubgraphUnreachable):
            await anext(events)
        await transport.aclose()

    async def test_a_server_without_websockets_is_a_bad_response(self) -> None:
        async with talking(answer_404) as host, transport_to(host) as transport:
            with pytest.raises(SubgraphBadResponse):
                await anext(transport.subscribe(subgraph_request()))

    async def test_a_server_that_never_answers_is_given_up(self) -> None:
        async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()

        async with (
            talking(converse) as host,
            transport_to(host, HttpLimits(connect_seconds=0.1)) as transport,
        ):
            with pytest.raises(SubgraphTimeout):
                await anext(transport.subscribe(subgraph_request()))

    async def test_another_subprotocol_is_refused(self) -> None:
        async def app(scope: object, receive: object, send: object) -> None:
            await receive()  # type: ignore[operator]
            await send({"type": "websocket.accept"})  # type: ignore[operator]
            await receive()  # type: ignore[operator]

        async with serving(app) as host, transport_to(host) as transport:
            with pytest.raises(SubgraphBadResponse, match="does not speak graphql-transport-ws"):
                await anext(transport.subscribe(subgraph_request()))

    def test_the_address_for_subscriptions_follows_from_the_other_one(self) -> None:
        assert SubgraphEndpoint("https://a.example/graphql").websocket_url() == "wss://a.example/graphql"
        assert SubgraphEndpoint("http://a.example:1/g?x=1").websocket_url() == "ws://a.example:1/g?x=1"
        assert SubgraphEndpoint("http://a/g", "wss://b/s").websocket_url() == "wss://b/s"


async def answer_404(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(http_answer(b"", status=b"404 Not Found"))
    await writer.drain()
