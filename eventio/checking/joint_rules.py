"""Invariants between seat's database and booking's: I3, and I10's and I13's other halves."""

from __future__ import annotations

from collections.abc import Iterator

from eventio.checking.books import Breach, SaleBooks, SeatBooks, ShowtimeBooks
from subgraphs.booking.models.states import UNRESOLVED, BookingStatus, PaymentStatus
from subgraphs.booking.repository.sale_records import BookingRecord, PaymentRecord
from subgraphs.seat.models.records import ClaimRecord

_GIVING_BACK = frozenset(
    {BookingStatus.CANCELLED, BookingStatus.REFUND_PENDING, BookingStatus.REFUNDED, BookingStatus.EXPIRED}
)
_TAKING = frozenset({BookingStatus.CONFIRMING, BookingStatus.PENDING_PAYMENT, BookingStatus.EXPIRED})


def confirmed_means_sold(books: ShowtimeBooks) -> Iterator[Breach]:
    """I3: every confirmed booking has just its seats sold to it."""
    sale, seat = books.sale, books.seat
    if sale is None:
        return
    sold = _sold(seat)
    for booking in sale.bookings:
        if booking.status is not BookingStatus.CONFIRMED or booking.id in sale.open_changes:
            continue
        wanted = {line.seat_id for line in sale.lines_of.get(booking.id, ())}
        found = sold.get(booking.id, set())
        if wanted != found:
            detail = f"confirmed with the seats {sorted(wanted)}, but seat has sold it {sorted(found)}"
            yield Breach("I3", booking.id, detail)


def sold_means_confirmed(books: ShowtimeBooks) -> Iterator[Breach]:
    """I3: every sold seat has one confirmed booking, or one whose sale is under way."""
    sale, seat = books.sale, books.seat
    bookings = {} if sale is None else {booking.id: booking for booking in sale.bookings}
    for booking_id, seats in _sold(seat).items():
        booking = bookings.get(booking_id)
        if sale is None or booking is None:
            yield Breach("I3", booking_id, f"the seats {sorted(seats)} are sold to a booking that does not exist")
        elif booking.status is not BookingStatus.CONFIRMED and not _is_moving(sale, booking):
            yield Breach(
                "I3", booking_id, f"the seats {sorted(seats)} are sold to a booking that is {booking.status.value}"
            )


def _is_moving(sale: SaleBooks, booking: BookingRecord) -> bool:
    """Tell whether a sale that is not confirmed may have seats for the moment: they are claimed, or given back."""
    if booking.status in _GIVING_BACK and booking.id in sale.unreleased:
        return True
    return booking.status in _TAKING and sale.is_under_way(booking)


def no_hold_outlives_its_booking(books: ShowtimeBooks) -> Iterator[Breach]:
    """I10: a hold whose time stands still belongs to a sale that is under way."""
    sale, seat = books.sale, books.seat
    if seat is None:
        return
    bookings = {} if sale is None else {booking.id: booking for booking in sale.bookings}
    for hold in seat.live_holds.values():
        if not hold.pinned:
            continue
        booking = bookings.get(hold.booking_id or "")
        if sale is None or booking is None:
            yield Breach("I10", hold.id, f"is kept for the booking {hold.booking_id}, which does not exist")
        elif not (sale.is_under_way(booking) or booking.id in sale.open_changes or booking.id in sale.unreleased):
            yield Breach("I10", hold.id, f"is kept for ever: its booking is {booking.status.value}")


def seats_are_kept_while_paying(books: ShowtimeBooks) -> Iterator[Breach]:
    """I13, seat's half: the seats under an authorized payment are sold or held without an end."""
    sale, seat = books.sale, books.seat
    if sale is None or seat is None:
        return
    bookings = {booking.id: booking for booking in sale.bookings}
    for payment in sale.payments:
        booking = bookings.get(payment.booking_id)
        if booking is None or not _needs_seats(sale, booking, payment):
            continue
        hold_id = sale.open_changes[booking.id].hold_id if booking.id in sale.open_changes else booking.hold_id
        hold = seat.live_holds.get(hold_id)
        if hold is not None and not hold.pinned:
            yield Breach("I13", payment.id, f"is {payment.status.value}, while the time of its hold {hold_id} runs")


def _needs_seats(sale: SaleBooks, booking: BookingRecord, payment: PaymentRecord) -> bool:
    if payment.status not in UNRESOLVED or payment.status is PaymentStatus.PENDING:
        return False
    change = sale.open_changes.get(booking.id)
    return payment.id == (booking.payment_id if change is None else change.payment_id)


def _sold(seat: SeatBooks | None) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for claim in () if seat is None else seat.claims:
        if claim.status == "S":
            found.setdefault(claim.booking_id or "", set()).add(_seat_id(seat, claim))
    return found


def _seat_id(seat: SeatBooks | None, claim: ClaimRecord) -> str:
    return f"{'' if seat is None else seat.showtime.layout_id}.{claim.position}"
