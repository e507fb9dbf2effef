"""What a booking starts with: a bound hold, prices, an address, a reference."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from subgraphs.booking.errors import HoldExpired, PriceChanged
from subgraphs.booking.models.states import BookingStatus
from subgraphs.booking.money import Amount
from subgraphs.booking.repository.records import ShowtimeRecord
from subgraphs.booking.repository.sale_records import BookingRecord, LineRecord
from subgraphs.booking.seat_client import ClaimedSeat, ClaimStatus, SeatClaim
from subgraphs.common.errors import InvalidInput, NotAllowedNow, NotFound
from subgraphs.common.idempotency import IdempotencyKey
from subgraphs.common.identity import Principal, Role
from subgraphs.common.texts import optional_text

_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LONGEST_EMAIL: Final = 254
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


def idempotency_key(
    key: str, person: Principal, *, operation: str, showtime_id: str, input_value: dict[str, Any]
) -> IdempotencyKey:
    """Build the key of one of this half's mutations: within the person, the operation and the showtime."""
    return IdempotencyKey.of(key, scope=showtime_id, person_id=person.id, operation=operation, input_value=input_value)


def hold_not_found() -> NotFound:
    """Give the refusal for an unknown hold."""
    return NotFound("There is no such hold.", field=["holdId"])


def require_bound(claim: SeatClaim, *, now: datetime) -> None:
    """Translate what seat said to binding a hold.

    Raises:
        NotFound: there is no such hold of this person.
        HoldExpired: it is over.
        NotAllowedNow: it belongs to another booking, or the showtime does not take place.
    """
    match claim.status:
        case ClaimStatus.DONE:
            return
        case ClaimStatus.NOT_FOUND:
            raise hold_not_found()
        case ClaimStatus.EXPIRED:
            raise HoldExpired(claim.expires_at or now)
        case ClaimStatus.LOST | ClaimStatus.STALE_FENCE:
            raise NotAllowedNow("This hold belongs to another booking: hold other seats.", field=["holdId"])
        case ClaimStatus.CLOSED:
            raise NotAllowedNow("This showtime does not take place: choose another one.", field=["holdId"])


def priced_lines(seats: Sequence[ClaimedSeat], showtime: ShowtimeRecord, *, booking_id: str) -> tuple[LineRecord, ...]:
    """Price seats as the showtime does now.

    Raises:
        NotAllowedNow: the showtime has no price for one of the categories.
    """
    for seat in seats:
        if seat.category.name not in showtime.prices:
            raise NotAllowedNow(f"Seats of the category {seat.category.name} are not on sale here.", field=["holdId"])
    return tuple(
        LineRecord(
            showtime.id,
            booking_id,
            position,
            seat.seat_id,
            seat.category,
            seat.label,
            showtime.prices[seat.category.name],
        )
        for position, seat in enumerate(seats)
    )


def new_reference() -> str:
    """Make a booking's reference: eight letters and digits that are not mistaken for one another, like `7KQ4-M2XW`."""
    text = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{text[:4]}-{text[4:]}"


def checked_contact(given: str | None, person: Principal) -> str | None:
    """Give the address that tickets are sent to; only guests have to name one.

    Raises:
        InvalidInput: it is missing, or not an address.
    """
    email = optional_text(given, field=["contactEmail"], longest=_LONGEST_EMAIL)
    if email is None:
        if person.role is Role.GUEST:
            raise InvalidInput("Guests give an address that the tickets are sent to.", field=["contactEmail"])
        return None
    if _EMAIL.fullmatch(email) is None:
        raise InvalidInput("This is not an email address.", field=["contactEmail"])
    return email


def require_expected(lines: Sequence[LineRecord], showtime: ShowtimeRecord, expected: Decimal | None) -> None:
    """Compare the price with what the client showed to the person.

    Raises:
        PriceChanged: it is another one.
    """
    total = Amount(sum(line.price_minor for line in lines), showtime.currency)
    if expected is not None and expected != total.decimal:
        raise PriceChanged(total)


def new_booking(
    person: Principal,
    claim: SeatClaim,
    showtime: ShowtimeRecord,
    lines: Sequence[LineRecord],
    *,
    hold_id: str,
    contact_email: str | None,
    now: datetime,
) -> BookingRecord:
    """Build the booking that a bound hold becomes."""
    return BookingRecord(
        showtime_id=showtime.id,
        id=hold_id,
        reference=new_reference(),
        user_id=person.id,
        hold_id=hold_id,
        fence=claim.fence or 0,
        status=BookingStatus.PENDING_PAYMENT,
        contact_email=contact_email,
        currency=showtime.currency,
        total_minor=sum(line.price_minor for line in lines),
        kept_minor=0,
        payment_id=None,
        created_at=now,
        expires_at=claim.expires_at,
        confirmed_at=None,
        cancelled_at=None,
        due_at=claim.expires_at,
        leased_until=None,
        tries=0,
    )
