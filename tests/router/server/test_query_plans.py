"""`extensions.queryPlan`: who gets it, how it looks, and that an operation whose plan alone is wanted is not run."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from router.app import build_router
from router.config import load_config
from router.transport.base import SubgraphRequest
from router.transport.mock import MockTransport
from tests.router.composition.corpus_cases import composed
from tests.support.running_server import Running, running
from tests.support.socket_client import connected

ASKING = "router-query-plan"
SUPERGRAPH = composed(
    a="""
        type Query { t: T big: Float }
        type Mutation { change: Int }
        type Subscription { ts: T }
        type T @key(fields: "id") { id: ID! x: Int }
    """,
    b='type T @key(fields: "id") { id: ID! y: Int }',
)
QUERY = {"query": "{ t { x y } }"}


def answer_of_a(request: SubgraphRequest) -> Any:
    if b"big" in request.body:
        return b'{"data":{"big":123456789012345678901234567890.0}}'
    if b"mutation" in request.body:
        return {"data": {"change": 1}}
    return {"data": {"t": {"id": "1", "x": 7}}}


@pytest.fixture
def transport() -> MockTransport:
    return MockTransport(
        {"a": answer_of_a, "b": lambda _: {"data": {"_entities": [{"y": 8}]}}},
        streamers={"a": lambda _: [{"data": {"ts": {"id": "1", "x": number}}} for number in (1, 2)]},
    )


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"query_plans": True}


@pytest.fixture
async def router(transport: MockTransport, settings: dict[str, Any]) -> AsyncIterator[Running]:
    config = load_config(**settings)
    async with running(build_router(config, SUPERGRAPH, transport), config) as started:
        yield started


async def asked(client: httpx.AsyncClient, value: str, name: str = ASKING, **body: Any) -> Any:
    return (await client.post("/graphql", json=QUERY | body, headers={name: value})).json()


async def test_nobody_who_does_not_ask_gets_a_plan(client: httpx.AsyncClient) -> None:
    assert (await client.post("/graphql", json=QUERY)).json() == {"data": {"t": {"x": 7, "y": 8}}}


async def test_the_text_is_what_the_command_prints(client: httpx.AsyncClient) -> None:
    answer = await asked(client, "text")
    assert answer["data"] == {"t": {"x": 7, "y": 8}}
    assert list(answer["extensions"]["queryPlan"]) == ["text"]
    text = answer["extensions"]["queryPlan"]["text"]
    assert text.startswith('QueryPlan {\n  Sequence {\n    Fetch(service: "a", id: 0) {\n')


async def test_the_json_names_requests_and_what_they_wait_for(client: httpx.AsyncClient) -> None:
    plan = (await asked(client, "json"))["extensions"]["queryPlan"]["object"]
    assert [(node["serviceName"], node["after"]) for node in plan["nodes"]] == [("a", []), ("b", [0])]


async def test_only_plans_and_sends_nothing(client: httpx.AsyncClient, transport: MockTransport) -> None:
    answer = await asked(client, "only", query="mutation { change }")
    assert answer["data"] is None
    assert list(answer["extensions"]["queryPlan"]) == ["text", "object"]
    assert transport.requests == []


async def test_only_in_one_format(client: httpx.AsyncClient, transport: MockTransport) -> None:
    answer = await asked(client, "Text , ONLY")
    assert list(answer["extensions"]["queryPlan"]) == ["text"]
    assert transport.requests == []


async def test_the_plan_of_a_subscription_can_be_had_without_a_stream(
    client: httpx.AsyncClient, transport: MockTransport
) -> None:
    answer = await asked(client, "text, only", query="subscription { ts { x y } }")
    assert 'Subscribe(service: "a", id: 0)' in answer["extensions"]["queryPlan"]["text"]
    assert transport.requests == []


async def test_a_passed_on_answer_keeps_its_bytes_beside_the_plan(client: httpx.AsyncClient) -> None:
    request = {"query": "{ big }"}
    plain = await client.post("/graphql", json=request)
    beside = await client.post("/graphql", json=request, headers={ASKING: "text"})
    assert plain.text == '{"data":{"big":123456789012345678901234567890.0}}'
    assert beside.text.startswith('{"data":{"big":123456789012345678901234567890.0},"extensions":{"queryPlan":')


async def test_a_refused_operation_has_no_plan(client: httpx.AsyncClient) -> None:
    answer = await asked(client, "text", query="{ nothing }")
    assert list(answer) == ["errors"]
    answer = await asked(client, "text", query="query ($n: Int!) { t { x @include(if: true) } big @skip(if: false) }")
    assert list(answer) == ["errors"]


@pytest.mark.parametrize("value", ["yes", "text json", ""])
async def test_another_value_is_refused(value: str, client: httpx.AsyncClient, transport: MockTransport) -> None:
    response = await client.post("/graphql", json=QUERY, headers={ASKING: value})
    assert response.status_code == 400
    assert response.json()["errors"][0]["message"] == (
        "The header 'router-query-plan' takes text, json and only, separated by commas."
    )
    assert transport.requests == []


@pytest.mark.parametrize(
    ("name", "value", "sent"),
    [
        ("apollo-query-plan-experimental", "1", 2),
        ("apollo-expose-query-plan", "true", 2),
        ("apollo-expose-query-plan", "dry-run", 0),
    ],
)
async def test_the_headers_of_other_gateways_are_understood(
    name: str, value: str, sent: int, client: httpx.AsyncClient, transport: MockTransport
) -> None:
    answer = await asked(client, value, name)
    assert list(answer["extensions"]["queryPlan"]) == ["text", "object"]
    assert len(transport.requests) == sent


class TestSubscriptions:
    async def test_the_first_event_has_the_plan(self, client: httpx.AsyncClient) -> None:
        request = {"query": "subscription { ts { x y } }"}
        headers = {ASKING: "text", "accept": "text/event-stream"}
        response = await client.post("/graphql", json=request, headers=headers)
        events = [json.loads(line[6:]) for line in response.text.splitlines() if line.startswith("data: ")]
        assert [event["data"]["ts"]["x"] for event in events] == [1, 2]
        assert ["extensions" in event for event in events] == [True, False]

    @pytest.mark.parametrize("nested", [True, False])
    async def test_a_socket_asks_once_for_all_its_operations(self, router: Running, *, nested: bool) -> None:
        async with connected(router) as socket:
            header = {"Router-Query-Plan": "text"}
            await socket.init({"headers": header} if nested else header)
            await socket.subscribe("s", "subscription { ts { x } }")
            events = [(await socket.receive())["payload"] for _ in range(2)]
            await socket.receive()
            await socket.subscribe("q", "{ t { y } }")
            answer = (await socket.receive())["payload"]
        assert ["extensions" in event for event in events] == [True, False]
        assert 'service: "b"' in answer["extensions"]["queryPlan"]["text"]

    async def test_a_socket_that_wants_plans_alone_gets_one_and_no_events(
        self, router: Running, transport: MockTransport
    ) -> None:
        async with connected(router, additional_headers={ASKING: "json, only"}) as socket:
            await socket.init()
            await socket.subscribe("s", "subscription { ts { x } }")
            messages = [await socket.receive() for _ in range(2)]
        assert messages[0]["payload"]["data"] is None
        assert messages[0]["payload"]["extensions"]["queryPlan"]["object"]["nodes"][0]["kind"] == "Subscribe"
        assert messages[1] == {"id": "s", "type": "complete"}
        assert transport.requests == []


class TestWhereTheSettingsDoNotAllowIt:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"query_plans": False}

    async def test_the_answer_comes_without_a_plan(self, client: httpx.AsyncClient) -> None:
        assert await asked(client, "text") == {"data": {"t": {"x": 7, "y": 8}}}

    async def test_an_operation_whose_plan_alone_is_wanted_is_refused_and_not_run(
        self, client: httpx.AsyncClient, transport: MockTransport
    ) -> None:
        request = {"query": "mutation { change }"}
        response = await client.post("/graphql", json=request, headers={ASKING: "only"})
        assert response.status_code == 403
        assert response.json()["errors"][0]["extensions"] == {"code": "QUERY_PLAN_NOT_ALLOWED"}
        assert transport.requests == []

    async def test_a_socket_that_wants_plans_alone_is_closed(self, router: Running) -> None:
        async with connected(router) as socket:
            await socket.send({"type": "connection_init", "payload": {ASKING: "only"}})
            code, reason = await socket.closed()
        assert code == 4400
        assert "query_plans" in reason
