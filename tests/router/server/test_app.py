"""What else is served: health, readiness, and clear words where nothing is."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import structlog

from router.config import load_config
from router.server.app import create_app
from tests.support.local_engine import LocalEngine


async def test_health_and_readiness(client: httpx.AsyncClient) -> None:
    health, ready = await client.get("/health"), await client.get("/ready")
    assert (health.status_code, health.json()) == (200, {"status": "up"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})
    assert (await client.head("/health")).status_code == 200
    assert (await client.post("/ready")).status_code == 405


async def test_it_is_not_ready_while_it_stops(engine: LocalEngine) -> None:
    app = create_app(engine, load_config())
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://router") as client:
        await app.drain()
        ready, health = await client.get("/ready"), await client.get("/health")
    assert (ready.status_code, ready.json()) == (503, {"status": "stopping"})
    assert health.status_code == 200


async def test_an_unknown_path_says_where_graphql_is(client: httpx.AsyncClient) -> None:
    response = await client.get("/grahpql")
    assert response.status_code == 404
    assert response.json() == {
        "errors": [
            {
                "message": "Nothing is served at this path; GraphQL is at /graphql.",
                "extensions": {"code": "NOT_FOUND"},
            }
        ]
    }


async def test_whoever_comes_to_the_root_is_sent_to_graphiql(client: httpx.AsyncClient) -> None:
    response = await client.get("/")
    assert (response.status_code, response.headers["location"]) == (302, "/graphiql")
    assert (await client.post("/", json={})).status_code == 404


async def test_each_request_is_one_line_in_the_log(client: httpx.AsyncClient) -> None:
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        request = {"query": "query Greeting { hello failing }", "operationName": "Greeting"}
        await client.post("/graphql", json=request, headers={"x-request-id": "r-1"})
    [line] = logs
    assert line.pop("milliseconds") > 0
    assert line == {
        "event": "request",
        "log_level": "info",
        "request_id": "r-1",
        "method": "POST",
        "path": "/graphql",
        "status": 200,
        "kind": "query",
        "name": "Greeting",
        "codes": ("FAILED",),
    }


async def test_a_failure_is_logged_with_its_cause(client: httpx.AsyncClient) -> None:
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        request = {"query": "{ crashing }", "extensions": {"crashing_engine": True}}
        await client.post("/graphql", json=request, headers={"x-request-id": "r-1"})
    failed, access = logs
    assert (failed["event"], failed["request_id"]) == ("request_failed", "r-1")
    assert isinstance(failed["exc_info"], ZeroDivisionError)
    assert (access["status"], access["codes"]) == (500, ("INTERNAL_SERVER_ERROR",))


class TestWithoutAccessLog:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"log": {"access": False}}

    async def test_requests_leave_no_line(self, client: httpx.AsyncClient) -> None:
        with structlog.testing.capture_logs() as logs:
            await client.post("/graphql", json={"query": "{ hello }"})
        assert logs == []


async def test_it_can_be_mounted_below_a_path(engine: LocalEngine) -> None:
    app = create_app(engine, load_config())
    transport = httpx.ASGITransport(app, root_path="/api")
    async with httpx.AsyncClient(transport=transport, base_url="http://router") as client:
        response = await client.post("/api/graphql", json={"query": "{ hello }"})
        page = await client.get("/api/graphiql")
    assert response.json() == {"data": {"hello": "Hello world"}}
    assert '"endpoint":"/api/graphql"' in page.text
    assert 'src="/api/graphiql/' in page.text


async def test_the_lifespan_closes_what_the_engine_uses(engine: LocalEngine) -> None:
    closed = []

    async def close() -> None:
        closed.append(True)

    incoming = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    outgoing: list[str] = []

    async def receive() -> Any:
        return incoming.pop(0)

    async def send(message: Any) -> None:
        outgoing.append(message["type"])

    app = create_app(engine, load_config(), close=close)
    await app({"type": "lifespan"}, receive, send)
    await app.aclose()
    assert outgoing == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert closed == [True]
