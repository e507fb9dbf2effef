"""What is measured of the journey: operations of the public API, prepared once."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from bench.load_client import Call, Connection, WrongAnswer

SEARCH = """
query Search($title: String!) {
  movies(filter: { title: $title }, first: 20) {
    nodes { id title rating releaseDate showtimes(first: 3) { nodes { id startsAt cinema { name city } } } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
MAP_PACKED = "query Packed($id: ID!) { showtime(id: $id) { id seatMap { version statuses } } }"
MAP_LIST = """
query Map($id: ID!) {
  showtime(id: $id) { id seatMap { version seats { status seat { id row number label category x y accessible } } } }
}
"""
HOLD = """
mutation Hold($input: HoldSeatsInput!) {
  holdSeats(input: $input) { hold { id expiresAt } userErrors { code } }
}
"""
RELEASE = "mutation Release($id: ID!) { releaseHold(input: { holdId: $id }) { userErrors { code } } }"
BOOK = """
mutation Book($input: CreateBookingInput!) {
  createBooking(input: $input) { booking { id total { amount currency } } userErrors { code } }
}
"""
PAY = """
mutation Pay($input: PayBookingInput!) {
  payBooking(input: $input) { booking { id status tickets { code } } userErrors { code } }
}
"""
GUEST = "mutation { createGuestSession { accessToken } }"
TITLES = ("the", "love", "star", "lord of the", "night", "man", "batman", "amelie", "city", "war")

Ready = Iterator[tuple[str, dict[str, str]]]
"""Ids of holds or bookings, each with its person's headers."""


@dataclass
class Stage:
    """Showtimes to measure on: one of about 300 seats for reading, the free seats of many for buying."""

    hall_id: str
    tokens: list[str]
    seats: Iterator[tuple[str, str]]
    """(showtime, seat) pairs that are free and used once each."""


async def set_stage(connection: Connection) -> Stage:
    """Find what to measure on, and make the buyers."""
    data = await connection.ask(
        "{ showtimes(first: 100) { nodes { id status auditorium { capacity } } } }",
    )
    on_sale = [node for node in data["showtimes"]["nodes"] if node["status"] == "ON_SALE"]
    hall = min(on_sale, key=lambda node: abs(node["auditorium"]["capacity"] - 300))
    tokens = [(await connection.ask(GUEST))["createGuestSession"]["accessToken"] for _ in range(64)]
    maps = await asyncio.gather(*(connection.ask(MAP_LIST, id=node["id"]) for node in on_sale[:60]))
    free: list[list[tuple[str, str]]] = [
        [
            (found["showtime"]["id"], one["seat"]["id"])
            for one in found["showtime"]["seatMap"]["seats"]
            if one["status"] == "AVAILABLE" and one["seat"]["category"] == "STANDARD"
        ]
        for found in maps
    ]
    # Round by round over the showtimes, so that no showtime is hot by accident.
    pairs = [pair for together in itertools.zip_longest(*free) for pair in together if pair is not None]
    return Stage(hall["id"], tokens, iter(pairs))


def search() -> Call:
    """A movie search page of 20 with showtimes; the title changes with each request."""
    bodies = [orjson.dumps({"query": SEARCH, "variables": {"title": title}}) for title in TITLES]

    async def call(connection: Connection, number: int) -> None:
        answer = await connection.raw(bodies[number % len(bodies)])
        if b'"nodes":[' not in answer:
            raise WrongAnswer(answer[:300].decode())

    return call


def seat_map(showtime_id: str, query: str) -> Call:
    """The seat map of one showtime."""
    body = orjson.dumps({"query": query, "variables": {"id": showtime_id}})

    async def call(connection: Connection, _number: int) -> None:
        answer = await connection.raw(body)
        if b'"seatMap":{"version"' not in answer:
            raise WrongAnswer(answer[:300].decode())

    return call


async def _hold(connection: Connection, stage: Stage, number: int) -> tuple[str, dict[str, str]]:
    showtime, seat = next(stage.seats)
    headers = {"authorization": f"Bearer {stage.tokens[number % len(stage.tokens)]}"}
    held = await connection.ask(
        HOLD,
        headers,
        input={"showtimeId": showtime, "seatIds": [seat], "idempotencyKey": uuid.uuid4().hex},
    )
    payload: dict[str, Any] = held["holdSeats"]
    if payload["hold"] is None:
        raise WrongAnswer(str(payload))
    return payload["hold"]["id"], headers


async def _book(connection: Connection, hold_id: str, headers: dict[str, str]) -> str:
    booked = await connection.ask(
        BOOK,
        headers,
        input={"holdId": hold_id, "contactEmail": "bench@example.com", "idempotencyKey": uuid.uuid4().hex},
    )
    booking = booked["createBooking"]["booking"]
    if booking is None:
        raise WrongAnswer(str(booked))
    booking_id: str = booking["id"]
    return booking_id


async def _pay(connection: Connection, booking_id: str, headers: dict[str, str]) -> None:
    paid = await connection.ask(
        PAY,
        headers,
        input={"bookingId": booking_id, "paymentMethod": "pm_card_visa", "idempotencyKey": uuid.uuid4().hex},
    )
    booking = paid["payBooking"]["booking"]
    if booking is None or booking["status"] != "CONFIRMED":
        raise WrongAnswer(str(paid))


async def ready(connection: Connection, stage: Stage, count: int, *, booked: bool) -> Ready:
    """Make holds, or bookings of them, that are then booked or paid while it is measured: each with its person."""
    made: list[tuple[str, dict[str, str]]] = []
    for number in range(count):
        held, headers = await _hold(connection, stage, number)
        made.append((await _book(connection, held, headers) if booked else held, headers))
    return iter(made)


def book(holds: Ready) -> Call:
    """A booking made of a hold that is there."""

    async def call(connection: Connection, _number: int) -> None:
        await _book(connection, *next(holds))

    return call


def pay(bookings: Ready) -> Call:
    """A booking paid: authorized, claimed, captured, with its tickets."""

    async def call(connection: Connection, _number: int) -> None:
        await _pay(connection, *next(bookings))

    return call


def hold_and_release(stage: Stage) -> Call:
    """A hold, and its release so that the person may hold again: two mutations."""

    async def call(connection: Connection, number: int) -> None:
        held, headers = await _hold(connection, stage, number)
        await connection.ask(RELEASE, headers, id=held)

    return call


def journey(stage: Stage) -> Call:
    """Search, seat map, hold, book, pay, tickets: five requests."""
    look = search()
    show = seat_map(stage.hall_id, MAP_PACKED)

    async def call(connection: Connection, number: int) -> None:
        await look(connection, number)
        await show(connection, number)
        held, headers = await _hold(connection, stage, number)
        await _pay(connection, await _book(connection, held, headers), headers)

    return call
