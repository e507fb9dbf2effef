"""All that both databases hold about one showtime, as it is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final, TypeVar

from subgraphs.booking.models.states import ChangeStatus
from subgraphs.booking.repository.sale_records import (
    BookingRecord,
    ChangeRecord,
    LineRecord,
    PaymentRecord,
    RefundRecord,
    TicketRecord,
)
from subgraphs.seat.models.records import ClaimRecord, HoldRecord, SeatEvent, ShowtimeRecord

OVERDUE: Final = timedelta(minutes=2)
"""How late work on a sale may be before it is worth a word: processes are down, or somebody else's service is."""

T = TypeVar("T", LineRecord, PaymentRecord, RefundRecord, ChangeRecord, TicketRecord)


@dataclass(frozen=True, slots=True)
class Breach:
    """Something that must not be.

    Attributes:
        invariant: `I1` to `I18`, as docs/reliability.md lists them.
        subject: the id of what it is about: a booking, a payment, a hold, a ticket, a showtime, or a seat of one.
        detail: what disagrees, with the values found.
    """

    invariant: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class ProviderPayment:
    """A payment as the provider's own books have it; only the sandbox's are at hand."""

    reference: str
    key: str
    status: str
    captured_minor: int
    refunded_minor: int


@dataclass(frozen=True, slots=True)
class AuditArrow:
    """A change of state in booking's audit log; `before` is None where something began."""

    subject: str
    action: str
    before: str | None
    after: str


@dataclass(frozen=True)
class SeatBooks:
    """What seat's database holds about a showtime: one snapshot."""

    showtime: ShowtimeRecord
    claims: Sequence[ClaimRecord]
    holds: Sequence[HoldRecord]
    events: Sequence[SeatEvent]

    @cached_property
    def live_holds(self) -> Mapping[str, HoldRecord]:
        """The holds that have not ended, by id; their time may be over."""
        return {hold.id: hold for hold in self.holds if hold.state.value == "LIVE"}


@dataclass(frozen=True)
class SaleBooks:
    """What booking's database holds about a showtime: one snapshot.

    Attributes:
        currency: the showtime's.
        unreleased: bookings whose seats are about to be given back: the message is still in the outbox.
    """

    showtime_id: str
    currency: str
    now: datetime
    bookings: Sequence[BookingRecord] = ()
    lines: Sequence[LineRecord] = ()
    payments: Sequence[PaymentRecord] = ()
    refunds: Sequence[RefundRecord] = ()
    changes: Sequence[ChangeRecord] = ()
    tickets: Sequence[TicketRecord] = ()
    arrows: Sequence[AuditArrow] = ()
    provider: Mapping[str, ProviderPayment] = field(default_factory=dict)
    unreleased: frozenset[str] = frozenset()

    @cached_property
    def lines_of(self) -> Mapping[str, list[LineRecord]]:
        """The lines by booking."""
        return _by_booking(self.lines)

    @cached_property
    def payments_of(self) -> Mapping[str, list[PaymentRecord]]:
        """The attempts to pay by booking."""
        return _by_booking(self.payments)

    @cached_property
    def refunds_of(self) -> Mapping[str, list[RefundRecord]]:
        """The refunds by booking."""
        return _by_booking(self.refunds)

    @cached_property
    def tickets_of(self) -> Mapping[str, list[TicketRecord]]:
        """The tickets by booking, void ones too."""
        return _by_booking(self.tickets)

    @cached_property
    def open_changes(self) -> Mapping[str, ChangeRecord]:
        """The change of seats that is under way, by booking."""
        return {change.booking_id: change for change in self.changes if change.status is ChangeStatus.OPEN}

    def is_under_way(self, booking: BookingRecord) -> bool:
        """Tell whether the saga still has work to do on a sale: until then its money may be on its way."""
        return booking.due_at is not None or self.is_leased(booking)

    def is_leased(self, booking: BookingRecord) -> bool:
        """Tell whether a process works on a sale at this moment; a lease that a crash left behind does not count."""
        return booking.leased_until is not None and booking.leased_until > self.now

    def is_overdue(self, booking: BookingRecord) -> bool:
        """Tell whether that work should have been done a while ago."""
        return booking.due_at is not None and booking.due_at < self.now - OVERDUE


@dataclass(frozen=True)
class ShowtimeBooks:
    """Both sides of one showtime. Each is consistent in itself; between them a sale may have moved on.

    Attributes:
        seat: None where seat does not know the showtime (yet).
        sale: None where booking does not know it.
    """

    showtime_id: str
    seat: SeatBooks | None
    sale: SaleBooks | None


def _by_booking(rows: Sequence[T]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for row in rows:
        found.setdefault(row.booking_id, []).append(row)
    return found
