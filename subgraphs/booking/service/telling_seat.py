"""What the programme has to tell seat, through the outbox: handlers that read the present state and tell that."""

from __future__ import annotations

from typing import Any, Final

import structlog

from subgraphs.booking.repository.records import ShowtimeRecord
from subgraphs.booking.repository.showtimes import ShowtimeRepository
from subgraphs.booking.seat_client import OpenShowtime, SeatClient
from subgraphs.common.database import Database
from subgraphs.common.errors import ServiceUnavailable
from subgraphs.common.outbox import Handler

log = structlog.get_logger(__name__)

REGISTER_CINEMA: Final = "seat.registerCinema"
OPEN_SHOWTIME: Final = "seat.openShowtime"
CLOSE_SHOWTIME: Final = "seat.closeShowtime"
CANCEL_BOOKINGS: Final = "sales.cancelShowtime"
"""Cancels and refunds every booking of a cancelled showtime: payload {"showtimeId"}, handled by the sales half."""


def cinema_partition(cinema_id: str) -> str:
    """Name the outbox partition of what seat learns about a cinema."""
    return f"cinema:{cinema_id}"


def showtime_partition(showtime_id: str) -> str:
    """Name the outbox partition of what seat learns about a showtime."""
    return f"showtime:{showtime_id}"


def sales_partition(showtime_id: str) -> str:
    """Name the outbox partition of what becomes of a showtime's bookings; seat's messages do not wait for it."""
    return f"sales:{showtime_id}"


def open_showtime_of(showtime: ShowtimeRecord) -> OpenShowtime:
    """Give what seat has to know of a showtime."""
    return OpenShowtime(
        showtime_id=showtime.id,
        auditorium_id=showtime.auditorium_id,
        starts_at=showtime.starts_at,
        ends_at=showtime.ends_at,
        sale_starts_at=showtime.sale_starts_at,
        sale_ends_at=showtime.sale_ends_at,
        hold_seconds=showtime.hold_seconds,
        hold_cap_seconds=showtime.hold_cap_seconds,
        revision=showtime.revision,
    )


class SeatTeller:
    """Handles the programme's outbox messages to seat."""

    def __init__(self, database: Database, seat: SeatClient) -> None:
        self._database = database
        self._seat = seat

    @property
    def handlers(self) -> dict[str, Handler]:
        """The handlers by kind."""
        return {
            REGISTER_CINEMA: self.register_cinema,
            OPEN_SHOWTIME: self.open_showtime,
            CLOSE_SHOWTIME: self.close_showtime,
        }

    async def register_cinema(self, payload: dict[str, Any]) -> None:
        """Handle `{"cinemaId"}`."""
        await self._seat.register_cinema(payload["cinemaId"])

    async def open_showtime(self, payload: dict[str, Any]) -> None:
        """Handle `{"showtimeId"}`: tell the showtime's present times, unless it was cancelled meanwhile.

        Raises:
            ServiceUnavailable: seat does not know the auditorium (yet): the message waits.
        """
        showtime_id = payload["showtimeId"]
        async with self._database.read() as session:
            showtime = (await ShowtimeRepository(session).by_ids([showtime_id])).get(showtime_id)
        if showtime is None or showtime.cancelled_at is not None:
            return
        if not await self._seat.open_showtime(open_showtime_of(showtime)):
            log.error("showtime.not_opened", showtime=showtime_id, auditorium=showtime.auditorium_id)
            raise ServiceUnavailable

    async def close_showtime(self, payload: dict[str, Any]) -> None:
        """Handle `{"showtimeId"}`."""
        await self._seat.close_showtime(payload["showtimeId"])
