"""A process dies at any line of the saga: another one finishes what it left, and money and seats agree."""

from __future__ import annotations

import pytest

from subgraphs.booking.repository.ledger import Ledger
from subgraphs.booking.service.sale_context import SaleContext
from tests.support.sales_system import SalesSystem, person

SEAT_CALLS = ("pinHold", "claimSeats")
PROVIDER_CALLS = ("authorize", "capture")


class Killed(BaseException):
    """The process died: nothing of it runs on, not even its error handling."""


def kill(service: object, name: str, *, moment: str) -> None:
    """Make a method die once, before it does anything or after it has done everything."""
    real = getattr(service, name)

    async def dying(*arguments: object, **named: object) -> object:
        setattr(service, name, real)
        if moment == "after":
            await real(*arguments, **named)
        raise Killed

    setattr(service, name, dying)


async def pay_and_die(sales: SalesSystem, booking_id: str, buyer: object) -> None:
    sale = await sales.service.selling.sales.driver._context.reload(booking_id)
    assert sale.booking.status.value == "PENDING_PAYMENT"
    query = "mutation ($input: PayBookingInput!) { payBooking(input: $input) { booking { id } } }"
    value = {"bookingId": booking_id, "paymentMethod": "pm_card_visa", "idempotencyKey": "once"}
    with pytest.raises(Killed):
        await sales.send(query, {"input": value}, by=buyer)  # type: ignore[arg-type] # a Principal


async def ends_well(sales: SalesSystem, booking_id: str, buyer: object) -> str:
    # The dead process's lease ends, then what is unanswered is asked about, then holds run out.
    for _ in range(4):
        await sales.later(31)
    status = str((await sales.booking(booking_id, buyer))["status"])  # type: ignore[arg-type] # a Principal
    assert status in {"CONFIRMED", "PENDING_PAYMENT"}
    captured, _, reserved = await sales.money()
    assert (captured, reserved) == ((1_250, 0) if status == "CONFIRMED" else (0, 0))
    await sales.all_is_well()
    return status


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", PROVIDER_CALLS)
async def test_dying_at_a_call_to_the_provider(sales: SalesSystem, call: str, moment: str) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    kill(sales.service.selling.sandbox, call, moment=moment)

    await pay_and_die(sales, booking["id"], buyer)

    lost = (call, moment) == ("authorize", "before")
    assert await ends_well(sales, booking["id"], buyer) == ("PENDING_PAYMENT" if lost else "CONFIRMED")


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", ["pin_hold", "claim_seats"])
async def test_dying_at_a_call_to_seat(sales: SalesSystem, call: str, moment: str) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    context: SaleContext = sales.service.selling.sales.driver._context
    kill(context.seat, call, moment=moment)

    await pay_and_die(sales, booking["id"], buyer)

    assert await ends_well(sales, booking["id"], buyer) == ("PENDING_PAYMENT" if call == "pin_hold" else "CONFIRMED")


@pytest.mark.parametrize("action", ["payment.created", "payment.authorized", "payment.captured", "booking.confirmed"])
async def test_dying_within_a_transaction(sales: SalesSystem, action: str, monkeypatch: pytest.MonkeyPatch) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    note = Ledger.note

    def dying(ledger: Ledger, subject: str, noted: str, **details: object) -> None:
        note(ledger, subject, noted, **details)  # type: ignore[arg-type] # handed through
        if noted == action:
            monkeypatch.undo()
            raise Killed

    monkeypatch.setattr(Ledger, "note", dying)
    await pay_and_die(sales, booking["id"], buyer)

    lost = action == "payment.created"
    assert await ends_well(sales, booking["id"], buyer) == ("PENDING_PAYMENT" if lost else "CONFIRMED")


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", [*SEAT_CALLS, "unpinHold"])
async def test_seat_that_does_not_answer_is_asked_again(sales: SalesSystem, call: str, moment: str) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    getattr(sales.cut, moment).add(call)
    method = "pm_card_chargeDeclined" if call == "unpinHold" else "pm_card_visa"

    await sales.mutate("payBooking", buyer, bookingId=booking["id"], paymentMethod=method, idempotencyKey="once")
    assert (await sales.booking(booking["id"], buyer))["status"] == "CONFIRMING"
    getattr(sales.cut, moment).clear()

    wanted = "CONFIRMED" if call == "claimSeats" else "PENDING_PAYMENT"
    assert await ends_well(sales, booking["id"], buyer) == wanted


async def test_seats_that_are_lost_before_the_claim_void_the_authorization(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    context: SaleContext = sales.service.selling.sales.driver._context
    real = context.seat.claim_seats

    async def lost(hold_id: str, *, booking_id: str, fence: int) -> object:
        await context.seat.release_seats(booking_id, showtime_id=showtime.id)
        return await real(hold_id, booking_id=booking_id, fence=fence)

    context.seat.claim_seats = lost  # type: ignore[method-assign, assignment] # staff frees the seats just then
    error = await sales.refused("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_card_visa")
    await sales.settle()

    assert error["code"] == "HOLD_EXPIRED"
    after = await sales.booking(booking["id"], buyer)
    assert (after["status"], after["payments"][0]["status"]) == ("CANCELLED", "VOIDED")
    assert await sales.money() == (0, 0, 0)
    await sales.all_is_well()


async def test_without_seats_of_the_claim_money_would_be_taken_for_nothing(sales: SalesSystem) -> None:
    """The guard's positive control: with the claim believed blindly, the invariants show the breach."""
    buyer, other, showtime = person(), person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    context: SaleContext = sales.service.selling.sales.driver._context
    pinned = await context.seat.pin_hold(booking["id"], booking_id=booking["id"], fence=await fence_of(sales, booking))
    await context.seat.release_seats(booking["id"], showtime_id=showtime.id)

    async def believed(*_arguments: object, **_named: object) -> object:
        return pinned

    real = context.seat.claim_seats
    context.seat.pin_hold = context.seat.claim_seats = believed  # type: ignore[method-assign, assignment] # off
    await sales.done("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_card_visa")
    context.seat.claim_seats = real  # type: ignore[method-assign] # on again
    assert (await sales.statuses(showtime.id))[0] == "A"
    with pytest.raises(AssertionError):
        await sales.all_is_well()
    assert other is not buyer


async def fence_of(sales: SalesSystem, booking: dict[str, object]) -> int:
    [(fence,)] = await sales.rows("SELECT fence FROM bookings WHERE id = :id", id=booking["id"])
    return int(fence)
