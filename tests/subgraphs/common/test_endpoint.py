"""A subgraph's endpoint: HTTP, WebSocket, who calls, and what errors tell."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import jwt
import pytest
import strawberry
from cryptography.hazmat.primitives.asymmetric import ec
from strawberry.types import Info

from subgraphs.common.app import Service, ServiceParts
from subgraphs.common.clock import SystemClock
from subgraphs.common.context import BaseContext
from subgraphs.common.endpoint import Callers, GraphQLEndpoint
from subgraphs.common.errors import Forbidden, InvalidInput
from subgraphs.common.graphql_types import UserError
from subgraphs.common.identity import ServiceTokens, TokenVerifier
from subgraphs.common.payloads import Refusals
from subgraphs.common.schema import build_schema
from tests.support.websocket import GraphQLSocket

KEY = ec.generate_private_key(ec.SECP256R1())
ContextInfo = Info[BaseContext, None]


@strawberry.type
class NotePayload:
    text: str | None
    user_errors: list[UserError]

    @classmethod
    def refused(cls, user_errors: list[UserError]) -> NotePayload:
        return cls(text=None, user_errors=user_errors)


@strawberry.type
class Query:
    @strawberry.field
    def me(self, info: ContextInfo) -> str | None:
        person = info.context.caller.principal
        return person.id if person else None

    @strawberry.field
    def secret(self) -> str | None:
        raise Forbidden

    @strawberry.field
    def broken(self) -> str | None:
        raise RuntimeError("password=hunter2")

    @strawberry.field
    def internal(self, info: ContextInfo) -> str:
        return info.context.caller.require_service()


@strawberry.type
class Mutation:
    @strawberry.mutation(extensions=[Refusals(NotePayload)])
    async def note(self, text: str) -> NotePayload:
        if not text:
            raise InvalidInput("Write something.", field=["text"])
        return NotePayload(text=text, user_errors=[])


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def who(self, info: ContextInfo) -> AsyncIterator[str]:
        person = info.context.caller.principal
        for number in range(2):
            yield f"{person.id if person else 'nobody'} {number}"
            await asyncio.sleep(0)

    @strawberry.subscription
    async def fails(self) -> AsyncIterator[str]:
        yield "first"
        raise RuntimeError("password=hunter2")


def access_token(**changes: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": "eventio",
        "aud": "eventio",
        "sub": "u1",
        "role": "CUSTOMER",
        "iat": now,
        "exp": now + 60,
        **changes,
    }
    return jwt.encode(claims, KEY, algorithm="ES256", headers={"kid": "k1"})


async def jwks() -> dict[str, Any]:
    public = jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    return {"keys": [{**public, "kid": "k1", "alg": "ES256", "use": "sig"}]}


@pytest.fixture
def tokens() -> ServiceTokens:
    return ServiceTokens("s" * 32, service="seat")


@pytest.fixture
def service(tokens: ServiceTokens) -> Service:
    callers = Callers(TokenVerifier(jwks, clock=SystemClock()), tokens)
    schema = build_schema(query=Query, mutation=Mutation, subscription=Subscription)
    return Service(ServiceParts("seat", GraphQLEndpoint(schema, callers, BaseContext), checks={}))


@pytest.fixture
async def client(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(service), base_url="http://seat") as made:
        yield made


async def ask(client: httpx.AsyncClient, query: str, **headers: str) -> dict[str, Any]:
    response = await client.post("/graphql", json={"query": query}, headers=headers)
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


async def test_a_signed_out_caller_is_nobody(client: httpx.AsyncClient) -> None:
    assert await ask(client, "{ me }") == {"data": {"me": None}}


async def test_a_valid_token_names_the_caller(client: httpx.AsyncClient) -> None:
    assert await ask(client, "{ me }", authorization=f"Bearer {access_token()}") == {"data": {"me": "u1"}}


@pytest.mark.parametrize(
    "token",
    [
        access_token(exp=1),
        access_token(aud="other"),
        access_token(iss="other"),
        access_token(role="EMPEROR"),
        jwt.encode(
            {"sub": "u1", "role": "ADMIN", "exp": 2**40, "aud": "eventio", "iss": "eventio"}, "", algorithm="none"
        ),
        "not.a.token",
        "",
    ],
    ids=["expired", "other audience", "other issuer", "unknown role", "alg none", "garbage", "empty"],
)
async def test_a_token_that_does_not_hold_is_an_error_with_a_code(client: httpx.AsyncClient, token: str) -> None:
    answer = await ask(client, "{ me }", authorization=f"Bearer {token}")
    assert answer["data"] == {"me": None}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]


async def test_what_the_role_forbids_is_told_with_its_path(client: httpx.AsyncClient) -> None:
    answer = await ask(client, "{ secret }")
    [error] = answer["errors"]
    assert (error["message"], error["path"], error["extensions"]) == (
        "Your role does not allow this.",
        ["secret"],
        {"code": "FORBIDDEN"},
    )


async def test_a_fault_tells_the_client_nothing_but_its_code(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": "{ broken }"})
    assert "hunter2" not in response.text
    assert [error["extensions"] for error in response.json()["errors"]] == [{"code": "INTERNAL_SERVER_ERROR"}]


async def test_a_refusal_becomes_a_user_error_of_the_payload(client: httpx.AsyncClient) -> None:
    answer = await ask(
        client, 'mutation { note(text: "") { text userErrors { __typename code message field retryable } } }'
    )
    assert answer == {
        "data": {
            "note": {
                "text": None,
                "userErrors": [
                    {
                        "__typename": "InvalidInputError",
                        "code": "INVALID_INPUT",
                        "message": "Write something.",
                        "field": ["text"],
                        "retryable": False,
                    }
                ],
            }
        }
    }


async def test_internal_fields_are_for_services_with_a_token_for_this_one(
    client: httpx.AsyncClient, tokens: ServiceTokens
) -> None:
    booking = ServiceTokens("s" * 32, service="booking")
    forged = ServiceTokens("x" * 32, service="booking")
    assert await ask(client, "{ internal }", **{"x-eventio-service": booking.issue("seat")}) == {
        "data": {"internal": "booking"}
    }
    for headers in (
        {},
        {"x-eventio-service": booking.issue("auth")},
        {"x-eventio-service": forged.issue("seat")},
        {"authorization": f"Bearer {access_token(role='ADMIN')}"},
    ):
        answer = await ask(client, "{ internal }", **headers)
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 400), (b'{"query": 1}', 400), (b"x" * 2_000_001, 413)],
)
async def test_a_body_that_is_no_request_is_refused(client: httpx.AsyncClient, body: bytes, status: int) -> None:
    response = await client.post("/graphql", content=body)
    assert response.status_code == status
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_a_syntax_error_is_the_clients(client: httpx.AsyncClient) -> None:
    answer = await ask(client, "{ me")
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_subscription_knows_its_caller_from_connection_init(service: Service) -> None:
    async with GraphQLSocket.open(service, {"authorization": f"Bearer {access_token()}"}) as socket:
        events = [event async for event in socket.subscribe("subscription { who }")]
    assert events == [{"data": {"who": "u1 0"}}, {"data": {"who": "u1 1"}}]


async def test_a_fault_in_a_subscription_is_masked(service: Service) -> None:
    async with GraphQLSocket.open(service, {}) as socket:
        events = [event async for event in socket.subscribe("subscription { fails }")]
    assert "hunter2" not in str(events)


async def test_ready_only_while_it_runs(service: Service, client: httpx.AsyncClient) -> None:
    assert (await client.get("/health")).status_code == 200
    assert (await client.get("/ready")).status_code == 503
    async with service.running():
        assert (await client.get("/ready")).status_code == 200
