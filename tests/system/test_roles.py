"""Every mutation with every role: who may not is told so before any input is looked at."""

from __future__ import annotations

import enum
from typing import Any

import pytest
from graphql import parse

from tests.support.graphql_client import Client
from tests.support.inputs import harmless_input
from tests.support.public_api import SUPERGRAPH, input_type, mutations, operation
from tests.support.system import System

pytestmark = [pytest.mark.system]


class Caller(enum.IntEnum):
    """Roles, lowest first."""

    SIGNED_OUT = 0
    GUEST = 1
    CUSTOMER = 2
    STAFF = 3
    ADMIN = 4


# The lowest role that may call each mutation; the suite fails when one is missing here.
LOWEST = {
    "register": Caller.SIGNED_OUT,
    "login": Caller.SIGNED_OUT,
    "refreshSession": Caller.SIGNED_OUT,
    "createGuestSession": Caller.SIGNED_OUT,
    "requestPasswordReset": Caller.SIGNED_OUT,
    "resetPassword": Caller.SIGNED_OUT,
    "confirmEmail": Caller.SIGNED_OUT,
    "logout": Caller.GUEST,
    "changePassword": Caller.CUSTOMER,
    "updateProfile": Caller.CUSTOMER,
    "deleteAccount": Caller.CUSTOMER,
    "holdSeats": Caller.GUEST,
    "holdBestSeats": Caller.GUEST,
    "extendHold": Caller.GUEST,
    "releaseHold": Caller.GUEST,
    "createBooking": Caller.GUEST,
    "payBooking": Caller.GUEST,
    "changeBookingSeats": Caller.GUEST,
    "cancelBooking": Caller.GUEST,
    "createMovie": Caller.STAFF,
    "updateMovie": Caller.STAFF,
    "createCinema": Caller.STAFF,
    "createAuditorium": Caller.STAFF,
    "scheduleShowtime": Caller.STAFF,
    "cancelShowtime": Caller.STAFF,
    "updateShowtime": Caller.STAFF,
    "updateCinema": Caller.STAFF,
    "blockSeats": Caller.STAFF,
    "unblockSeats": Caller.STAFF,
    "checkInTicket": Caller.STAFF,
    "grantRole": Caller.ADMIN,
}


async def signed_in(system: System, caller: Caller) -> Client:
    """Give a client with a session of its own: some mutations end it."""
    client = Client(system)
    if caller is Caller.GUEST:
        await client.be_guest()
    elif caller is not Caller.SIGNED_OUT:
        await client.sign_in(f"{caller.name.lower()}@eventio.example", "popcorn-and-a-movie")
    return client


def test_the_table_names_every_mutation_of_the_public_api() -> None:
    assert sorted(LOWEST) == mutations()


def test_internal_calls_are_not_in_the_public_api() -> None:
    for name in ("claimSeats", "bindHold", "openShowtime", "adoptGuest", "forgetPersonBookings"):
        assert name in SUPERGRAPH
        assert name not in mutations()


@pytest.mark.parametrize("mutation", mutations())
async def test_who_may_call_it(mutation: str, embedded: System) -> None:
    document = operation(mutation)
    parse(document)
    for caller in Caller:
        client = await signed_in(embedded, caller)
        answer = await client.send(document, **variables(mutation))
        codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
        if caller >= LOWEST[mutation]:
            assert not {"UNAUTHENTICATED", "FORBIDDEN"} & set(codes), (caller, codes)
        elif caller is Caller.SIGNED_OUT:
            assert codes == ["UNAUTHENTICATED"], (caller, answer)
        else:
            assert codes == ["FORBIDDEN"], (caller, answer)
        assert "INTERNAL_SERVER_ERROR" not in codes, (caller, answer)
        await client.close()


def variables(mutation: str) -> dict[str, Any]:
    kind = input_type(mutation)
    return {} if kind is None else {"input": harmless_input(kind)}
