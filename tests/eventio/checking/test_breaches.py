"""Every invariant is seen to break: a row is changed behind the services' back, and the check names it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from eventio.checking.books import SaleBooks, ShowtimeBooks
from eventio.checking.check import Check, Patience
from eventio.checking.invariants import breaches_of
from subgraphs.booking.models.states import TicketStatus
from subgraphs.booking.repository.sale_records import TicketRecord
from subgraphs.common.ids import new_id
from tests.support.sales_system import SalesSystem, person


@dataclass(frozen=True)
class Damage:
    """What is done to a database that holds one sale of two seats, an unpaid booking and a hold.

    Attributes:
        invariants: that the check then names; no others.
        booking: SQL on booking's database; `:sold` and `:open` are the ids of the bookings.
        seat: SQL on seat's database; `:held` is the id of the hold besides.
    """

    name: str
    invariants: tuple[str, ...]
    booking: tuple[str, ...] = ()
    seat: tuple[str, ...] = ()


DAMAGES = (
    Damage(
        "a seat taken from a hold that lives",
        ("I2", "I7", "I14"),
        seat=(
            "UPDATE seat_claims SET status = 'A', hold_id = NULL, fence = NULL, expires_at = NULL WHERE position = 4",
        ),
    ),
    Damage("a ticket lost", ("I3", "I4"), booking=("DELETE FROM tickets WHERE booking_id = :sold AND position = 0",)),
    Damage(
        "a sold seat of another booking",
        ("I3",),
        seat=("UPDATE seat_claims SET booking_id = :held WHERE position = 0",),
    ),
    Damage(
        "a sold booking that is gone from the ledger",
        ("I3",),
        booking=(
            "DELETE FROM tickets WHERE booking_id = :sold",
            "DELETE FROM payments WHERE booking_id = :sold",
            "DELETE FROM booking_lines WHERE booking_id = :sold",
            "DELETE FROM bookings WHERE id = :sold",
        ),
    ),
    Damage(
        "a capture that was not written",
        ("I4",),
        booking=("UPDATE payments SET captured_minor = 0 WHERE booking_id = :sold",),
    ),
    Damage("money kept without a reason", ("I4",), booking=("UPDATE bookings SET kept_minor = 5 WHERE id = :sold",)),
    Damage(
        "a capture that the provider knows nothing of",
        ("I4",),
        booking=("UPDATE sandbox_payments SET captured_minor = 0",),
    ),
    Damage(
        "a capture that pays for nothing and nobody works on",
        ("I4",),
        booking=("UPDATE payments SET settled_at = NULL WHERE booking_id = :sold",),
    ),
    Damage(
        "a refund noted but not written",
        ("I5",),
        booking=("UPDATE payments SET refunding_minor = 5 WHERE booking_id = :sold",),
    ),
    Damage(
        "a hold past its cap",
        ("I9",),
        seat=("UPDATE holds SET max_expires_at = '2001-01-01T00:00:00.000000Z' WHERE id = :held",),
    ),
    Damage(
        "a seat whose hold has ended",
        ("I10",),
        seat=("UPDATE holds SET state = 'RELEASED' WHERE id = :held",),
    ),
    Damage(
        "a hold that is kept for a booking that has ended",
        ("I10", "I16"),
        booking=("UPDATE bookings SET status = 'EXPIRED', due_at = NULL WHERE id = :open",),
        seat=(
            "UPDATE holds SET pinned = true WHERE id = :open",
            "UPDATE seat_claims SET expires_at = NULL WHERE hold_id = :open",
        ),
    ),
    Damage(
        "a state that moved where no arrow leads",
        ("I12", "I16"),
        booking=("UPDATE audit_log SET after = 'REFUNDED' WHERE subject = :sold AND action = 'booking.confirmed'",),
    ),
    Damage(
        "an unresolved payment of a booking that has ended",
        ("I13", "I16"),
        booking=("UPDATE payments SET status = 'REQUIRES_ACTION' WHERE booking_id = :sold",),
    ),
    Damage(
        "such a payment under a lease that a crash left behind",
        ("I13", "I16"),
        booking=(
            "UPDATE payments SET status = 'REQUIRES_ACTION' WHERE booking_id = :sold",
            "UPDATE bookings SET leased_until = '2001-01-01T00:00:00.000000Z' WHERE id = :sold",
        ),
    ),
    Damage("a version that is missing", ("I14",), seat=("DELETE FROM seat_events WHERE version = 2",)),
    Damage("a map that is not the log's", ("I14",), seat=("UPDATE showtimes SET statuses = lower(statuses)",)),
    Damage("another price", ("I4", "I15"), booking=("UPDATE booking_lines SET price_minor = 1",)),
    Damage("another currency", ("I15",), booking=("UPDATE showtimes SET currency = 'GBP'",)),
    Damage(
        "a change of state without its row in the audit log",
        ("I16",),
        booking=("DELETE FROM audit_log WHERE subject = :sold AND action = 'booking.confirmed'",),
    ),
    Damage(
        "a ticket of a booking that is not confirmed",
        ("I3", "I16", "I17"),
        booking=("UPDATE bookings SET status = 'CANCELLED' WHERE id = :sold",),
    ),
)


@pytest.mark.parametrize("damage", DAMAGES, ids=[damage.name.replace(" ", "-") for damage in DAMAGES])
async def test_a_damage_is_named(sales: SalesSystem, damage: Damage) -> None:
    showtime, buyer = await sales.showtime(), person()
    ids = {
        "sold": (await sales.sold(buyer, showtime, 0, 1))["id"],
        "open": (await sales.booked(person(), showtime, 2))["id"],
        "held": await sales.held(person(), showtime, 4, 5),
    }
    assert await sales.breaches() == []

    for database, statements in ((sales.service.database, damage.booking), (sales.seat.service.database, damage.seat)):
        async with database.write() as session:
            for sql in statements:
                await session.execute(text(sql), {name: value for name, value in ids.items() if f":{name}" in sql})

    found = {breach.invariant for breach in await sales.breaches()}
    assert found == set(damage.invariants), await sales.breaches()


def test_two_valid_tickets_for_a_seat_are_named() -> None:
    # An index keeps the databases from it, so the books are written by hand.
    showtime_id = new_id()
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    tickets = [
        TicketRecord(showtime_id, f"t{number}", "b", number, "seat", TicketStatus.VALID, moment, None, None, None)
        for number in range(2)
    ]
    books = ShowtimeBooks(showtime_id, None, SaleBooks(showtime_id, "EUR", moment, tickets=tickets))

    [breach] = breaches_of(books)

    assert (breach.invariant, breach.detail) == ("I1", "2 valid tickets: t0, t1")


async def test_a_sale_that_moves_on_between_two_looks_is_no_breach(sales: SalesSystem) -> None:
    showtime = await sales.showtime()
    sold = await sales.sold(person(), showtime, 0)
    await _set_status(sales, sold["id"], "CANCELLED")
    check = Check(sales.books, patience=Patience(looks=3, pause=0.2))

    async with asyncio.TaskGroup() as tasks:
        run = tasks.create_task(check.run())
        await asyncio.sleep(0.1)
        await _set_status(sales, sold["id"], "CONFIRMED")

    assert run.result().breaches == ()


async def _set_status(sales: SalesSystem, booking_id: str, status: str) -> None:
    async with sales.service.database.write() as session:
        await session.execute(
            text("UPDATE bookings SET status = :status WHERE id = :id"), {"status": status, "id": booking_id}
        )
