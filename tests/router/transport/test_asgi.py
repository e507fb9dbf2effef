"""The in-process transport, with a subgraph made with Strawberry and with applications that misbehave."""

from __future__ import annotations

import asyncio
import contextvars
from typing import Any

import orjson
import pytest
import structlog

from router.errors import SubgraphBadResponse, SubgraphResponseTooLarge, SubgraphTimeout, SubgraphUnreachable
from router.transport import AsgiTransport
from tests.support.strawberry_subgraph import Seen, strawberry_subgraph
from tests.support.subgraph_requests import subgraph_request

marked: contextvars.ContextVar[str] = contextvars.ContextVar("marked", default="untouched")


def transport_to(app: Any, **options: Any) -> AsgiTransport:
    return AsgiTransport({"products": app}, **options)


async def answer(send: Any, *parts: bytes, status: int = 200) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    for part in parts[:-1]:
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": parts[-1]})


class TestSending:
    async def test_an_answer_comes_back_undecoded(self) -> None:
        transport = transport_to(strawberry_subgraph(Seen()))
        response = await transport.send(subgraph_request())
        assert response.status == 200
        assert orjson.loads(response.body) == {"data": {"name": "Lamp"}}
        await transport.aclose()

    async def test_the_application_sees_what_a_server_would_show_it(self) -> None:
        seen = Seen()
        transport = transport_to(strawberry_subgraph(seen))
        await transport.send(subgraph_request(headers=(("authorization", "Bearer t"),), seconds=2))
        [headers] = seen.headers
        assert 1500 < int(headers.pop("x-deadline-ms")) <= 2000
        assert headers == {
            "host": "localhost",
            "content-type": "application/json",
            "accept": "application/graphql-response+json, application/json;q=0.9",
            "authorization": "Bearer t",
        }

    async def test_a_body_in_parts_is_put_together(self) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            await answer(send, b'{"data"', b":", b"null}", status=207)

        response = await transport_to(app).send(subgraph_request())
        assert (response.status, response.body) == (207, b'{"data":null}')

    async def test_the_answer_does_not_wait_for_what_the_application_does_afterwards(self) -> None:
        finished = asyncio.Event()

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await answer(send, b"{}")
            await asyncio.sleep(0.05)
            finished.set()

        transport = transport_to(app)
        await transport.send(subgraph_request())
        assert not finished.is_set()
        await transport.aclose()
        assert finished.is_set()

    async def test_the_context_of_the_application_stays_its_own(self) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            marked.set("by the application")
            await answer(send, b"{}")

        await transport_to(app).send(subgraph_request())
        assert marked.get() == "untouched"


class TestWhatGoesWrong:
    async def test_after_the_deadline_the_application_is_told_and_not_cancelled(self) -> None:
        told = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await receive()
            told.append((await receive())["type"])
            await asyncio.sleep(0.01)
            told.append("finished")
            await answer(send, b"{}")

        transport = transport_to(app)
        with pytest.raises(SubgraphTimeout):
            await transport.send(subgraph_request(seconds=0.05))
        await transport.aclose()
        assert told == ["http.disconnect", "finished"]

    async def test_an_application_that_raises_is_a_bad_response_and_logged(self) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            raise ZeroDivisionError("secret")

        with structlog.testing.capture_logs() as logs, pytest.raises(SubgraphBadResponse, match="ZeroDivisionError"):
            await transport_to(app).send(subgraph_request())
        assert [(log["event"], log["subgraph"]) for log in logs] == [("subgraph_application_failed", "products")]

    async def test_an_application_that_raises_after_its_answer_has_answered(self) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            await answer(send, b"{}")
            raise ZeroDivisionError

        transport = transport_to(app)
        with structlog.testing.capture_logs() as logs:
            assert (await transport.send(subgraph_request())).body == b"{}"
            await transport.aclose()
        assert len(logs) == 1

    async def test_an_application_that_says_nothing_is_a_bad_response(self) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            await receive()

        with pytest.raises(SubgraphBadResponse, match="ended without an answer"):
            await transport_to(app).send(subgraph_request())

    async def test_an_endless_answer_is_given_up_and_the_application_told(self) -> None:
        sent = 0

        async def app(scope: Any, receive: Any, send: Any) -> None:
            nonlocal sent
            await send({"type": "http.response.start", "status": 200, "headers": []})
            while True:
                await send({"type": "http.response.body", "body": b" " * 100, "more_body": True})
                sent += 100

        transport = transport_to(app, response_bytes=1_000)
        with structlog.testing.capture_logs(), pytest.raises(SubgraphResponseTooLarge):
            await transport.send(subgraph_request())
        assert sent == 1_000

    async def test_an_unknown_subgraph_is_unreachable(self) -> None:
        with pytest.raises(SubgraphUnreachable, match="no application is known"):
            await transport_to(strawberry_subgraph(Seen())).send(subgraph_request("reviews"))

    async def test_nothing_is_sent_after_closing(self) -> None:
        transport = transport_to(strawberry_subgraph(Seen()))
        await transport.aclose()
        with pytest.raises(SubgraphUnreachable, match="shutting down"):
            await transport.send(subgraph_request())

    async def test_closing_does_not_wait_long_for_an_application(self) -> None:
        cancelled = asyncio.Event()

        async def app(scope: Any, receive: Any, send: Any) -> None:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                cancelled.set()
                raise

        transport = transport_to(app, close_seconds=0.05)
        with pytest.raises(SubgraphTimeout):
            await transport.send(subgraph_request(seconds=0.05))
        await transport.aclose()
        assert cancelled.is_set()


class TestSubscribing:
    async def test_events_come_until_the_subscription_ends(self) -> None:
        seen = Seen()
        transport = transport_to(strawberry_subgraph(seen))
        request = subgraph_request(query="subscription { ticks(count: 200) }", headers=(("authorization", "Bearer t"),))
        events = [orjson.loads(event) async for event in transport.subscribe(request)]
        assert events == [{"data": {"ticks": number}} for number in range(1, 201)]
        assert seen.connection_params == [{"authorization": "Bearer t"}]
        assert seen.open_subscriptions == 0

    async def test_closing_the_iterator_ends_the_subscription_at_the_subgraph(self) -> None:
        seen = Seen()
        transport = transport_to(strawberry_subgraph(seen))
        events = transport.subscribe(subgraph_request(query="subscription { quiet }"))
        assert orjson.loads(await anext(events)) == {"data": {"quiet": 1}}
        assert seen.open_subscriptions == 1
        await events.aclose()
        assert seen.open_subscriptions == 0

    async def test_a_reader_that_stops_reading_holds_the_subgraph_back(self) -> None:
        sent = 0
        refused: list[OSError] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            nonlocal sent
            await receive()
            await send({"type": "websocket.accept", "subprotocol": "graphql-transport-ws"})
            await receive()
            await send({"type": "websocket.send", "text": '{"type":"connection_ack"}'})
            try:
                while True:
                    sent += 1
                    await send({"type": "websocket.send", "text": '{"type":"next","id":"1","payload":{}}'})
            except OSError as error:
                refused.append(error)

        transport = transport_to(app)
        events = transport.subscribe(subgraph_request())
        await anext(events)
        await asyncio.sleep(0.05)
        assert sent < 100
        await events.aclose()
        assert [str(error) for error in refused] == ["the subscriber is gone"]

    @pytest.mark.parametrize(
        ("messages", "expected", "reason"),
        [
            ([{"type": "websocket.close", "code": 1008}], SubgraphUnreachable, "refused"),
            ([{"type": "websocket.accept"}], SubgraphBadResponse, "does not speak"),
            ([], SubgraphUnreachable, "the application ended"),
            (
                [{"type": "websocket.accept", "subprotocol": "graphql-transport-ws"}, {"type": "websocket.close"}],
                SubgraphUnreachable,
                "closed with 1000",
            ),
        ],
        ids=["refused", "another subprotocol", "ended", "closed"],
    )
    async def test_a_socket_that_does_not_work_is_told_by_its_kind(
        self, messages: list[dict[str, Any]], expected: type[Exception], reason: str
    ) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            await receive()
            for message in messages:
                await send(message)

        with pytest.raises(expected, match=reason):
            await anext(transport_to(app).subscribe(subgraph_request()))

    async def test_an_application_that_raises_ends_the_subscription(self) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            raise ZeroDivisionError

        with structlog.testing.capture_logs() as logs, pytest.raises(SubgraphUnreachable, match="ZeroDivisionError"):
            await anext(transport_to(app).subscribe(subgraph_request()))
        assert len(logs) == 1

    async def test_a_socket_that_is_never_accepted_is_given_up(self) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            await receive()
            await receive()

        with pytest.raises(SubgraphTimeout):
            await anext(transport_to(app, connect_seconds=0.05).subscribe(subgraph_request()))
