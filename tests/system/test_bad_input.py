"""Hostile values in every field of every mutation: a clear refusal, never a fault, nothing leaked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from tests.support.graphql_client import Client
from tests.support.inputs import hostile_inputs
from tests.support.public_api import input_type, mutations, operation
from tests.support.system import System, embedded_system

pytestmark = [pytest.mark.system]
LEAKS = ("Traceback", "sqlalchemy", "sqlite3", "asyncpg", "SELECT ", "INSERT ", "UPDATE ", "/subgraphs/", ".py")
REQUEST_CODES = {
    "BAD_USER_INPUT",
    "BAD_REQUEST",
    "GRAPHQL_VALIDATION_FAILED",
    "GRAPHQL_PARSE_FAILED",
    "PAYLOAD_TOO_LARGE",
    "RATE_LIMITED",
    "UNAUTHENTICATED",
    "FORBIDDEN",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    changes = {"EVENTIO_AUTH_EXEMPT_LOOPBACK": "true"}
    async with embedded_system(tmp_path_factory.mktemp("hostile"), changes=changes) as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def admin_token(system: System) -> str:
    client = Client(system)
    await client.sign_in("admin@eventio.example", "popcorn-and-a-movie")
    await client.close()
    assert client.token
    return client.token


def with_input() -> list[str]:
    return [name for name in mutations() if input_type(name) is not None]


@pytest.mark.parametrize("mutation", with_input())
async def test_hostile_values_are_refused_clearly(mutation: str, system: System, admin_token: str) -> None:
    kind = input_type(mutation)
    assert kind is not None
    document = operation(mutation)
    async with httpx.AsyncClient(base_url=system.url, timeout=30, trust_env=False) as client:
        for label, value in hostile_inputs(kind):
            # The standard library writes lone surrogates as escapes, as a hostile client would.
            body = json.dumps({"query": document, "variables": {"input": value}})
            response = await client.post(
                "/graphql",
                content=body,
                headers={"content-type": "application/json", "authorization": f"Bearer {admin_token}"},
            )
            assert response.status_code < 500, (label, response.text[:500])
            answer = response.json()
            for error in answer.get("errors", []):
                assert error["extensions"]["code"] in REQUEST_CODES, (label, error)
            assert not any(leak in response.text for leak in LEAKS), (label, response.text[:500])


async def test_a_refusal_carries_the_request_id_that_the_log_has(system: System) -> None:
    async with httpx.AsyncClient(base_url=system.url, trust_env=False) as client:
        response = await client.post("/graphql", content=b"{", headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert response.headers["x-request-id"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{" * 1_000, "GRAPHQL_PARSE_FAILED"),
        ("{ " + "movies { nodes { showtimes { nodes { movie " * 300, "GRAPHQL_PARSE_FAILED"),
        ("{ " + " ".join(f"a{n}: __typename" for n in range(20_000)) + " }", None),
        ("fragment A on Query { ...B } fragment B on Query { ...A } { ...A }", "GRAPHQL_VALIDATION_FAILED"),
        ("query { movies(first: 1000000) { nodes { id } } }", "BAD_USER_INPUT"),
        ("query { movies(first: -1) { nodes { id } } }", "BAD_USER_INPUT"),
        ('query { movies(after: "nonsense") { nodes { id } } }', "BAD_USER_INPUT"),
        ("{ noSuchField }", "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_a_hostile_document_is_refused(query: str, code: str | None, system: System) -> None:
    client = Client(system)
    answer = await client.send(query)
    codes = {error["extensions"]["code"] for error in answer["errors"]}
    if code is not None:
        assert codes == {code}, answer["errors"][0]
    assert codes <= REQUEST_CODES, answer["errors"][0]
    await client.close()


async def test_batches_and_mutations_in_get_are_refused(system: System) -> None:
    async with httpx.AsyncClient(base_url=system.url, trust_env=False) as client:
        batch = await client.post("/graphql", json=[{"query": "{ __typename }"}] * 1_000)
        assert batch.status_code == 400
        read = await client.get(
            "/graphql",
            params={"query": "mutation { logout { success } }"},
            headers={"accept": "application/json", "apollo-require-preflight": "1"},
        )
        assert read.status_code == 405
