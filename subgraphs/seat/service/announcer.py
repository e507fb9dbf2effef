"""Tells the other services and the live maps what was committed: a hint, the event log is the truth."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

import orjson

from subgraphs.common.bus import Bus
from subgraphs.seat.models.records import SeatDelta
from subgraphs.seat.seating.layout import parse_seat_id, seat_id
from subgraphs.seat.seating.statuses import Counts

SUBJECT_PREFIX: Final = "seat.showtime."


class Announcer:
    """Publishes deltas. Call it after the commit, never before."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def tell(self, delta: SeatDelta | None) -> None:
        """Publish one, if there is one."""
        if delta is not None:
            await self._bus.publish(SUBJECT_PREFIX + delta.showtime_id, encode(delta))


def encode(delta: SeatDelta) -> bytes:
    """Write a delta as the bus carries it."""
    return orjson.dumps(
        {
            "showtimeId": delta.showtime_id,
            "fromVersion": delta.from_version,
            "toVersion": delta.to_version,
            "changes": [[seat_id(delta.layout_id, position), letter] for position, letter in delta.changes],
            "counts": asdict(delta.counts),
        }
    )


def decode(payload: bytes) -> SeatDelta:
    """Read what `encode` wrote.

    Raises:
        ValueError: it is not such a message.
    """
    try:
        message: dict[str, Any] = orjson.loads(payload)
        changes = tuple((_position(seat), letter) for seat, letter in message["changes"])
        return SeatDelta(
            showtime_id=message["showtimeId"],
            layout_id=message["changes"][0][0].split(".", 1)[0] if changes else "",
            from_version=int(message["fromVersion"]),
            to_version=int(message["toVersion"]),
            changes=changes,
            counts=Counts(**message["counts"]),
        )
    except (KeyError, TypeError, AttributeError, orjson.JSONDecodeError) as error:
        raise ValueError("not a seat message") from error


def _position(value: str) -> int:
    parsed = parse_seat_id(value)
    if parsed is None:
        raise ValueError("not a seat id")
    return parsed[1]
