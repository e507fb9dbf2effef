"""The composition root: a whole router, from supergraph to answer, and the command that runs it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from router.app import build_router, read_supergraph
from router.config import load_config
from router.errors import ConfigError, SupergraphError
from router.server.listening import address_of, listen
from router.transport import AsgiTransport, MockTransport
from tests.support.running_server import running, serving
from tests.support.strawberry_subgraph import Seen, strawberry_subgraph

PROTOCOL = Subprotocol("graphql-transport-ws")

SUPERGRAPH = """
schema
  @link(url: "https://specs.apollo.dev/link/v1.0")
  @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION)
{ query: Query subscription: Subscription }

directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__type(graph: join__Graph!, key: join__FieldSet) repeatable on OBJECT
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA

scalar join__FieldSet
scalar link__Import
enum link__Purpose { SECURITY EXECUTION }
enum join__Graph { PRODUCTS @join__graph(name: "products", url: "http://HOST/graphql") }

type Query @join__type(graph: PRODUCTS) { name: String! slow(seconds: Float!): String! }
type Subscription @join__type(graph: PRODUCTS) { ticks(count: Int!): Int! quiet: Int! }
"""


async def answer_of(host: str, query: str) -> Any:
    async with httpx.AsyncClient(verify=False) as client:
        return (await client.post(f"http://{host}/graphql", json={"query": query})).json()


class TestBuilding:
    async def test_a_router_answers_from_a_subgraph_over_http(self) -> None:
        seen, config = Seen(), load_config()
        async with (
            serving(strawberry_subgraph(seen)) as subgraph,
            running(build_router(config, SUPERGRAPH.replace("HOST", subgraph)), config) as router,
        ):
            assert await answer_of(router.host, "{ title: name __typename }") == {
                "data": {"title": "Lamp", "__typename": "Query"}
            }
        assert len(seen.headers) == 1

    async def test_a_router_answers_from_a_subgraph_in_this_process(self) -> None:
        config = load_config()
        transport = AsgiTransport({"products": strawberry_subgraph(Seen())})
        async with running(build_router(config, SUPERGRAPH, transport), config) as router:
            assert await answer_of(router.host, "{ name }") == {"data": {"name": "Lamp"}}

    @pytest.mark.parametrize("in_process", [True, False])
    async def test_a_subscription_goes_through_with_the_callers_token(self, *, in_process: bool) -> None:
        seen, config = Seen(), load_config()
        async with serving(strawberry_subgraph(seen)) as subgraph:
            transport = AsgiTransport({"products": strawberry_subgraph(seen)}) if in_process else None
            app = build_router(config, SUPERGRAPH.replace("HOST", subgraph), transport)
            async with (
                running(app, config) as router,
                connect(router.websocket, subprotocols=[PROTOCOL]) as socket,
            ):
                await socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": "Bearer t"}}))
                payload = {"query": "subscription { ticks(count: 2) }"}
                await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
                messages = [json.loads(await socket.recv()) for _ in range(4)]
        assert [message.get("payload") for message in messages[1:]] == [
            {"data": {"ticks": 1}},
            {"data": {"ticks": 2}},
            None,
        ]
        assert [parameters["authorization"] for parameters in seen.connection_params] == ["Bearer t"]

    async def test_another_address_in_the_settings_wins(self) -> None:
        async with serving(strawberry_subgraph(Seen())) as subgraph:
            config = load_config(subgraphs={"products": {"url": f"http://{subgraph}/graphql"}})
            async with running(build_router(config, SUPERGRAPH.replace("HOST", "127.0.0.1:1")), config) as router:
                assert await answer_of(router.host, "{ name }") == {"data": {"name": "Lamp"}}

    async def test_a_subgraph_that_is_down_is_an_error_in_the_answer(self) -> None:
        config = load_config()
        async with running(build_router(config, SUPERGRAPH.replace("HOST", "127.0.0.1:1")), config) as router:
            answer = await answer_of(router.host, "{ name }")
        assert answer["data"] is None
        assert answer["errors"][0]["extensions"]["code"] == "SUBGRAPH_UNREACHABLE"
        assert "127.0.0.1" not in json.dumps(answer)

    async def test_the_limits_of_the_settings_hold(self) -> None:
        config = load_config(limits={"tokens": 10, "timeout_seconds": 0.1}, introspection=False)
        transport = AsgiTransport({"products": strawberry_subgraph(Seen())})
        async with running(build_router(config, SUPERGRAPH, transport), config) as router:
            long = await answer_of(router.host, "{ name name name name name name name name name name }")
            late = await answer_of(router.host, "{ slow(seconds: 30) }")
            hidden = await answer_of(router.host, "{ __schema { __typename } }")
        assert "data" not in long
        assert late["errors"][0]["extensions"]["code"] == "SUBGRAPH_TIMEOUT"
        assert "data" not in hidden

    async def test_the_transport_is_closed_with_the_application(self) -> None:
        transport = MockTransport()
        app = build_router(load_config(), SUPERGRAPH, transport)
        await app.aclose()
        assert transport.closed is True

    def test_a_broken_supergraph_is_refused(self) -> None:
        with pytest.raises(SupergraphError):
            build_router(load_config(), "type Query {")

    def test_settings_for_an_unknown_subgraph_are_refused(self) -> None:
        config = load_config(subgraphs={"produtcs": {"url": "http://x/graphql"}})
        with pytest.raises(ConfigError) as caught:
            build_router(config, SUPERGRAPH)
        assert str(caught.value) == "subgraphs.produtcs: the supergraph has no such subgraph, only products"

    def test_a_subgraph_without_an_http_address_is_refused(self) -> None:
        with pytest.raises(ConfigError, match=r"^subgraphs\.products\.url: the supergraph's address 'tbd' is none"):
            build_router(load_config(), SUPERGRAPH.replace("http://HOST/graphql", "tbd"))


class TestListening:
    def test_a_port_that_is_taken_is_told_in_one_line(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(ConfigError) as caught:
                listen("127.0.0.1", port)
        assert str(caught.value) == (
            f"cannot listen on 127.0.0.1:{port}: Address already in use; choose another with --port"
        )

    def test_a_host_that_does_not_exist_is_told_in_one_line(self) -> None:
        with pytest.raises(ConfigError, match=r"^host nowhere\.invalid: "):
            listen("nowhere.invalid", 0)

    def test_the_address_can_be_clicked(self) -> None:
        with listen("127.0.0.1", 0) as listening:
            assert address_of(listening) == f"http://127.0.0.1:{listening.getsockname()[1]}"

    def test_a_supergraph_that_is_not_there_is_told_in_one_line(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError) as caught:
            read_supergraph(tmp_path / "none.graphql")
        assert str(caught.value) == (
            f"supergraph {tmp_path / 'none.graphql'}: cannot be read: No such file or directory"
        )
        with pytest.raises(ConfigError, match="no supergraph is given"):
            read_supergraph(None)


@asynccontextmanager
async def command(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "router",
        "serve",
        *arguments,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"ROUTER_LOG__FORMAT": "json"},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def until_nobody_listens(host: str) -> None:
    name, port = host.split(":")
    while True:
        try:
            _, writer = await asyncio.open_connection(name, int(port))
        except OSError:
            return
        writer.close()
        await asyncio.sleep(0.01)


@pytest.mark.system
class TestCommand:
    @pytest.mark.parametrize(("stop", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 0)])
    async def test_it_serves_and_stops_within_two_seconds(
        self, tmp_path: Path, stop: signal.Signals, status: int
    ) -> None:
        supergraph = tmp_path / "supergraph.graphql"
        async with serving(strawberry_subgraph(Seen())) as subgraph:
            supergraph.write_text(SUPERGRAPH.replace("HOST", subgraph), encoding="utf-8")
            async with command("--supergraph", str(supergraph), "--port", "0") as process:
                assert process.stderr is not None
                line = json.loads(await asyncio.wait_for(process.stderr.readline(), 20))
                assert line["event"] == "serving"
                host = line["address"].removeprefix("http://")
                assert await answer_of(host, "{ name }") == {"data": {"name": "Lamp"}}
                line = json.loads(await process.stderr.readline())
                assert (line["event"], line["status"], line["level"]) == ("request", 200, "info")
                assert len(line["request_id"]) == 32
                async with connect(f"ws://{host}/graphql", subprotocols=[PROTOCOL]) as client:
                    started = time.monotonic()
                    process.send_signal(stop)
                    assert await asyncio.wait_for(process.wait(), 5) == status
                    assert time.monotonic() - started < 2
                    await client.wait_closed()
                    assert client.close_code == 1001
                rest = (await process.stderr.read()).decode()
        assert "Traceback" not in rest

    async def test_the_first_line_says_what_is_served_where(self, tmp_path: Path) -> None:
        supergraph = tmp_path / "supergraph.graphql"
        supergraph.write_text(SUPERGRAPH.replace("HOST", "127.0.0.1:1"), encoding="utf-8")
        async with command("--supergraph", str(supergraph), "--port", "0") as process:
            assert process.stderr is not None
            line = json.loads(await asyncio.wait_for(process.stderr.readline(), 20))
        assert (line["graphql"], line["graphiql"]) == (f"{line['address']}/graphql", f"{line['address']}/graphiql")
        assert line["supergraph"] == str(supergraph)

    async def test_a_hangup_takes_up_the_changed_file(self, tmp_path: Path) -> None:
        supergraph = tmp_path / "supergraph.graphql"
        async with serving(strawberry_subgraph(Seen())) as subgraph:
            whole = SUPERGRAPH.replace("HOST", subgraph)
            supergraph.write_text(whole.replace("slow(seconds: Float!): String!", ""), encoding="utf-8")
            async with command("--supergraph", str(supergraph), "--port", "0") as process:
                assert process.stderr is not None
                line = json.loads(await asyncio.wait_for(process.stderr.readline(), 20))
                host = line["address"].removeprefix("http://")
                assert "errors" in await answer_of(host, "{ slow(seconds: 0) }")
                for text, event in (("type Query {", "supergraph_refused"), (whole, "supergraph_reloaded")):
                    supergraph.write_text(text, encoding="utf-8")
                    process.send_signal(signal.SIGHUP)
                    while line["event"] != event:
                        line = json.loads(await asyncio.wait_for(process.stderr.readline(), 20))
                    assert await answer_of(host, "{ name }") == {"data": {"name": "Lamp"}}
                assert "data" in await answer_of(host, "{ slow(seconds: 0) }")

    async def test_a_second_interrupt_does_not_wait_for_what_runs(self, tmp_path: Path) -> None:
        supergraph, config = tmp_path / "supergraph.graphql", tmp_path / "router.yaml"
        config.write_text("shutdown_seconds: 60", encoding="utf-8")
        async with serving(strawberry_subgraph(Seen())) as subgraph:
            supergraph.write_text(SUPERGRAPH.replace("HOST", subgraph), encoding="utf-8")
            async with command("--supergraph", str(supergraph), "--config", str(config), "--port", "0") as process:
                assert process.stderr is not None
                line = json.loads(await asyncio.wait_for(process.stderr.readline(), 20))
                host = line["address"].removeprefix("http://")
                slow = asyncio.create_task(answer_of(host, "{ slow(seconds: 25) }"))
                assert (await answer_of(host, "{ name }")) == {"data": {"name": "Lamp"}}
                process.send_signal(signal.SIGINT)
                await until_nobody_listens(host)
                assert process.returncode is None
                process.send_signal(signal.SIGINT)
                assert await asyncio.wait_for(process.wait(), 10) == 0
                await asyncio.gather(slow, return_exceptions=True)

    async def test_a_mistake_is_one_line_and_status_one(self, tmp_path: Path) -> None:
        async with command("--supergraph", str(tmp_path / "none.graphql")) as process:
            _, errors = await process.communicate()
        assert process.returncode == 1
        assert errors.decode().splitlines() == [
            f"error: supergraph {tmp_path / 'none.graphql'}: cannot be read: No such file or directory"
        ]
