"""The demo's cinemas and the plans of their auditoriums."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Row:
    """A row as `createAuditorium` takes it: a letter a place, see `RowInput`."""

    label: str
    seats: str


@dataclass(frozen=True)
class Room:
    """An auditorium of the demo."""

    name: str
    rows: tuple[Row, ...]

    @property
    def capacity(self) -> int:
        """Count its places."""
        return sum(len(row.seats) - row.seats.count(".") for row in self.rows)


@dataclass(frozen=True)
class Cinema:
    """A cinema of the demo. Prices are for a standard seat in the evening, in minor units."""

    name: str
    city: str
    address: str
    time_zone: str
    currency: str
    price: int
    rooms: tuple[Room, ...]


def room(
    name: str, *, blocks: Sequence[int], rows: int, premium: int = 0, recliners: int = 0, wheelchairs: int = 2
) -> Room:
    """Draw a room.

    Args:
        name: what it is called.
        blocks: seats between the aisles, from the left: `(4, 10, 4)` has two aisles.
        rows: how many, front row first.
        premium: how many rows in the middle of the back half are premium.
        recliners: how many rows at the very back are recliners.
        wheelchairs: pairs of a wheelchair place and a companion seat at the ends of the front row.
    """
    width = sum(blocks)
    letters = []
    first_premium = rows - recliners - premium - 1
    for number in range(rows):
        kind = "s"
        if number >= rows - recliners:
            kind = "r"
        elif first_premium <= number < first_premium + premium:
            kind = "p"
        seats = kind * width
        if number == 0:
            pairs = ("wc" * wheelchairs)[: width // 2]
            seats = pairs + seats[len(pairs) :]
        letters.append(_with_aisles(seats, blocks))
    return Room(name, tuple(Row(string.ascii_uppercase[number], seats) for number, seats in enumerate(letters)))


def _with_aisles(seats: str, blocks: Sequence[int]) -> str:
    parts, start = [], 0
    for block in blocks:
        parts.append(seats[start : start + block])
        start += block
    return ".".join(parts)


CINEMAS: Final = (
    Cinema(
        "Filmpalast am Zoo",
        "Berlin",
        "Hardenbergstraße 29, 10623 Berlin",
        "Europe/Berlin",
        "EUR",
        1250,
        (
            room("Großer Saal", blocks=(5, 14, 6), rows=20, premium=4, recliners=1, wheelchairs=3),
            room("Saal 2", blocks=(4, 10, 4), rows=14, premium=3, wheelchairs=2),
            room("Studio", blocks=(5, 5), rows=6, wheelchairs=1),
        ),
    ),
    Cinema(
        "Kino Kreuzberg",
        "Berlin",
        "Oranienstraße 14, 10999 Berlin",
        "Europe/Berlin",
        "EUR",
        990,
        (
            room("Saal 1", blocks=(7, 8), rows=10, premium=2),
            room("Saal 2", blocks=(6, 6), rows=8, wheelchairs=1),
        ),
    ),
    Cinema(
        "Elbkino",
        "Hamburg",
        "Große Elbstraße 96, 22767 Hamburg",
        "Europe/Berlin",
        "EUR",
        1150,
        (
            room("Hafenblick", blocks=(4, 12, 4), rows=15, premium=3, recliners=2),
            room("Speicher", blocks=(6, 6), rows=9, premium=2),
        ),
    ),
    Cinema(
        "The Lantern",
        "London",
        "31 Exmouth Market, London EC1R",
        "Europe/London",
        "GBP",
        1400,
        (
            room("Screen One", blocks=(5, 12, 5), rows=16, premium=4, recliners=2, wheelchairs=3),
            room("Screen Two", blocks=(6, 8), rows=10, premium=2),
        ),
    ),
    Cinema(
        "Riverside Picturehouse",
        "London",
        "4 Bankside, London SE1",
        "Europe/London",
        "GBP",
        1300,
        (
            room("Thames", blocks=(8, 8), rows=12, premium=3),
            room("Attic", blocks=(8,), rows=8, recliners=2, wheelchairs=1),
        ),
    ),
    Cinema(
        "Majestic on Third",
        "New York",
        "211 Third Avenue, New York, NY 10003",
        "America/New_York",
        "USD",
        1750,
        (
            room("Main House", blocks=(6, 14, 6), rows=18, premium=5, recliners=1, wheelchairs=3),
            room("Balcony Room", blocks=(7, 7), rows=11, premium=2),
            room("Microcinema", blocks=(10,), rows=6, recliners=1, wheelchairs=1),
        ),
    ),
)
