"""The entity `User`: batched, and personal to the person and to staff."""

from __future__ import annotations

from typing import Any

import pytest

from subgraphs.common.identity import Principal, Role, TokenVerifier
from subgraphs.common.ids import new_id
from subgraphs.common.service_client import SERVICE_TOKEN_HEADER
from subgraphs.common.wiring import tokens_of
from tests.support.auth_service import PASSWORD, AuthSystem
from tests.support.websocket import GraphQLSocket

ENTITIES = """query($of: [_Any!]!) { _entities(representations: $of) {
    ... on User { id email name role } } }"""


def references(*ids: str) -> dict[str, Any]:
    return {"of": [{"__typename": "User", "id": user_id} for user_id in ids]}


async def test_any_number_of_users_costs_one_statement(auth: AuthSystem) -> None:
    people = [await auth.person(Role.CUSTOMER, email=f"u{number}@example.com") for number in range(5)]
    ids = [person.id for person in people]
    with auth.statements() as statements:
        result = await auth.send(ENTITIES, references(*ids, *ids))
    assert [user["id"] for user in result["data"]["_entities"]] == [*ids, *ids]
    assert len(statements) == 1


async def test_me_costs_one_statement(auth: AuthSystem) -> None:
    ada = await auth.register()
    with auth.statements() as statements:
        await auth.send("{ me { id email } again: me { name } }", token=ada.access_token)
    assert len(statements) == 1


async def test_unknown_and_malformed_ids_are_null_and_malformed_ones_never_meet_the_database(auth: AuthSystem) -> None:
    malformed = ("nonsense", "", "' OR 1=1 --", "x" * 100_000, "\u0000")
    with auth.statements() as statements:
        result = await auth.send(ENTITIES, references(*malformed))
    assert result == {"data": {"_entities": [None] * 5}}
    assert statements == []
    assert await auth.send(ENTITIES, references(new_id())) == {"data": {"_entities": [None]}}


async def test_address_and_name_are_for_the_person_and_for_staff(auth: AuthSystem) -> None:
    ada, bob = await auth.register("ada@example.com"), await auth.register("bob@example.com")
    staff, admin = await auth.person(Role.STAFF), await auth.person(Role.ADMIN)
    public = {"id": ada.id, "email": None, "name": None, "role": "CUSTOMER"}
    personal = {**public, "email": "ada@example.com", "name": "Ada Byron"}
    for token, seen in (
        (None, public),
        ("not.a.token", public),
        (bob.access_token, public),
        (ada.access_token, personal),
        (staff.access_token, personal),
        (admin.access_token, personal),
    ):
        result = await auth.send(ENTITIES, references(ada.id), token=token)
        assert result == {"data": {"_entities": [seen]}}


@pytest.mark.parametrize(("service", "email"), [("booking", "ada@example.com"), ("seat", None)])
async def test_only_the_service_that_writes_to_people_sees_an_address(
    auth: AuthSystem, service: str, email: str | None
) -> None:
    ada = await auth.register("ada@example.com")
    token = tokens_of(service, auth.settings).issue("auth")
    response = await auth.client.post(
        "/graphql",
        json={"query": ENTITIES, "variables": references(ada.id)},
        headers={SERVICE_TOKEN_HEADER: token},
    )
    assert response.json() == {
        "data": {"_entities": [{"id": ada.id, "email": email, "name": None, "role": "CUSTOMER"}]}
    }


async def test_who_left_is_an_empty_user(auth: AuthSystem) -> None:
    ada, admin = await auth.register(), await auth.person(Role.ADMIN)
    await auth.send(
        "mutation($password: String!) { deleteAccount(input: {password: $password}) { success } }",
        {"password": PASSWORD},
        token=ada.access_token,
    )
    result = await auth.send(ENTITIES, references(ada.id), token=admin.access_token)
    assert result["data"]["_entities"] == [{"id": ada.id, "email": None, "name": None, "role": "CUSTOMER"}]
    assert await auth.send("{ me { email } }", token=ada.access_token) == {"data": {"me": None}}


async def test_a_socket_shows_what_is_true_now(light_auth: AuthSystem) -> None:
    ada = await light_auth.register()
    token = {"authorization": f"Bearer {ada.access_token}"}
    async with GraphQLSocket.open(light_auth.service, token) as socket:
        first = [result async for result in socket.subscribe("{ me { name } }")]
        await light_auth.service.services.profiles.update(
            await _principal(light_auth, ada.access_token), name="Ada Lovelace", email=None, password=None, address=""
        )
        second = [result async for result in socket.subscribe("{ me { name } }")]
    assert first == [{"data": {"me": {"name": "Ada Byron"}}}]
    assert second == [{"data": {"me": {"name": "Ada Lovelace"}}}]


async def _principal(auth: AuthSystem, token: str) -> Principal:
    return await TokenVerifier(auth.service.services.keys.jwks, clock=auth.clock).verify(token)
