"""Changing the seats of a confirmed booking."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.sales_system import SalesSystem, person


async def test_seats_of_the_same_price_are_swapped_without_money(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.sold(buyer, showtime, 0, 1)
    hold_id = await sales.held(buyer, showtime, 2, 3)

    changed = await sales.done("changeBookingSeats", buyer, bookingId=booking["id"], holdId=hold_id, idempotencyKey="x")

    assert (changed["status"], changed["total"]["amount"]) == ("CONFIRMED", "25.00")
    assert changed["seats"] != booking["seats"]
    assert [ticket["seat"] for ticket in changed["tickets"]] == changed["seats"]
    assert {one["code"] for one in changed["tickets"]}.isdisjoint(one["code"] for one in booking["tickets"])
    assert (await sales.statuses(showtime.id))[:4] == "AASS"
    assert await sales.money() == (2_500, 0, 0)
    again = await sales.done("changeBookingSeats", buyer, bookingId=booking["id"], holdId=hold_id, idempotencyKey="x")
    assert again == changed
    await sales.all_is_well()


async def test_dearer_seats_need_a_payment_of_the_difference(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.sold(buyer, showtime, 0)
    change = {"bookingId": booking["id"], "holdId": await sales.held(buyer, showtime, 8)}

    missing = await sales.refused("changeBookingSeats", buyer, **change)
    assert (missing["code"], missing["field"]) == ("INVALID_INPUT", ["paymentMethod"])
    moved = await sales.refused("changeBookingSeats", buyer, **change, expectedTotal="12.50")
    assert (moved["code"], moved["total"]["amount"]) == ("PRICE_CHANGED", "15.00")
    declined = await sales.refused("changeBookingSeats", buyer, **change, paymentMethod="pm_card_chargeDeclined")
    assert (declined["code"], declined["declineCode"]) == ("PAYMENT_DECLINED", "generic_decline")
    assert (await sales.booking(booking["id"], buyer))["seats"] == booking["seats"]

    changed = await sales.done("changeBookingSeats", buyer, **change, paymentMethod="pm_card_visa")

    assert changed["total"]["amount"] == "15.00"
    assert [payment["status"] for payment in changed["payments"]] == ["CAPTURED", "DECLINED", "CAPTURED"]
    assert await sales.money() == (1_500, 0, 0)
    await sales.all_is_well()
    cancelled = await sales.done("cancelBooking", buyer, bookingId=booking["id"])
    assert cancelled["status"] == "REFUNDED"
    assert await sales.money() == (1_500, 1_500, 0)
    await sales.all_is_well()


@pytest.mark.parametrize(("hours", "refunded"), [(24, 250), (1, 0)])
async def test_cheaper_seats_refund_the_difference_before_the_deadline(
    sales: SalesSystem, hours: int, refunded: int
) -> None:
    buyer, showtime = person(), await sales.showtime(starts_in=timedelta(hours=hours))
    booking = await sales.sold(buyer, showtime, 8)

    hold_id = await sales.held(buyer, showtime, 0)
    changed = await sales.done("changeBookingSeats", buyer, bookingId=booking["id"], holdId=hold_id)

    assert (changed["status"], changed["total"]["amount"]) == ("CONFIRMED", "12.50")
    assert await sales.money() == (1_500, refunded, 0)
    await sales.all_is_well()


async def test_a_second_step_for_the_difference_finishes_the_change(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.sold(buyer, showtime, 0)
    change = {
        "bookingId": booking["id"],
        "holdId": await sales.held(buyer, showtime, 8),
        "paymentMethod": "pm_card_authenticationRequired",
        "idempotencyKey": "once",
    }

    error = await sales.refused("changeBookingSeats", buyer, **change)
    assert error["code"] == "PAYMENT_ACTION_REQUIRED"
    assert (await sales.booking(booking["id"], buyer))["status"] == "CONFIRMED"
    await sales.client.post(error["nextAction"]["url"].removeprefix("http://127.0.0.1:4000") + "/approve")
    await sales.settle()

    changed = await sales.done("changeBookingSeats", buyer, **change)
    assert changed["total"]["amount"] == "15.00"
    assert (await sales.statuses(showtime.id))[:9] == "AAAAAAAAS"
    await sales.all_is_well()


async def test_a_new_hold_that_has_ended_changes_nothing(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.sold(buyer, showtime, 0)
    hold_id = await sales.held(buyer, showtime, 1)
    sales.seat.advance(481)

    error = await sales.refused("changeBookingSeats", buyer, bookingId=booking["id"], holdId=hold_id)

    assert error["code"] == "HOLD_EXPIRED"
    assert (await sales.booking(booking["id"], buyer))["seats"] == booking["seats"]
    await sales.all_is_well()


async def test_only_confirmed_bookings_and_holds_of_their_showtime_are_changed(sales: SalesSystem) -> None:
    buyer, showtime, other = person(), await sales.showtime(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    hold_id, elsewhere = await sales.held(buyer, showtime, 1), await sales.held(buyer, other, 1)

    unpaid = await sales.refused("changeBookingSeats", buyer, bookingId=booking["id"], holdId=hold_id)
    wrong = await sales.refused("changeBookingSeats", buyer, bookingId=booking["id"], holdId=elsewhere)

    assert unpaid["code"] == "NOT_ALLOWED_NOW"
    assert (wrong["code"], wrong["field"]) == ("INVALID_INPUT", ["holdId"])


@pytest.mark.parametrize("call", ["pinHold", "swapSeats"])
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_change_that_was_cut_is_finished_or_dropped(sales: SalesSystem, call: str, moment: str) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.sold(buyer, showtime, 0)
    hold_id = await sales.held(buyer, showtime, 8)
    getattr(sales.cut, moment).add(call)
    answer = await sales.done(
        "changeBookingSeats", buyer, bookingId=booking["id"], holdId=hold_id, paymentMethod="pm_card_visa"
    )
    assert answer["total"]["amount"] == "12.50"
    getattr(sales.cut, moment).clear()

    await sales.later(31)

    after = await sales.booking(booking["id"], buyer)
    swapped = call == "swapSeats"
    assert (after["status"], after["total"]["amount"]) == ("CONFIRMED", "15.00" if swapped else "12.50")
    assert await sales.money() == ((1_500, 0, 0) if swapped else (1_250, 0, 0))
    await sales.all_is_well()


async def test_money_that_cannot_be_captured_after_the_swap_gives_the_whole_booking_back(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.sold(buyer, showtime, 0)
    hold_id = await sales.held(buyer, showtime, 8)

    error = await sales.refused(
        "changeBookingSeats", buyer, bookingId=booking["id"], holdId=hold_id, paymentMethod="pm_sandbox_captureRefused"
    )
    await sales.settle()

    assert error["code"] == "PAYMENT_DECLINED"
    assert (await sales.booking(booking["id"], buyer))["status"] == "REFUNDED"
    assert set(await sales.statuses(showtime.id)) == {"A"}
    await sales.all_is_well()
