"""Bookings as people use them: made from a hold, paid, looked at. What spans services is driven by the saga."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy.exc import IntegrityError

from subgraphs.booking.models.states import BookingStatus
from subgraphs.booking.paging import Page, PageRequest
from subgraphs.booking.repository.records import ShowtimeRecord
from subgraphs.booking.repository.sale_records import BookingRecord, LineRecord, PaymentRecord, TicketRecord
from subgraphs.booking.repository.sales import SalesRepository
from subgraphs.booking.repository.showtimes import ShowtimeRepository
from subgraphs.booking.service.drafts import (
    checked_contact,
    hold_not_found,
    idempotency_key,
    new_booking,
    new_reference,
    priced_lines,
    require_bound,
    require_expected,
)
from subgraphs.booking.service.sale_context import SaleContext
from subgraphs.common.errors import Forbidden, NotAllowedNow, ServiceUnavailable
from subgraphs.common.idempotency import IdempotencyKey, IdempotencyStore
from subgraphs.common.identity import Principal, Role
from subgraphs.common.ids import is_id, is_scoped_id, showtime_of

_REFERENCE_TRIES: Final = 3
HISTORY_SHAPE: Final = (datetime, str)


@dataclass(frozen=True, slots=True)
class CreateBooking:
    """What `createBooking` asks for. `expected_total`: what the client showed to the person."""

    hold_id: str
    contact_email: str | None
    expected_total: Decimal | None
    idempotency_key: str


class BookingService:
    """Makes and reads bookings."""

    def __init__(self, context: SaleContext, keys: IdempotencyStore) -> None:
        self._context = context
        self._keys = keys

    async def create(self, person: Principal, command: CreateBooking) -> BookingRecord:
        """Turn a live hold of the person into a booking at the present prices.

        Raises:
            InvalidInput: the address is missing or no address, the key is malformed.
            NotFound: there is no such hold of this person.
            HoldExpired: the hold is over.
            PriceChanged: the seats cost something else than the client said. Nothing was booked.
            NotAllowedNow: the hold was booked before, or the showtime does not take place.
        """
        email = checked_contact(command.contact_email, person)
        if not is_scoped_id(command.hold_id):
            raise hold_not_found()
        key = self._key(person, command)
        async with self._context.database.read() as session:
            answer = await self._keys.find(session, key)
            showtime = await _showtime(ShowtimeRepository(session), showtime_of(command.hold_id))
        if answer is not None:
            return await self._booked(answer)
        if showtime is None:
            raise hold_not_found()
        # The booking gets the hold's id: a hold becomes one booking, whatever is repeated and whatever crashes.
        claim = await self._context.seat.bind_hold(command.hold_id, booking_id=command.hold_id, owners=person.ids)
        require_bound(claim, now=self._context.now())
        lines = priced_lines(claim.seats, showtime, booking_id=command.hold_id)
        require_expected(lines, showtime, command.expected_total)
        booking = new_booking(
            person,
            claim,
            showtime,
            lines,
            hold_id=command.hold_id,
            contact_email=email,
            now=self._context.now(),
        )
        return await self._insert(key, booking, lines, showtime)

    async def by_id(self, person: Principal | None, booking_id: str) -> BookingRecord | None:
        """Read a booking for its owner or staff of its cinema; None to anyone else."""
        if person is None or not is_scoped_id(booking_id):
            return None
        async with self._context.database.read() as session:
            booking = await SalesRepository(session).booking(booking_id)
            if booking is None or person.owns(booking.user_id):
                return booking
            if person.role not in {Role.STAFF, Role.ADMIN}:
                return None
            showtime = await _showtime(ShowtimeRepository(session), booking.showtime_id)
        return booking if showtime is not None and person.is_staff_of(showtime.cinema_id) else None

    async def history(
        self,
        person: Principal,
        user_id: str,
        request: PageRequest,
        *,
        statuses: Sequence[BookingStatus] | None,
    ) -> Page[BookingRecord]:
        """Read a page of somebody's bookings, newest first.

        Raises:
            Forbidden: they are another person's, and the caller is not staff.
        """
        owners = self._owners(person, user_id)
        async with self._context.database.read() as session:
            rows = await SalesRepository(session).history(owners, request, statuses=statuses)
        return Page.of(rows, request, key=lambda row: (row.created_at, row.id))

    async def count(self, person: Principal, user_id: str, *, statuses: Sequence[BookingStatus] | None) -> int:
        """Count somebody's bookings; raises as `history`."""
        owners = self._owners(person, user_id)
        async with self._context.database.read() as session:
            return await SalesRepository(session).count_history(owners, statuses=statuses)

    async def by_ids(self, booking_ids: Sequence[str]) -> dict[str, BookingRecord]:
        """Read bookings; unknown ids are left out."""
        async with self._context.database.read() as session:
            return await SalesRepository(session).bookings(booking_ids)

    async def lines_of(self, booking_ids: Sequence[str]) -> dict[str, tuple[LineRecord, ...]]:
        """Read the lines of bookings."""
        async with self._context.database.read() as session:
            return await SalesRepository(session).lines_of(booking_ids)

    async def payments_of(self, booking_ids: Sequence[str]) -> dict[str, tuple[PaymentRecord, ...]]:
        """Read the attempts to pay for bookings."""
        async with self._context.database.read() as session:
            return await SalesRepository(session).payments_of(booking_ids)

    async def tickets_of(self, booking_ids: Sequence[str]) -> dict[str, tuple[TicketRecord, ...]]:
        """Read the valid tickets of bookings."""
        async with self._context.database.read() as session:
            return await SalesRepository(session).valid_tickets_of(booking_ids)

    def _owners(self, person: Principal, user_id: str) -> tuple[str, ...]:
        if person.owns(user_id):
            return person.ids
        if person.role not in {Role.STAFF, Role.ADMIN}:
            raise Forbidden
        return (user_id,) if is_id(user_id) else ()

    def _key(self, person: Principal, command: CreateBooking) -> IdempotencyKey:
        expected = None if command.expected_total is None else str(command.expected_total)
        value = {"holdId": command.hold_id, "contactEmail": command.contact_email, "expectedTotal": expected}
        return idempotency_key(
            command.idempotency_key,
            person,
            operation="createBooking",
            showtime_id=showtime_of(command.hold_id),
            input_value=value,
        )

    async def _booked(self, answer: dict[str, Any]) -> BookingRecord:
        return (await self._context.reload(answer["bookingId"])).booking

    async def _insert(
        self, key: IdempotencyKey, booking: BookingRecord, lines: Sequence[LineRecord], showtime: ShowtimeRecord
    ) -> BookingRecord:
        for _ in range(_REFERENCE_TRIES):
            try:
                async with self._context.writing(booking.user_id) as (session, ledger):
                    told = {"bookingId": booking.id}
                    answer = await self._keys.claim(session, key, now=ledger.now, answer=told)
                    if answer is None:
                        await _require_unchanged(ShowtimeRepository(session), showtime)
                        await ledger.add_booking(booking, lines)
            except IntegrityError:
                await self._require_unbooked(booking.hold_id)
                booking = replace(booking, reference=new_reference())
                continue
            if answer is not None:
                return await self._booked(answer)
            await self._context.told(booking)
            return booking
        raise ServiceUnavailable

    async def _require_unbooked(self, hold_id: str) -> None:
        async with self._context.database.read() as session:
            if await SalesRepository(session).booking(hold_id) is not None:
                raise NotAllowedNow("This hold has become a booking already: hold other seats.", field=["holdId"])


async def _require_unchanged(repository: ShowtimeRepository, showtime: ShowtimeRecord) -> None:
    """Check that nobody has changed or cancelled the showtime since it was read, and keep it so until the commit.

    Raises:
        NotAllowedNow: somebody has.
    """
    present = await repository.share(showtime.id)
    if present is None or present.revision != showtime.revision:
        raise NotAllowedNow("This showtime has changed just now: look at it, then try again.", field=["holdId"])


async def _showtime(repository: ShowtimeRepository, showtime_id: str) -> ShowtimeRecord | None:
    return (await repository.by_ids([showtime_id])).get(showtime_id)
