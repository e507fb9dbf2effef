"""Reads the books of showtimes, from each database in one snapshot. Nothing is locked, nothing is written."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from eventio.checking.books import AuditArrow, ProviderPayment, SaleBooks, SeatBooks, ShowtimeBooks
from eventio.errors import CannotRun
from eventio.services import service_kind
from subgraphs.booking.models import AuditEntry, OutboxMessage, SandboxPayment, Showtime
from subgraphs.booking.models.sales import Booking
from subgraphs.booking.repository.sale_records import (
    BOOKING_COLUMNS,
    CHANGE_COLUMNS,
    LINE_COLUMNS,
    PAYMENT_COLUMNS,
    REFUND_COLUMNS,
    TICKET_COLUMNS,
    BookingRecord,
    ChangeRecord,
    LineRecord,
    PaymentRecord,
    RefundRecord,
    TicketRecord,
)
from subgraphs.booking.service.sale_context import RELEASE_SEATS
from subgraphs.common.clock import SystemClock
from subgraphs.common.database import Database
from subgraphs.seat.models.tables import SHOWTIMES
from subgraphs.seat.repository.work import Work

_IDS_AT_ONCE: Final = 500
R = TypeVar("R", BookingRecord, LineRecord, PaymentRecord, RefundRecord, ChangeRecord, TicketRecord)


@contextlib.asynccontextmanager
async def open_books(data_dir: Path | None = None) -> AsyncIterator[BookReader]:
    """Open the databases of booking and seat that the environment names, or those in a folder.

    Raises:
        CannotRun: the folder has no such databases.
        subgraphs.common.errors.DatabaseIsOlder: `eventio migrate` has to run first.
    """
    if data_dir is not None and not (data_dir / "seat.sqlite3").is_file():
        raise CannotRun(f"there are no databases in {data_dir}: name the folder that `eventio up` was given")
    changes = {} if data_dir is None else {"data_dir": data_dir}
    async with contextlib.AsyncExitStack() as stack:
        opened = []
        for name in ("booking", "seat"):
            kind = service_kind(name)
            settings = kind.settings(**changes)
            await kind.require_current(settings)
            database = Database(settings.database_url_for(name), clock=SystemClock())
            stack.push_async_callback(database.close)
            opened.append(database)
        yield BookReader(*opened)


class BookReader:
    """Reads both sides of showtimes."""

    def __init__(self, booking: Database, seat: Database) -> None:
        self._booking = booking
        self._seat = seat

    async def showtime_ids(self) -> list[str]:
        """Give the showtimes that either side knows."""
        async with self._booking.read() as session:
            known = set(await session.scalars(select(Showtime.id)))
            # A restored database may have bookings of showtimes that its catalogue has not.
            known.update(await session.scalars(select(Booking.showtime_id).distinct()))
        async with self._seat.read() as session:
            known.update(await session.scalars(select(SHOWTIMES.c.id)))
        return sorted(known)

    async def read(self, showtime_ids: Sequence[str]) -> list[ShowtimeBooks]:
        """Read the books of some showtimes.

        Booking's side is read first: a seat that was sold meanwhile then looks sold to a sale that is under way.
        """
        async with self._booking.snapshot() as session:
            sales = await _read_sales(session, showtime_ids, self._booking)
        async with self._seat.snapshot() as session:
            work = Work(session, self._seat.now)
            seats = {showtime_id: await _read_seats(work, showtime_id) for showtime_id in showtime_ids}
        return [ShowtimeBooks(one, seats[one], sales.get(one)) for one in showtime_ids]


async def _read_seats(work: Work, showtime_id: str) -> SeatBooks | None:
    showtime = await work.showtimes.find(showtime_id)
    if showtime is None:
        return None
    return SeatBooks(
        showtime,
        claims=await work.claims.all_of(showtime_id),
        holds=await work.holds.all_of(showtime_id),
        events=await work.showtimes.events_after(showtime_id, 0, limit=showtime.version),
    )


async def _read_sales(session: AsyncSession, showtime_ids: Sequence[str], database: Database) -> dict[str, SaleBooks]:
    currencies = await session.execute(select(Showtime.id, Showtime.currency).where(Showtime.id.in_(showtime_ids)))
    found = {showtime_id: str(currency) for showtime_id, currency in currencies}
    bookings = await _rows(session, BookingRecord, BOOKING_COLUMNS, showtime_ids)
    payments = await _rows(session, PaymentRecord, PAYMENT_COLUMNS, showtime_ids)
    refunds = await _rows(session, RefundRecord, REFUND_COLUMNS, showtime_ids)
    lines = await _rows(session, LineRecord, LINE_COLUMNS, showtime_ids)
    changes = await _rows(session, ChangeRecord, CHANGE_COLUMNS, showtime_ids)
    tickets = await _rows(session, TicketRecord, TICKET_COLUMNS, showtime_ids)
    subjects = [row.id for rows in (bookings, payments, refunds) for many in rows.values() for row in many]
    arrows = await _arrows(session, dict.fromkeys(subjects))
    provider = await _provider(session, [row.id for many in payments.values() for row in many])
    unreleased = frozenset(
        await session.scalars(select(OutboxMessage.partition).where(OutboxMessage.kind == RELEASE_SEATS))
    )
    return {
        showtime_id: SaleBooks(
            showtime_id=showtime_id,
            currency=found.get(showtime_id, ""),
            now=database.clock.now(),
            bookings=bookings[showtime_id],
            lines=lines[showtime_id],
            payments=payments[showtime_id],
            refunds=refunds[showtime_id],
            changes=changes[showtime_id],
            tickets=tickets[showtime_id],
            arrows=arrows[showtime_id],
            provider=provider,
            unreleased=unreleased,
        )
        for showtime_id in showtime_ids
        if showtime_id in found or showtime_id in bookings
    }


async def _rows(
    session: AsyncSession, record: type[R], columns: tuple[Any, ...], showtime_ids: Sequence[str]
) -> defaultdict[str, list[R]]:
    found: defaultdict[str, list[R]] = defaultdict(list)
    table = columns[0].table
    query = select(*columns).where(table.c.showtime_id.in_(showtime_ids)).order_by(*table.primary_key.columns)
    for row in await session.execute(query):
        read = record(*row)
        found[read.showtime_id].append(read)
    return found


async def _arrows(session: AsyncSession, subjects: Iterable[str]) -> defaultdict[str, list[AuditArrow]]:
    found: defaultdict[str, list[AuditArrow]] = defaultdict(list)
    row = AuditEntry
    for ids in _parts(list(subjects)):
        query = (
            select(row.subject, row.action, row.before, row.after)
            .where(row.subject.in_(ids), row.after.is_not(None))
            .order_by(row.id)
        )
        for subject, action, before, after in await session.execute(query):
            found[subject[:32]].append(AuditArrow(subject, action, before, after or ""))
    return found


async def _provider(session: AsyncSession, payment_ids: Sequence[str]) -> dict[str, ProviderPayment]:
    found: dict[str, ProviderPayment] = {}
    row = SandboxPayment
    columns = (row.id, row.idempotency_key, row.status, row.captured_minor, row.refunded_minor)
    for ids in _parts(payment_ids):
        for one in await session.execute(select(*columns).where(row.idempotency_key.in_(ids))):
            found[one.idempotency_key] = ProviderPayment(*one)
    return found


def _parts(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + _IDS_AT_ONCE] for start in range(0, len(ids), _IDS_AT_ONCE)]
