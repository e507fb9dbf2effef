"""graphql-transport-ws, against the running server with a WebSocket client from elsewhere."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, MutableMapping
from typing import Any

import pytest
import structlog
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from router.config import LimitSettings
from router.server.callers import Callers
from router.server.forwarding import HeaderForwarding
from router.server.query_plans import QueryPlans
from router.server.websocket import GraphQLSocket, Handshake
from tests.support.eventually import eventually
from tests.support.local_engine import LocalEngine
from tests.support.running_server import Running
from tests.support.socket_client import SocketClient, connected


@pytest.fixture
async def client(router: Running) -> AsyncIterator[SocketClient]:
    """A client that has been acknowledged."""
    async with connected(router) as opened:
        assert (await opened.init())["type"] == "connection_ack"
        yield opened


def next_of(operation_id: str, data: Any) -> dict[str, Any]:
    return {"id": operation_id, "type": "next", "payload": {"data": data}}


def complete_of(operation_id: str) -> dict[str, Any]:
    return {"id": operation_id, "type": "complete"}


class TestOperations:
    async def test_a_subscription_gives_its_events_and_completes(self, client: SocketClient) -> None:
        await client.subscribe("a", "subscription($n: Int!) { ticks(count: $n) }", variables={"n": 2})
        assert await client.receive() == next_of("a", {"ticks": 1})
        assert await client.receive() == next_of("a", {"ticks": 2})
        assert await client.receive() == complete_of("a")

    async def test_queries_and_mutations_run_too(self, client: SocketClient, engine: LocalEngine) -> None:
        await client.subscribe("q", "query A { hello } query B { failing }", operationName="A")
        assert await client.receive() == next_of("q", {"hello": "Hello world"})
        assert await client.receive() == complete_of("q")
        await client.subscribe("m", "mutation { count }")
        assert await client.receive() == next_of("m", {"count": 1})
        assert await client.receive() == complete_of("m")

    async def test_operations_run_side_by_side(self, client: SocketClient, engine: LocalEngine) -> None:
        await client.subscribe("slow", "{ sleeping(seconds: 30) }")
        await client.subscribe("quick", "{ hello }")
        assert await client.receive() == next_of("quick", {"hello": "Hello world"})
        assert await client.receive() == complete_of("quick")
        engine.released.set()
        assert await client.receive() == next_of("slow", {"sleeping": "woken"})

    async def test_complete_ends_a_subscription_and_its_id_is_free_again(
        self, client: SocketClient, engine: LocalEngine
    ) -> None:
        await client.subscribe("a", "subscription { quiet }")
        await client.receive()
        await client.send({"type": "complete", "id": "a"})
        await client.subscribe("a", "{ hello }")
        assert await client.receive() == next_of("a", {"hello": "Hello world"})
        assert await client.receive() == complete_of("a")
        await eventually(lambda: engine.open_subscriptions == 0)

    async def test_completing_what_does_not_run_is_no_fault(self, client: SocketClient) -> None:
        await client.send({"type": "complete", "id": "never"})
        await client.subscribe("a", "{ hello }")
        assert (await client.receive())["type"] == "next"

    async def test_ids_may_be_any_text(self, client: SocketClient) -> None:
        await client.subscribe('"}\n✨', "{ hello }")
        assert await client.receive() == next_of('"}\n✨', {"hello": "Hello world"})

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("{", "GRAPHQL_PARSE_FAILED"),
            ("{ nonsense }", "GRAPHQL_VALIDATION_FAILED"),
            ("subscription { nonsense }", "GRAPHQL_VALIDATION_FAILED"),
            ("query ($name: String!) { hello(name: $name) }", "BAD_USER_INPUT"),
        ],
    )
    async def test_a_refused_operation_is_an_error_and_no_complete(
        self, client: SocketClient, query: str, code: str
    ) -> None:
        await client.subscribe("a", query)
        message = await client.receive()
        assert (message["id"], message["type"]) == ("a", "error")
        assert [error["extensions"]["code"] for error in message["payload"]] == [code]
        await client.subscribe("a", "{ hello }")
        assert await client.receive() == next_of("a", {"hello": "Hello world"})

    async def test_an_unforeseen_failure_tells_nothing_and_harms_nobody_else(self, client: SocketClient) -> None:
        with structlog.testing.capture_logs() as logs:
            await client.subscribe("a", "subscription { crashing }")
            assert await client.receive() == next_of("a", {"crashing": 1})
            assert await client.receive() == {
                "id": "a",
                "type": "error",
                "payload": [{"message": "Internal server error.", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}],
            }
        assert [(log["event"], type(log["exc_info"])) for log in logs] == [("operation_failed", ZeroDivisionError)]
        await client.subscribe("b", "{ hello }")
        assert await client.receive() == next_of("b", {"hello": "Hello world"})


class TestConnection:
    async def test_the_acknowledgement_has_the_id_under_which_the_log_knows_the_socket(self, router: Running) -> None:
        async with connected(router, additional_headers={"x-request-id": "r-1"}) as client:
            assert await client.init({}) == {"type": "connection_ack", "payload": {"requestId": "r-1"}}

    async def test_the_init_payload_goes_to_subgraphs_as_headers(self, router: Running, engine: LocalEngine) -> None:
        handshake = {"x-request-id": "r-1", "accept-language": "de", "authorization": "Bearer handshake"}
        async with connected(router, additional_headers=handshake) as client:
            await client.init(
                {"Authorization": "Bearer payload", "cookie": "x", "headers": {"traceparent": "00-1-2-01"}}
            )
            await client.subscribe("a", "{ hello }")
            await client.receive()
        [context] = engine.contexts
        assert context.headers == (
            ("x-request-id", "r-1"),
            ("x-forwarded-for", "127.0.0.1"),
            ("authorization", "Bearer payload"),
            ("traceparent", "00-1-2-01"),
            ("accept-language", "de"),
        )

    async def test_pings_are_answered_at_any_time(self, router: Running) -> None:
        async with connected(router) as client:
            await client.send({"type": "ping"})
            assert await client.receive() == {"type": "pong"}
            await client.send({"type": "pong"})
            await client.init()
            await client.send({"type": "ping", "payload": {"x": 1}})
            assert await client.receive() == {"type": "pong"}

    async def test_a_client_that_goes_ends_its_subscriptions(self, router: Running, engine: LocalEngine) -> None:
        async with connected(router) as client:
            await client.init()
            await client.subscribe("a", "subscription { quiet }")
            await client.receive()
            assert engine.open_subscriptions == 1
        await eventually(lambda: engine.open_subscriptions == 0)

    async def test_the_end_of_a_socket_is_one_line_in_the_log(self, router: Running) -> None:
        with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
            async with connected(router, additional_headers={"x-request-id": "r-1"}) as client:
                await client.init()
            await eventually(lambda: bool(logs))
        [line] = logs
        assert line.pop("seconds") >= 0
        assert line == {
            "event": "websocket",
            "log_level": "info",
            "request_id": "r-1",
            "path": "/graphql",
            "code": 1000,
        }


class TestRefusals:
    async def test_another_subprotocol_is_closed_with_4406(self, router: Running) -> None:
        async with connected(router, subprotocols=None) as client:
            assert await client.closed() == (4406, "Subprotocol not acceptable")

    async def test_subscribing_before_the_acknowledgement_is_closed_with_4401(self, router: Running) -> None:
        async with connected(router) as client:
            await client.subscribe("a", "{ hello }")
            assert await client.closed() == (4401, "Unauthorized")

    async def test_a_second_init_is_closed_with_4429(self, client: SocketClient) -> None:
        await client.send({"type": "connection_init"})
        assert await client.closed() == (4429, "Too many initialisation requests")

    async def test_an_id_in_use_is_closed_with_4409(self, client: SocketClient, engine: LocalEngine) -> None:
        await client.subscribe("a", "subscription { quiet }")
        await client.receive()
        await client.subscribe("a", "{ hello }")
        assert await client.closed() == (4409, "Subscriber for a already exists")
        await eventually(lambda: engine.open_subscriptions == 0)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("no JSON", "Invalid message received"),
            ("[]", "Invalid message received"),
            ('{"type": 1}', "Invalid message received"),
            ("[" * 100_000, "Invalid message received"),
            (b"binary", "Invalid message received"),
            ('{"type": "start", "id": "1"}', "Unknown message type"),
            ('{"type": "subscribe", "id": "1"}', "A subscribe message needs an id and a payload"),
            (
                '{"type": "subscribe", "id": "", "payload": {"query": "{ hello }"}}',
                "A subscribe message needs an id and a payload",
            ),
            (
                '{"type": "subscribe", "payload": {"query": "{ hello }"}}',
                "A subscribe message needs an id and a payload",
            ),
            ('{"type": "subscribe", "id": "1", "payload": {}}', "A subscribe payload needs a query"),
            ('{"type": "subscribe", "id": "1", "payload": {"query": 7}}', "Invalid subscribe payload received"),
            (
                '{"type": "subscribe", "id": "1", "payload": {"query": "{ hello }", "variables": []}}',
                "Invalid subscribe payload received",
            ),
        ],
    )
    async def test_a_bad_message_is_closed_with_4400(
        self, client: SocketClient, text: str | bytes, reason: str
    ) -> None:
        await client.send_text(text)
        assert await client.closed() == (4400, reason)

    @pytest.mark.parametrize("payload", [{"authorization": "a\r\nx-admin: 1"}, {"authorization": 7}])
    async def test_an_init_payload_that_cannot_be_a_header_is_closed_with_4400(
        self, router: Running, payload: dict[str, Any]
    ) -> None:
        async with connected(router) as client:
            await client.send({"type": "connection_init", "payload": payload})
            assert await client.closed() == (
                4400,
                "The connection_init payload is refused: the value of 'authorization' cannot be a header",
            )

    async def test_an_init_payload_has_to_be_an_object(self, router: Running) -> None:
        async with connected(router) as client:
            await client.send({"type": "connection_init", "payload": []})
            assert await client.closed() == (4400, "The connection_init payload has to be an object")

    @pytest.mark.parametrize("path", ["/", "/graphql/", "/health"])
    async def test_no_other_path_takes_sockets(self, router: Running, path: str) -> None:
        with pytest.raises(InvalidStatus) as refused:
            async with connect(f"ws://{router.host}{path}", subprotocols=["graphql-transport-ws"]):  # type: ignore[list-item]
                pass
        assert refused.value.response.status_code == 403

    async def test_a_page_of_another_site_is_refused(self, router: Running) -> None:
        with pytest.raises(InvalidStatus) as refused:
            async with connected(router, origin="https://evil.example"):
                pass
        assert refused.value.response.status_code == 403
        async with connected(router, origin=router.http) as client:
            assert (await client.init())["type"] == "connection_ack"


class TestLimits:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {
            "limits": {
                "connection_init_seconds": 0.1,
                "operations_per_connection": 2,
                "message_bytes": 10_000,
                "slow_client_seconds": 0.2,
            }
        }

    async def test_a_socket_that_never_inits_is_closed_with_4408(self, router: Running) -> None:
        async with connected(router) as client:
            assert await client.closed() == (4408, "Connection initialisation timeout")

    async def test_pings_do_not_put_that_off(self, router: Running) -> None:
        async with connected(router) as client:
            with pytest.raises(ConnectionClosed) as closed:
                await asyncio.wait_for(client.pinging(), 5)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4408

    async def test_an_operation_above_the_limit_is_refused_and_the_others_go_on(
        self, client: SocketClient, engine: LocalEngine
    ) -> None:
        await asyncio.sleep(0.15)  # the time for init is over, but it was in time
        await client.subscribe("a", "subscription { quiet }")
        await client.receive()
        await client.subscribe("b", "subscription { quiet }")
        await client.receive()
        await client.subscribe("c", "{ hello }")
        refused = await client.receive()
        assert (refused["id"], refused["type"]) == ("c", "error")
        assert refused["payload"] == [
            {
                "message": "No more than 2 operations can run on one connection at a time.",
                "extensions": {"code": "TOO_MANY_OPERATIONS"},
            }
        ]
        await client.send({"type": "complete", "id": "a"})
        await client.subscribe("c", "{ hello }")
        assert await client.receive() == next_of("c", {"hello": "Hello world"})
        assert engine.open_subscriptions == 1

    async def test_a_message_above_the_limit_is_closed_with_1009(self, client: SocketClient) -> None:
        await client.send_text(" " * 10_001)
        assert (await client.closed())[0] == 1009

    async def test_a_client_that_does_not_read_is_closed_with_1013(self, router: Running, engine: LocalEngine) -> None:
        async with connected(router, max_queue=1) as client:
            await client.init()
            await client.subscribe("a", "subscription { flood(kilobytes: 64) }")
            await eventually(lambda: engine.open_subscriptions == 1)
            # Nothing is read now: the client's buffers fill, then the server's, then its patience ends.
            await eventually(lambda: engine.open_subscriptions == 0)
            taken = engine.delivered
            assert await client.closed() == (1013, "The client reads too slowly")
        # What was taken from the source fits into the buffers of two sockets, whatever the source had to give.
        assert taken * 64 < 20_000

    async def test_a_client_that_never_reads_again_is_not_kept(self, router: Running, engine: LocalEngine) -> None:
        async with connected(router, max_queue=1, close_timeout=0.1) as client:
            await client.init()
            await client.subscribe("a", "subscription { flood(kilobytes: 64) }")
            await eventually(lambda: engine.open_subscriptions == 1)
            await eventually(lambda: len(router.server.server_state.connections) == 0)


async def test_an_id_that_is_used_again_at_once_belongs_to_the_new_operation(engine: LocalEngine) -> None:
    incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    outgoing: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()

    def say(message: dict[str, Any]) -> None:
        incoming.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})

    socket = GraphQLSocket(
        engine,
        limits=LimitSettings(),
        forwarding=HeaderForwarding(()),
        plans=QueryPlans(engine, allowed=False),
        callers=Callers(),
        handshake=Handshake({}, "r-1", ""),
        receive=incoming.get,
        send=outgoing.put,
    )
    incoming.put_nowait({"type": "websocket.connect"})
    running = asyncio.create_task(socket.run(["graphql-transport-ws"]))
    subscribe = {"type": "subscribe", "id": "a", "payload": {"query": "subscription { quiet }"}}
    say({"type": "connection_init"})
    say(subscribe)
    assert [(await outgoing.get())["type"] for _ in range(3)] == ["websocket.accept"] + ["websocket.send"] * 2
    # Both are read in one go, before the first operation has noticed that it is over.
    say({"type": "complete", "id": "a"})
    say(subscribe)
    await outgoing.get()
    assert engine.open_subscriptions == 1
    say({"type": "complete", "id": "a"})
    await eventually(lambda: engine.open_subscriptions == 0)
    incoming.put_nowait({"type": "websocket.disconnect", "code": 1000})
    assert await running == 1000
