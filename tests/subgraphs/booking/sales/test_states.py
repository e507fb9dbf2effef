"""The arrows, and decisions over every sale that can be written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgraphs.booking.models.states import (
    BOOKING_ARROWS,
    PAYMENT_ARROWS,
    UNRESOLVED,
    BookingStatus,
    ChangeStatus,
    ForbiddenArrow,
    PaymentPurpose,
    PaymentStatus,
    RefundStatus,
    require_arrow,
)
from subgraphs.booking.repository.sale_records import BookingRecord, ChangeRecord, PaymentRecord, RefundRecord, Sale
from subgraphs.booking.service.decisions import (
    Ask,
    Attempt,
    CheckHold,
    PayBack,
    Reclaim,
    Reopen,
    Rest,
    Resume,
    ReturnStray,
    Settle,
    Step,
    Swap,
    next_step,
)

NOW = datetime(2026, 5, 1, 20, tzinfo=UTC)
SOON, PAST = NOW + timedelta(minutes=5), NOW - timedelta(minutes=5)


def booking(
    status: BookingStatus, *, payment_id: str | None = None, expires_at: datetime | None = SOON
) -> BookingRecord:
    return BookingRecord(
        showtime_id="s",
        id="s.b",
        reference="R",
        user_id="u",
        hold_id="s.b",
        fence=1,
        status=status,
        contact_email=None,
        currency="EUR",
        total_minor=100,
        kept_minor=0,
        payment_id=payment_id,
        created_at=PAST,
        expires_at=expires_at,
        confirmed_at=None,
        cancelled_at=None,
        due_at=None,
        leased_until=None,
        tries=0,
    )


def payment(
    status: PaymentStatus, *, id_: str = "p", settled: bool = False, ask_at: datetime | None = None
) -> PaymentRecord:
    taken = status in {PaymentStatus.CAPTURED, PaymentStatus.REFUND_PENDING, PaymentStatus.REFUNDED}
    return PaymentRecord(
        showtime_id="s",
        id=id_,
        booking_id="s.b",
        purpose=PaymentPurpose.BOOKING,
        status=status,
        provider="sandbox",
        provider_reference=None,
        method=None,
        currency="EUR",
        amount_minor=100,
        captured_minor=100 if taken else 0,
        refunding_minor=100 if taken and status is not PaymentStatus.CAPTURED else 0,
        decline_code=None,
        action_url=None,
        action_secret=None,
        created_at=PAST,
        updated_at=PAST,
        ask_at=ask_at,
        asked=0,
        abandon_at=None,
        settled_at=PAST if settled else None,
    )


def test_bookings_move_just_along_the_arrows_of_the_rules() -> None:
    drawn = {
        "PENDING_PAYMENT": {"CONFIRMING", "CANCELLED", "EXPIRED"},
        "CONFIRMING": {"CONFIRMED", "PENDING_PAYMENT", "CANCELLED"},
        "CONFIRMED": {"REFUND_PENDING", "CANCELLED"},
        "EXPIRED": {"CONFIRMED", "REFUND_PENDING"},
        "REFUND_PENDING": {"REFUNDED"},
        "CANCELLED": set(),
        "REFUNDED": set(),
    }
    assert {one.name: {to.name for to in after} for one, after in BOOKING_ARROWS.items()} == drawn
    assert set(PAYMENT_ARROWS) == set(PaymentStatus)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (BookingStatus.CANCELLED, BookingStatus.CONFIRMED),
        (BookingStatus.CONFIRMED, BookingStatus.EXPIRED),
        (BookingStatus.REFUNDED, BookingStatus.REFUND_PENDING),
    ],
)
def test_other_arrows_are_faults(before: BookingStatus, after: BookingStatus) -> None:
    with pytest.raises(ForbiddenArrow):
        require_arrow(before, after)
    with pytest.raises(ForbiddenArrow):
        require_arrow(PaymentStatus.CAPTURED, PaymentStatus.VOIDED)


CONFIRMING = booking(BookingStatus.CONFIRMING, payment_id="p")


@pytest.mark.parametrize(
    ("sale", "step"),
    [
        (Sale(booking(BookingStatus.PENDING_PAYMENT)), Rest(SOON)),
        (Sale(booking(BookingStatus.PENDING_PAYMENT, expires_at=NOW)), CheckHold()),
        (Sale(CONFIRMING, (payment(PaymentStatus.AUTHORIZED),)), Settle(payment(PaymentStatus.AUTHORIZED))),
        (Sale(CONFIRMING, (payment(PaymentStatus.CAPTURED),)), Settle(payment(PaymentStatus.CAPTURED))),
        (Sale(CONFIRMING, (payment(PaymentStatus.DECLINED),)), Reopen()),
        (Sale(CONFIRMING, (payment(PaymentStatus.PENDING),)), Rest(NOW + timedelta(seconds=30))),
        (
            Sale(CONFIRMING, (payment(PaymentStatus.PENDING, ask_at=NOW),)),
            Ask(payment(PaymentStatus.PENDING, ask_at=NOW)),
        ),
        (
            Sale(booking(BookingStatus.PENDING_PAYMENT), (payment(PaymentStatus.CAPTURED),)),
            Resume(payment(PaymentStatus.CAPTURED)),
        ),
        (
            Sale(booking(BookingStatus.EXPIRED), (payment(PaymentStatus.CAPTURED),)),
            Reclaim(payment(PaymentStatus.CAPTURED)),
        ),
        (
            Sale(booking(BookingStatus.CANCELLED), (payment(PaymentStatus.CAPTURED),)),
            ReturnStray(payment(PaymentStatus.CAPTURED)),
        ),
        (Sale(booking(BookingStatus.CANCELLED), (payment(PaymentStatus.CAPTURED, settled=True),)), Rest(None)),
        (Sale(booking(BookingStatus.CONFIRMED), (payment(PaymentStatus.CAPTURED, settled=True),)), Rest(None)),
    ],
)
def test_the_next_step_follows_from_what_is_written(sale: Sale, step: Step) -> None:
    assert next_step(sale, now=NOW) == step


def test_a_payment_that_a_client_waits_for_is_attempted() -> None:
    waiting = payment(PaymentStatus.PENDING, ask_at=NOW)
    assert next_step(Sale(CONFIRMING, (waiting,)), now=NOW, attempting="p") == Attempt(waiting)


MOMENTS = st.sampled_from([None, PAST, SOON])
PAYMENTS = st.builds(
    payment, st.sampled_from(PaymentStatus), settled=st.booleans(), ask_at=MOMENTS, id_=st.sampled_from(["p", "q"])
)
CHANGE = ChangeRecord("s", "s.c", "s.b", "s.h", 1, ChangeStatus.OPEN, [], 100, "p", None, PAST, None)
REFUND = RefundRecord("s", "s.r", "s.b", "p", RefundStatus.PENDING, 10, "x", None, PAST, None)


@st.composite
def sales(draw: st.DrawFn) -> Sale:
    status = draw(st.sampled_from(BookingStatus))
    payments = draw(st.lists(PAYMENTS, max_size=2, unique_by=lambda one: one.id))
    change = CHANGE if status is BookingStatus.CONFIRMED and draw(st.booleans()) else None
    refunds = (REFUND,) if draw(st.booleans()) else ()
    made = booking(status, payment_id=draw(st.sampled_from([None, "p"])), expires_at=draw(MOMENTS))
    return Sale(made, tuple(payments), refunds, change)


@pytest.mark.property
@given(sales())
def test_every_sale_has_a_next_step_that_its_states_allow(sale: Sale) -> None:
    step = next_step(sale, now=NOW)
    status = sale.booking.status
    match step:
        case Rest(until):
            stuck = {one.status for one in sale.payments if one.id == sale.booking.payment_id} & UNRESOLVED
            assert until is not None or status is not BookingStatus.CONFIRMING or not stuck
            assert all(one.ask_at is None or one.ask_at > NOW for one in sale.payments)
        case Settle(paid):
            assert status is BookingStatus.CONFIRMING
            assert paid.status in {PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURED}
        case CheckHold():
            # Invariant I13: time is looked at only where no payment is unresolved for the booking.
            assert status is BookingStatus.PENDING_PAYMENT
        case Resume(paid) | Reclaim(paid) | ReturnStray(paid):
            assert paid.is_stray
        case PayBack(refund, paid):
            assert refund.payment_id == paid.id
        case Swap(change, _):
            assert change is sale.change
        case _:
            assert status is not BookingStatus.REFUNDED or isinstance(step, Ask)


@pytest.mark.property
@given(sales())
def test_money_that_nobody_has_seats_for_is_never_left(sale: Sale) -> None:
    quiet = replace(sale, payments=tuple(replace(one, ask_at=None) for one in sale.payments), refunds=())
    if any(one.is_stray for one in quiet.payments):
        assert not isinstance(next_step(quiet, now=NOW), Rest)
