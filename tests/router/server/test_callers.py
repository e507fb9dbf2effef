"""Who sends a request: told by what the application is built with, for HTTP and for WebSockets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
import structlog

from router.app import build_router
from router.config import load_config
from router.errors import RequestError
from router.supergraph import Caller
from router.transport import MockTransport
from router.transport.base import SubgraphRequest
from tests.support.protected import composed, protected
from tests.support.running_server import Running, running
from tests.support.socket_client import connected

SUPERGRAPH = protected(
    composed(a="type Query { open: Int mail: String price: Int } type Subscription { ticks: Int }"),
    {"Query.mail": '@requiresScopes(scopes: [["mail"]])', "Subscription.ticks": "@authenticated"},
).sdl


async def identify(headers: Mapping[str, str]) -> Caller:
    scopes = headers.get("x-scopes", "")
    if scopes == "forged":
        raise RequestError("The token is no good.", code="UNAUTHENTICATED")
    return Caller(authenticated=bool(scopes), scopes=frozenset(scopes.split()))


def _answers(request: SubgraphRequest) -> bytes:
    asked = request.body.decode()
    return orjson.dumps({"data": {name: 1 for name in ("open", "price") if name in asked} | _mail(asked)})


def _mail(asked: str) -> dict[str, str]:
    return {"mail": "me@example.org"} if "mail" in asked else {}


@asynccontextmanager
async def _router(**settings: Any) -> AsyncIterator[tuple[Running, MockTransport]]:
    config = load_config(**settings)
    transport = MockTransport({"a": _answers})
    async with running(build_router(config, SUPERGRAPH, transport, identify=identify), config) as started:
        yield started, transport


async def _ask(router: Running, query: str, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(verify=False) as client:
        return await client.post(f"{router.http}/graphql", json={"query": query}, headers=headers)


async def test_http_headers_tell_the_caller() -> None:
    async with _router() as (router, transport):
        anonymous = await _ask(router, "{ open mail }")
        known = await _ask(router, "{ open mail }", **{"X-Scopes": "mail other"})

    assert anonymous.json()["data"] == {"open": 1, "mail": None}
    assert anonymous.json()["errors"][0]["extensions"]["code"] == "UNAUTHORIZED_FIELD_OR_TYPE"
    assert known.json() == {"data": {"open": 1, "mail": "me@example.org"}}
    assert ["mail" in request.body.decode() for request in transport.requests] == [False, True]


async def test_a_caller_who_is_refused_gets_the_reason_and_no_data() -> None:
    async with _router() as (router, transport):
        refused = await _ask(router, "{ open }", **{"x-scopes": "forged"})

    assert refused.json() == {
        "errors": [{"message": "The token is no good.", "extensions": {"code": "UNAUTHENTICATED"}}]
    }
    assert transport.requests == []


async def test_a_whole_operation_is_refused_where_the_settings_say_so() -> None:
    async with _router(reject_unauthorized=True) as (router, transport):
        refused = await _ask(router, "{ open mail }", accept="application/graphql-response+json")

    assert refused.status_code == 400
    assert "data" not in refused.json()
    assert transport.requests == []


async def test_a_sockets_init_payload_tells_the_caller_and_wins_over_the_handshake() -> None:
    async with (
        _router() as (router, _),
        connected(router, additional_headers={"x-scopes": "other"}) as client,
    ):
        await client.init({"X-Scopes": "mail"})
        await client.subscribe("a", "{ mail }")
        answer = await client.receive()

    assert answer["payload"] == {"data": {"mail": "me@example.org"}}


async def test_a_denied_subscription_is_an_error_on_its_socket() -> None:
    async with _router() as (router, transport), connected(router) as client:
        await client.init()
        await client.subscribe("a", "subscription { ticks }")
        answer = await client.receive()

    assert answer["type"] == "error"
    assert answer["payload"][0]["extensions"]["code"] == "UNAUTHORIZED_FIELD_OR_TYPE"
    assert transport.requests == []


async def test_a_socket_whose_caller_is_refused_is_closed_with_4403() -> None:
    async with _router() as (router, _), connected(router) as client:
        await client.send({"type": "connection_init", "payload": {"x-scopes": "forged"}})
        assert await client.closed() == (4403, "Forbidden: UNAUTHENTICATED")


def test_a_router_with_rights_and_without_callers_warns() -> None:
    transport = MockTransport({"a": _answers})

    with structlog.testing.capture_logs() as logs:
        build_router(load_config(), SUPERGRAPH, transport)
        build_router(load_config(), SUPERGRAPH, transport, identify=identify)
        build_router(load_config(), composed(a="type Query { open: Int }"), transport)

    assert [log["event"] for log in logs] == ["everybody_is_anonymous"]


async def test_a_header_draws_the_labels_of_overrides() -> None:
    overriding = composed(
        old="type Query { price: Int @shareable open: Int }",
        new='type Query { price: Int @shareable @override(from: "old", label: "percent(50)") }',
    )
    config = load_config(override_label_header="x-user")
    transport = MockTransport({"old": _answers, "new": _answers})
    async with running(build_router(config, overriding, transport), config) as router:
        for user in ("ann", "bob", "cy", "dan", "eve", "flo"):
            for _ in range(2):
                await _ask(router, "{ price }", **{"x-user": user})

    asked = [request.subgraph for request in transport.requests]
    assert asked[::2] == asked[1::2]
    assert set(asked) == {"old", "new"}
