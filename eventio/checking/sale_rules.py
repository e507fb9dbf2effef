"""Invariants that booking's database shows by itself: I1, I4, I5, I12, I13's half, I15, I16's half, I17."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from eventio.checking.books import AuditArrow, Breach, SaleBooks, ShowtimeBooks
from subgraphs.booking.models.states import (
    BOOKING_ARROWS,
    PAYMENT_ARROWS,
    UNRESOLVED,
    BookingStatus,
    PaymentPurpose,
    RefundStatus,
    TicketStatus,
)
from subgraphs.booking.repository.sale_records import BookingRecord, PaymentRecord, RefundRecord

_ALLOWED = {
    "booking": {(before.value, after.value) for before, afters in BOOKING_ARROWS.items() for after in afters},
    "payment": {(before.value, after.value) for before, afters in PAYMENT_ARROWS.items() for after in afters},
    "refund": {(RefundStatus.PENDING.value, RefundStatus.DONE.value)},
}


def one_ticket_per_seat(books: ShowtimeBooks) -> Iterator[Breach]:
    """I1: at most one valid ticket for a seat."""
    if books.sale is None:
        return
    valid = [ticket for ticket in books.sale.tickets if ticket.status is TicketStatus.VALID]
    counts = Counter(ticket.seat_id for ticket in valid)
    for seat_id, count in counts.items():
        if count > 1:
            ids = ", ".join(ticket.id for ticket in valid if ticket.seat_id == seat_id)
            yield Breach("I1", f"{books.showtime_id}/{seat_id}", f"{count} valid tickets: {ids}")


def money_adds_up(books: ShowtimeBooks) -> Iterator[Breach]:
    """I4: captured minus refunded is what the valid tickets cost plus what policy keeps.

    Refunds count once they are decided; captured money for which no seats were given yet stands aside. Both have
    somebody who works on them, or are breaches themselves.
    """
    sale = books.sale
    if sale is None:
        return
    for booking in sale.bookings:
        payments, refunds = sale.payments_of.get(booking.id, ()), sale.refunds_of.get(booking.id, ())
        captured = sum(payment.captured_minor for payment in payments)
        stray = sum(payment.captured_minor - payment.refunding_minor for payment in payments if payment.is_stray)
        back = sum(refund.amount_minor for refund in refunds)
        worth = _worth_of_tickets(sale, booking)
        if captured - stray - back != worth + booking.kept_minor:
            yield Breach(
                "I4",
                booking.id,
                f"captured {captured}, of which {stray} unused, minus paid back {back} is not the tickets' {worth} "
                f"plus kept {booking.kept_minor} ({booking.status.value})",
            )
        if sale.is_under_way(booking):
            continue
        if stray:
            yield Breach("I4", booking.id, f"{stray} was captured for nothing, and nobody works on it")
        for refund in refunds:
            if refund.status is not RefundStatus.DONE:
                yield Breach("I4", refund.id, f"{refund.amount_minor} is to be paid back, and nobody works on it")


def _worth_of_tickets(sale: SaleBooks, booking: BookingRecord) -> int:
    prices = {line.seat_id: line.price_minor for line in sale.lines_of.get(booking.id, ())}
    used_after_all = booking.status is not BookingStatus.CONFIRMED
    return sum(
        prices.get(ticket.seat_id, 0)
        for ticket in sale.tickets_of.get(booking.id, ())
        # The house may cancel a showtime after people went in: their tickets stay used, their money goes back.
        if ticket.status is TicketStatus.VALID and not (used_after_all and ticket.checked_in_at is not None)
    )


def provider_agrees(books: ShowtimeBooks) -> Iterator[Breach]:
    """I4: the provider's books say the same of every payment whose outcome is settled here."""
    sale = books.sale
    if sale is None:
        return
    moving = {booking.id for booking in sale.bookings if _money_moves(sale, booking)}
    for payment in sale.payments:
        unknown = payment.status in UNRESOLVED or payment.ask_at is not None
        if payment.provider != "sandbox" or unknown or payment.booking_id in moving:
            continue
        done = [one for one in sale.refunds_of.get(payment.booking_id, ()) if one.payment_id == payment.id]
        refunded = sum(one.amount_minor for one in done if one.status is RefundStatus.DONE)
        theirs = sale.provider.get(payment.id)
        captured_there, refunded_there = (
            (theirs.captured_minor, theirs.refunded_minor) if theirs is not None else (0, 0)
        )
        if (payment.captured_minor, refunded) != (captured_there, refunded_there):
            yield Breach(
                "I4",
                payment.id,
                f"captured {payment.captured_minor} and refunded {refunded} here, "
                f"{captured_there} and {refunded_there} at the provider",
            )


def _money_moves(sale: SaleBooks, booking: BookingRecord) -> bool:
    """Tell whether the provider may be ahead of what is written here."""
    refunds = sale.refunds_of.get(booking.id, ())
    return (
        booking.status is BookingStatus.CONFIRMING
        or booking.id in sale.open_changes
        or sale.is_leased(booking)
        or any(refund.status is not RefundStatus.DONE for refund in refunds)
    )


def one_capture(books: ShowtimeBooks) -> Iterator[Breach]:
    """I5: one capture pays a booking; refunds never exceed captures."""
    sale = books.sale
    if sale is None:
        return
    refunds: dict[str, list[RefundRecord]] = {}
    for refund in sale.refunds:
        refunds.setdefault(refund.payment_id, []).append(refund)
    for payment in sale.payments:
        asked = sum(refund.amount_minor for refund in refunds.get(payment.id, ()))
        if asked != payment.refunding_minor or asked > payment.captured_minor:
            detail = f"captured {payment.captured_minor}, refunds of {asked}, {payment.refunding_minor} noted"
            yield Breach("I5", payment.id, detail)
    for booking_id, payments in sale.payments_of.items():
        paying = [one for one in payments if _pays_for(one)]
        if len(paying) > 1:
            yield Breach("I5", booking_id, f"paid {len(paying)} times: {', '.join(one.id for one in paying)}")


def _pays_for(payment: PaymentRecord) -> bool:
    return (
        payment.purpose is PaymentPurpose.BOOKING
        and payment.settled_at is not None
        and payment.captured_minor > payment.refunding_minor
    )


def price_is_the_quote(books: ShowtimeBooks) -> Iterator[Breach]:
    """I15: a booking costs what its seats cost, in the showtime's currency, and so do its payments."""
    sale = books.sale
    if sale is None:
        return
    for booking in sale.bookings:
        total = sum(line.price_minor for line in sale.lines_of.get(booking.id, ()))
        if total != booking.total_minor:
            yield Breach("I15", booking.id, f"the total is {booking.total_minor}, the seats cost {total}")
        if booking.currency != sale.currency:
            yield Breach("I15", booking.id, f"in {booking.currency}, the showtime sells in {sale.currency}")
        for payment in sale.payments_of.get(booking.id, ()):
            if payment.currency != booking.currency:
                yield Breach("I15", payment.id, f"in {payment.currency}, the booking is in {booking.currency}")


def tickets_match_bookings(books: ShowtimeBooks) -> Iterator[Breach]:
    """I3 and I17: a confirmed booking has one valid ticket a seat; any other has none; no void one was used later."""
    sale = books.sale
    if sale is None:
        return
    for booking in sale.bookings:
        tickets = sale.tickets_of.get(booking.id, [])
        valid = sorted(one.seat_id for one in tickets if one.status is TicketStatus.VALID)
        seats = sorted(line.seat_id for line in sale.lines_of.get(booking.id, ()))
        if booking.status is BookingStatus.CONFIRMED:
            if valid != seats:
                yield Breach("I3", booking.id, f"confirmed with the seats {seats}, but valid tickets for {valid}")
            continue
        for ticket in tickets:
            if ticket.status is TicketStatus.VALID and ticket.checked_in_at is None:
                yield Breach("I17", ticket.id, f"lets somebody in, but its booking is {booking.status.value}")
    for ticket in sale.tickets:
        if (
            ticket.voided_at is not None
            and ticket.checked_in_at is not None
            and ticket.checked_in_at > ticket.voided_at
        ):
            yield Breach("I17", ticket.id, f"was used at {ticket.checked_in_at}, void since {ticket.voided_at}")


def time_stands_still_while_paying(books: ShowtimeBooks) -> Iterator[Breach]:
    """I13, booking's half: no booking has ended while a payment of it is unresolved."""
    sale = books.sale
    if sale is None:
        return
    bookings = {booking.id: booking for booking in sale.bookings}
    for payment in sale.payments:
        booking = bookings.get(payment.booking_id)
        if payment.status not in UNRESOLVED or booking is None:
            continue
        is_waited_for = booking.status is BookingStatus.CONFIRMING or booking.id in sale.open_changes
        if not is_waited_for and not sale.is_under_way(booking):
            yield Breach("I13", payment.id, f"is {payment.status.value}, but its booking is {booking.status.value}")


def states_move_along_arrows(books: ShowtimeBooks) -> Iterator[Breach]:
    """I12 and I16: the audit log leads from where a thing began to where it stands, along arrows that exist."""
    sale = books.sale
    if sale is None:
        return
    arrows: dict[str, list[AuditArrow]] = {}
    for arrow in sale.arrows:
        arrows.setdefault(arrow.subject, []).append(arrow)
    for booking in sale.bookings:
        yield from _trail("booking", booking.id, booking.status.value, arrows.get(booking.id, []))
    for payment in sale.payments:
        # A payment may have its booking's id where both were imported at once: their rows tell whose they are.
        own = [arrow for arrow in arrows.get(payment.id, []) if arrow.action.startswith("payment.")]
        yield from _trail("payment", payment.id, payment.status.value, own)
    for refund in sale.refunds:
        yield from _trail("refund", refund.id, refund.status.value, arrows.get(refund.id, []))


def _trail(kind: str, subject: str, status: str, arrows: Sequence[AuditArrow]) -> Iterator[Breach]:
    """Compare a thing's arrows with its state.

    Their order is not looked at, as clocks of processes differ: every state is entered as often as it is left, the
    present one once more.
    """
    own = [arrow for arrow in arrows if arrow.action.startswith(f"{kind}.")]
    balance: Counter[str] = Counter()
    for arrow in own:
        balance[arrow.after] += 1
        if arrow.before is not None:
            balance[arrow.before] -= 1
            if (arrow.before, arrow.after) not in _ALLOWED[kind]:
                yield Breach("I12", subject, f"went from {arrow.before} to {arrow.after} by {arrow.action}")
    begun = sum(1 for arrow in own if arrow.before is None)
    unbalanced = {state: count for state, count in balance.items() if count}
    if begun != 1 or unbalanced != {status: 1}:
        steps = ", ".join(f"{arrow.before or 'new'}→{arrow.after}" for arrow in own) or "nothing"
        yield Breach("I16", subject, f"is {status}; the audit log tells of {steps}")
