"""A room's layout: its seats in order, immutable per version."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from subgraphs.seat.seating.category import ACCESSIBLE, CATEGORY_OF_LETTER, LETTER_OF_CATEGORY, SeatCategory

_SEAT_ID = re.compile(r"([0-9a-f]{32})\.(0|[1-9][0-9]{0,3})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Seat:
    """One place.

    Attributes:
        id: `<layout id>.<position>`.
        position: its index in the layout's order: row by row as the plan lists them, left to right.
        row: the row's label.
        number: counted from 1 within the row, as the row's numbering says.
        label: what stands on the ticket, `F12`.
        x: column, 0 at the left; gaps count.
        y: row, 0 at the screen.
        accessible: a wheelchair place or its companion's.
    """

    id: str
    position: int
    row: str
    number: int
    label: str
    category: SeatCategory
    x: float
    y: float
    accessible: bool


@dataclass(frozen=True, eq=False)
class Layout:
    """All seats of a room, for one version of its plan. Compared by identity: a process keeps one of each.

    Attributes:
        rows: how many rows the plan has.
        columns: how many columns the widest row has, gaps included.
        seats: in layout order: `seats[i].position == i`.
    """

    id: str
    auditorium_id: str
    version: int
    rows: int
    columns: int
    seats: tuple[Seat, ...]

    @cached_property
    def categories(self) -> tuple[SeatCategory, ...]:
        """The categories that occur, in the order of the enum."""
        present = {seat.category for seat in self.seats}
        return tuple(category for category in SeatCategory if category in present)

    def is_beside_next(self, position: int) -> bool:
        """Tell whether the seat at `position + 1` is this one's neighbour, with no gap between."""
        if not 0 <= position < len(self.seats) - 1:
            return False
        seat, after = self.seats[position], self.seats[position + 1]
        return seat.y == after.y and after.x - seat.x == 1

    def stored(self) -> list[list[Any]]:
        """Give the seats as plain JSON: row, number, category's letter, x, y."""
        return [[seat.row, seat.number, LETTER_OF_CATEGORY[seat.category], seat.x, seat.y] for seat in self.seats]

    @classmethod
    def restored(
        cls,
        *,
        layout_id: str,
        auditorium_id: str,
        version: int,
        rows: int,
        columns: int,
        stored: Sequence[Sequence[Any]],
    ) -> Layout:
        """Build the layout from what `stored` gave."""
        seats = tuple(
            make_seat(layout_id, position, row=row, number=number, category=CATEGORY_OF_LETTER[letter], x=x, y=y)
            for position, (row, number, letter, x, y) in enumerate(stored)
        )
        return cls(layout_id, auditorium_id, version, rows, columns, seats)


def make_seat(
    layout_id: str, position: int, *, row: str, number: int, category: SeatCategory, x: float, y: float
) -> Seat:
    """Build a seat; its id and label follow from the rest."""
    return Seat(
        id=seat_id(layout_id, position),
        position=position,
        row=row,
        number=number,
        # A row named "A1" would make "A1" + "1" and "A" + "11" the same label: a dash keeps them apart.
        label=f"{row}{number}" if row.isalpha() else f"{row}-{number}",
        category=category,
        x=float(x),
        y=float(y),
        accessible=category in ACCESSIBLE,
    )


def seat_id(layout_id: str, position: int) -> str:
    """Make a seat's id."""
    return f"{layout_id}.{position}"


def parse_seat_id(value: str) -> tuple[str, int] | None:
    """Split a client's seat id into layout id and position; None when it has not the shape of one."""
    match = _SEAT_ID.fullmatch(value)
    return (match[1], int(match[2])) if match is not None else None
