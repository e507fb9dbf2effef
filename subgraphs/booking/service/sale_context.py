"""What the saga's parts share: where sales are written, whom they call, how long they wait."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.booking.payments.registry import Providers
from subgraphs.booking.repository.ledger import Ledger
from subgraphs.booking.repository.sale_records import BookingRecord, PaymentRecord, Sale
from subgraphs.booking.repository.sales import SalesRepository
from subgraphs.booking.seat_client import SeatClient
from subgraphs.booking.service.occasions import BookingEvent, Occasion
from subgraphs.common.bus import Bus
from subgraphs.common.database import Database
from subgraphs.common.ids import new_id
from subgraphs.common.outbox import Outbox

SYSTEM: Final = "system"
RELEASE_SEATS: Final = "sales.releaseSeats"
"""Frees whatever a booking holds or has bought: payload {"bookingId", "showtimeId"}."""
BOOKING_MAIL: Final = "sales.mail"
"""Writes to the person: payload {"bookingId"} and an `Occasion`."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the saga waits.

    Attributes:
        lease: how long a process may work on a booking before another takes over.
        grace: how long an unanswered authorization may still be under way before it counts as never arrived.
        poll: how often a payment that waits for its person is looked up.
        action: how long a person has for the second step.
        late: when an attempt that was given up is looked up again, in case its money comes late.
    """

    lease: timedelta = timedelta(seconds=30)
    grace: timedelta = timedelta(seconds=30)
    poll: timedelta = timedelta(seconds=15)
    action: timedelta = timedelta(minutes=10)
    late: tuple[timedelta, ...] = (
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=4),
        timedelta(hours=24),
    )


@dataclass(frozen=True, slots=True)
class SaleContext:
    """Shared by the steps, the driver and the services.

    Attributes:
        outbox: for calls to seat.
        mails: the same table with a relay of its own: a mail server that hangs keeps no seat.
    """

    database: Database
    seat: SeatClient
    providers: Providers
    outbox: Outbox
    mails: Outbox
    bus: Bus
    patience: Patience

    def now(self) -> datetime:
        """Tell the time."""
        return self.database.clock.now()

    @contextlib.asynccontextmanager
    async def writing(self, actor: str = SYSTEM) -> AsyncIterator[tuple[AsyncSession, Ledger]]:
        """Open a unit of work with a ledger that writes for somebody."""
        async with self.database.write() as session:
            ledger = Ledger(session, actor=actor, now=self.now())
            yield session, ledger
            await ledger.close()

    async def reload(self, booking_id: str) -> Sale:
        """Read a sale that is known to exist."""
        async with self.database.read() as session:
            sale = await SalesRepository(session).sale(booking_id)
        if sale is None:
            raise LookupError(f"booking {booking_id} is gone")
        return sale

    def free_seats(self, session: AsyncSession, booking: BookingRecord) -> None:
        """Write the message that frees a booking's seats, in the transaction that decides it."""
        payload = {"bookingId": booking.id, "showtimeId": booking.showtime_id}
        self.outbox.put(session, RELEASE_SEATS, payload, partition=booking.id)

    def write_to_person(
        self, session: AsyncSession, booking: BookingRecord, event: BookingEvent, *, refunded_minor: int = 0
    ) -> None:
        """Write the message that has the person told by mail, in the transaction of what they are told."""
        occasion = Occasion(new_id(), event, self.now(), refunded_minor)
        payload = {"bookingId": booking.id, **occasion.to_payload()}
        self.mails.put(session, BOOKING_MAIL, payload, partition=f"mail:{booking.id}")

    async def told(self, booking: BookingRecord) -> None:
        """Say on the bus that a booking changed: after the commit, and only a hint."""
        content = orjson.dumps({"bookingId": booking.id, "status": booking.status.value})
        await self.bus.publish(f"booking.changed.{booking.id}", content)

    async def release_seats(self, payload: dict[str, Any]) -> None:
        """Handle the outbox message `RELEASE_SEATS`."""
        await self.seat.release_seats(payload["bookingId"], showtime_id=payload["showtimeId"])


def with_payment(sale: Sale, payment: PaymentRecord) -> Sale:
    """Give the sale with a payment as it is now."""
    payments = tuple(payment if one.id == payment.id else one for one in sale.payments)
    return replace(sale, payments=payments)
