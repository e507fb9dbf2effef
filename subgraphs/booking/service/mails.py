"""Tells people by mail what became of their bookings, through the outbox: decided with the change, sent after it.

What stands in the mail is read when it is sent. A crash between handing it to the mail server and noting that sends it
again, with the same Message-ID: mail programs show it once.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import structlog

from subgraphs.booking.models.states import BookingStatus
from subgraphs.booking.repository.cinemas import CinemaRepository
from subgraphs.booking.repository.movies import MovieRepository
from subgraphs.booking.repository.sale_records import BookingRecord
from subgraphs.booking.repository.sales import SalesRepository
from subgraphs.booking.repository.showtimes import ShowtimeRepository
from subgraphs.booking.seat_client import SeatClient
from subgraphs.booking.service.occasions import BookingEvent, Occasion
from subgraphs.booking.service.ticket_codes import TicketCodes
from subgraphs.common.clock import Clock
from subgraphs.common.database import Database
from subgraphs.common.mailer import Mailer, hand_over
from subgraphs.common.service_client import ServiceClient

if TYPE_CHECKING:
    from subgraphs.booking.service.letters import BookingFacts, Letters

log = structlog.get_logger(__name__)

_EMAIL: Final = "query ($of: [_Any!]!) { _entities(representations: $of) { ... on User { email } } }"
_WITH_TICKETS: Final = frozenset({BookingEvent.CONFIRMED, BookingEvent.CHANGED})


class BookingMails:
    """Sends what the outbox holds.

    Args:
        database: booking's.
        auth: knows the addresses of customers who named none with their booking.
        seat: knows the names of rooms.
        mailer: takes the mails.
        codes: writes the tickets.
        sender: stands in `From`.
        clock: tells when a mail is written.
    """

    def __init__(
        self,
        database: Database,
        *,
        auth: ServiceClient,
        seat: SeatClient,
        mailer: Mailer,
        codes: TicketCodes,
        sender: str,
        clock: Clock,
    ) -> None:
        self._database = database
        self._auth = auth
        self._seat = seat
        self._mailer = mailer
        self._codes = codes
        self._sender = sender
        self._clock = clock
        self._letters: Letters | None = None

    async def send(self, payload: dict[str, Any]) -> None:
        """Handle the outbox message `BOOKING_MAIL`.

        Raises:
            OSError, ServiceUnavailable: it is to be tried again.
        """
        occasion = Occasion.of_payload(payload)
        async with self._database.read() as session:
            booking = await SalesRepository(session).booking(payload["bookingId"])
        if booking is None or _is_outdated(booking, occasion):
            return
        address = booking.contact_email or await self._address_of(booking.user_id)
        if address is None:
            log.info("mail.without_address", booking=booking.id)
            return
        facts = await self._facts(booking)
        # What draws pictures and fills templates takes some 10 ms a ticket: other requests go on meanwhile.
        message = await asyncio.to_thread(self._write, facts, occasion, address)
        await hand_over(self._mailer, message)

    def _write(self, facts: BookingFacts, occasion: Occasion, address: str) -> Any:
        from subgraphs.booking.service.letters import Letters  # noqa: PLC0415 - templates and calendars cost memory

        letters = self._letters or Letters(sender=self._sender)
        self._letters = letters
        return letters.write(facts, occasion, to=address, now=self._clock.now())

    async def _facts(self, booking: BookingRecord) -> BookingFacts:
        from subgraphs.booking.service.letters import BookingFacts  # noqa: PLC0415 - as above

        async with self._database.read() as session:
            sales = SalesRepository(session)
            lines = (await sales.lines_of([booking.id]))[booking.id]
            tickets = (await sales.valid_tickets_of([booking.id])).get(booking.id, ())
            showtime = (await ShowtimeRepository(session).by_ids([booking.showtime_id]))[booking.showtime_id]
            cinema = (await CinemaRepository(session).by_ids([showtime.cinema_id]))[showtime.cinema_id]
            movie = (await MovieRepository(session).by_ids([showtime.movie_id]))[showtime.movie_id]
        room = await self._seat.auditorium_facts(showtime.auditorium_id)
        codes = {ticket.seat_id: self._codes.code_of(ticket.id) for ticket in tickets}
        return BookingFacts(
            booking=booking,
            lines=lines,
            showtime=showtime,
            cinema=cinema,
            movie=movie.title,
            auditorium="" if room is None else room.name,
            tickets=tuple((line.label, codes[line.seat_id]) for line in lines if line.seat_id in codes),
        )

    async def _address_of(self, user_id: str) -> str | None:
        data = await self._auth.call(_EMAIL, {"of": [{"__typename": "User", "id": user_id}]})
        [user] = data["_entities"]
        return None if user is None else user["email"]


def _is_outdated(booking: BookingRecord, occasion: Occasion) -> bool:
    """Tell whether a later mail says it all: tickets of a booking that was cancelled meanwhile are not sent."""
    return occasion.event in _WITH_TICKETS and booking.status is not BookingStatus.CONFIRMED
