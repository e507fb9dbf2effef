"""Checks what seats a client names."""

from __future__ import annotations

from collections.abc import Sequence

from subgraphs.common.errors import InvalidInput, NotFound
from subgraphs.seat.errors import HoldLimit
from subgraphs.seat.seating.layout import parse_seat_id


def refuse_count(count: int, *, most: int) -> None:
    """Check how many seats are wanted.

    Raises:
        InvalidInput: fewer than one.
        HoldLimit: more than `most`.
    """
    if count < 1:
        raise InvalidInput("Ask for at least one seat.", field=["count"])
    if count > most:
        raise HoldLimit(f"A hold has at most {most} seats.", limit=most, field=["count"])


def positions_of(seat_ids: Sequence[str], *, most: int) -> tuple[tuple[int, ...], str]:
    """Read seat ids into positions, in the order given, and the layout that all of them belong to.

    Raises:
        InvalidInput: none, or one of them twice.
        HoldLimit: more than `most`.
        NotFound: one is malformed, or they are of different layouts.
    """
    if not seat_ids:
        raise InvalidInput("Name at least one seat.", field=["seatIds"])
    if len(seat_ids) > most:
        raise HoldLimit(f"At most {most} seats can be named at once.", limit=most, field=["seatIds"])
    layout_id, positions, seen = "", [], set()
    for index, value in enumerate(seat_ids):
        parsed = parse_seat_id(value)
        if parsed is None or (layout_id and parsed[0] != layout_id):
            raise NotFound("There is no such seat in this showtime's auditorium.", field=["seatIds", str(index)])
        if value in seen:
            raise InvalidInput("This seat is named twice.", field=["seatIds", str(index)])
        seen.add(value)
        layout_id = parsed[0]
        positions.append(parsed[1])
    return tuple(positions), layout_id
