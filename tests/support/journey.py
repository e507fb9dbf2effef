"""The steps of a purchase, as operations of the public API."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from tests.support.graphql_client import Client

SEARCH = """
query($filter: MovieFilter, $first: Int) {
  movies(filter: $filter, first: $first, orderBy: NEXT_SHOWTIME) {
    nodes { id title showtimes(first: 5) { nodes { id startsAt status availability { available total } } } }
  }
}
"""
SHOWTIME = """
query($id: ID!) {
  showtime(id: $id) {
    id status startsAt cinema { name timeZone } movie { title }
    prices { category price { amount currency } }
    auditorium { name capacity cinema { name } }
    availability { total available held sold blocked }
    seatMap { version statuses layout { rows columns } seats { status seat { id label category } } }
  }
}
"""
HOLD = """
mutation($input: HoldSeatsInput!) {
  holdSeats(input: $input) {
    hold { id expiresAt seats { id label category } showtime { id movie { title } } }
    userErrors {
      __typename code message field retryable
      ... on SeatsUnavailableError { seatIds alternatives { category seats { id } } }
    }
  }
}
"""
BOOK = """
mutation($input: CreateBookingInput!) {
  createBooking(input: $input) {
    booking {
      id reference status expiresAt total { amount currency } lines { seat { label } category price { amount } }
    }
    userErrors { __typename code message field }
  }
}
"""
PAY = """
mutation($input: PayBookingInput!) {
  payBooking(input: $input) {
    booking {
      id status confirmedAt
      payments { status amount { amount } }
      tickets { id code qrSvg seat { id label } }
    }
    userErrors { __typename code message ... on PaymentDeclinedError { declineCode } }
  }
}
"""
CANCEL = """
mutation($input: CancelBookingInput!) {
  cancelBooking(input: $input) { booking { id status payments { status } } userErrors { __typename code message } }
}
"""
SEAT_MAP_UPDATES = """
subscription($showtimeId: ID!, $afterVersion: BigInt) {
  seatMapUpdates(showtimeId: $showtimeId, afterVersion: $afterVersion) {
    __typename
    ... on SeatMapSnapshot { version statuses showtime { id movie { title } } }
    ... on SeatMapDelta { fromVersion toVersion changes { seatId status } }
  }
}
"""


@dataclass(frozen=True)
class FreeSeats:
    """A showtime on sale and the ids of its free standard seats, in layout order."""

    showtime_id: str
    seat_ids: tuple[str, ...]


def new_key() -> str:
    """Make an idempotency key."""
    return uuid.uuid4().hex


async def free_seats(client: Client, *, at_least: int = 30, skip: int = 0) -> FreeSeats:
    """Find a showtime on sale with enough free standard seats; `skip` passes over the first so many."""
    data = await client.ask(
        "query($f: ShowtimeFilter) { showtimes(first: 50, filter: $f) { nodes { id status } } }",
        f={"minAvailable": at_least},
    )
    on_sale = [node["id"] for node in data["showtimes"]["nodes"] if node["status"] == "ON_SALE"]
    for showtime_id in on_sale[skip:]:
        seats = (await client.ask(SHOWTIME, id=showtime_id))["showtime"]["seatMap"]["seats"]
        free = [
            one["seat"]["id"] for one in seats if one["status"] == "AVAILABLE" and one["seat"]["category"] == "STANDARD"
        ]
        if len(free) >= at_least:
            return FreeSeats(showtime_id, tuple(free))
    raise AssertionError(f"no showtime with {at_least} free seats among {len(on_sale)}")


async def hold(client: Client, showtime_id: str, *seat_ids: str, key: str | None = None) -> dict[str, Any]:
    """Hold seats; gives the payload."""
    data = await client.ask(
        HOLD, input={"showtimeId": showtime_id, "seatIds": list(seat_ids), "idempotencyKey": key or new_key()}
    )
    payload: dict[str, Any] = data["holdSeats"]
    return payload


async def book(client: Client, hold_id: str, *, key: str | None = None) -> dict[str, Any]:
    """Turn a hold into a booking; gives the payload."""
    data = await client.ask(
        BOOK, input={"holdId": hold_id, "contactEmail": "ann@example.com", "idempotencyKey": key or new_key()}
    )
    payload: dict[str, Any] = data["createBooking"]
    return payload


async def pay(
    client: Client, booking_id: str, *, method: str = "pm_card_visa", key: str | None = None
) -> dict[str, Any]:
    """Pay a booking; gives the payload."""
    data = await client.ask(
        PAY, input={"bookingId": booking_id, "paymentMethod": method, "idempotencyKey": key or new_key()}
    )
    payload: dict[str, Any] = data["payBooking"]
    return payload


async def buy(client: Client, showtime_id: str, *seat_ids: str) -> dict[str, Any]:
    """Hold, book and pay; gives the confirmed booking."""
    held = await hold(client, showtime_id, *seat_ids)
    assert held["userErrors"] == []
    booked = await book(client, held["hold"]["id"])
    assert booked["userErrors"] == []
    paid = await pay(client, booked["booking"]["id"])
    assert paid["userErrors"] == []
    booking: dict[str, Any] = paid["booking"]
    assert booking["status"] == "CONFIRMED"
    return booking
