"""Paying: what goes well, what is declined, what needs a second step, what is answered late or never."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.sales_system import SalesSystem, person

DECLINES = {
    "pm_card_chargeDeclined": "generic_decline",
    "pm_card_chargeDeclinedInsufficientFunds": "insufficient_funds",
    "pm_card_chargeDeclinedExpiredCard": "expired_card",
    "pm_nobody_knows_this": "invalid_payment_method",
}


async def test_a_declined_payment_leaves_the_seats_held_and_may_be_tried_again(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0, 1)

    for method, code in DECLINES.items():
        error = await sales.refused("payBooking", buyer, bookingId=booking["id"], paymentMethod=method)
        assert (error["code"], error["declineCode"], error["field"]) == ("PAYMENT_DECLINED", code, ["paymentMethod"])
        after = await sales.booking(booking["id"], buyer)
        assert (after["status"], after["expiresAt"]) == ("PENDING_PAYMENT", booking["expiresAt"])
        assert (await sales.statuses(showtime.id))[:2] == "HH"
        assert await sales.money() == (0, 0, 0)

    paid = await sales.done("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_card_mastercard")

    assert [payment["status"] for payment in paid["payments"]] == ["DECLINED"] * 4 + ["CAPTURED"]
    await sales.all_is_well()


async def test_a_second_step_is_asked_for_and_its_approval_confirms_the_booking(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    method = "pm_card_authenticationRequired"

    error = await sales.refused("payBooking", buyer, bookingId=booking["id"], paymentMethod=method)

    assert (error["code"], error["retryable"]) == ("PAYMENT_ACTION_REQUIRED", True)
    waiting = await sales.booking(booking["id"], buyer)
    assert waiting["status"] == "CONFIRMING"
    assert waiting["payments"][0]["status"] == "REQUIRES_ACTION"
    assert waiting["payments"][0]["nextAction"] == error["nextAction"]

    path = error["nextAction"]["url"].removeprefix("http://127.0.0.1:4000")
    page = await sales.client.get(path)
    assert "12.50 EUR" in page.text
    assert (await sales.client.post(f"{path}/approve")).status_code == 200
    await sales.settle()

    confirmed = await sales.booking(booking["id"], buyer)
    assert confirmed["status"] == "CONFIRMED"
    assert confirmed["payments"][0]["nextAction"] is None
    await sales.all_is_well()


async def test_a_refused_second_step_leaves_the_booking_to_be_paid_otherwise(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    error = await sales.refused(
        "payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_card_authenticationRequired"
    )
    path = error["nextAction"]["url"].removeprefix("http://127.0.0.1:4000")

    await sales.client.post(f"{path}/refuse")
    await sales.settle()

    after = await sales.booking(booking["id"], buyer)
    assert (after["status"], after["payments"][0]["status"]) == ("PENDING_PAYMENT", "DECLINED")
    assert (await sales.client.post(f"{path}/approve")).status_code == 200
    assert await sales.money() == (0, 0, 0)


async def test_a_second_step_nobody_takes_is_given_up_before_its_seats_are_freed(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    await sales.refused("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_card_authenticationRequired")

    await sales.later(550)
    assert (await sales.booking(booking["id"], buyer))["status"] == "CONFIRMING"
    assert (await sales.statuses(showtime.id))[0] == "H"

    await sales.later(60)
    await sales.later(5)
    ended = await sales.booking(booking["id"], buyer)
    assert (ended["status"], ended["payments"][0]["status"]) == ("EXPIRED", "VOIDED")
    assert (await sales.statuses(showtime.id))[0] == "A"
    assert await sales.money() == (0, 0, 0)


async def test_a_payment_that_never_gets_anywhere_is_given_up(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)

    answer = await sales.done("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_sandbox_processing")
    assert (answer["status"], answer["payments"][0]["status"]) == ("CONFIRMING", "PENDING")
    for _ in range(6):
        await sales.later(120)

    ended = await sales.booking(booking["id"], buyer)
    assert (ended["status"], ended["payments"][0]["status"]) == ("EXPIRED", "VOIDED")
    assert (await sales.statuses(showtime.id))[0] == "A"


async def test_another_card_takes_the_place_of_a_second_step_nobody_took(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    await sales.refused("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_card_authenticationRequired")

    paid = await sales.done("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_card_visa")

    assert [payment["status"] for payment in paid["payments"]] == ["VOIDED", "CAPTURED"]
    assert await sales.money() == (1_250, 0, 0)


async def test_a_lost_webhook_of_a_second_step_is_made_good_by_asking(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    error = await sales.refused("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_sandbox_lostWebhook")
    path = error["nextAction"]["url"].removeprefix("http://127.0.0.1:4000")
    await sales.client.post(f"{path}/approve")
    await sales.settle()
    assert (await sales.booking(booking["id"], buyer))["status"] == "CONFIRMING"

    await sales.later(16)

    assert (await sales.booking(booking["id"], buyer))["status"] == "CONFIRMED"


async def test_an_authorization_whose_answer_was_lost_is_found_by_asking(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)

    answer = await sales.done("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_sandbox_timeout")

    assert (answer["status"], answer["payments"][0]["status"]) == ("CONFIRMING", "PENDING")
    await sales.later(31)
    assert (await sales.booking(booking["id"], buyer))["status"] == "CONFIRMED"
    assert await sales.money() == (1_250, 0, 0)
    await sales.all_is_well()


async def test_repeating_an_unanswered_payment_goes_on_with_it(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    pay = {"bookingId": booking["id"], "paymentMethod": "pm_sandbox_timeout", "idempotencyKey": "once"}
    await sales.done("payBooking", buyer, **pay)

    again = await sales.done("payBooking", buyer, **pay)

    assert again["status"] == "CONFIRMED"
    assert await sales.money() == (1_250, 0, 0)


async def test_an_order_that_arrives_too_late_is_voided_when_it_turns_up(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    sales.service.selling.sandbox._late *= 3
    answer = await sales.done("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_sandbox_late")
    assert answer["status"] == "CONFIRMING"

    await sales.later(31)
    assert (await sales.booking(booking["id"], buyer))["status"] == "PENDING_PAYMENT"
    await sales.later(31)

    after = await sales.booking(booking["id"], buyer)
    assert (after["status"], after["payments"][0]["status"]) == ("PENDING_PAYMENT", "VOIDED")
    assert await sales.money() == (0, 0, 0)


@pytest.mark.parametrize("seats", ["free", "sold"])
async def test_a_capture_after_the_hold_ended_is_honoured_or_paid_back(sales: SalesSystem, seats: str) -> None:
    buyer, other, showtime = person(), person(), await sales.showtime()
    gone = seats == "sold"
    booking = await sales.booked(buyer, showtime, 0)
    sales.service.selling.sandbox._late *= 60
    await sales.done("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_sandbox_lateCapture")
    await sales.later(40)
    await sales.later(480)
    assert (await sales.booking(booking["id"], buyer))["status"] == "EXPIRED"
    if gone:
        await sales.sold(other, showtime, 0)

    await sales.later(1_200)

    after = await sales.booking(booking["id"], buyer)
    assert after["status"] == ("REFUNDED" if gone else "CONFIRMED")
    assert after["payments"][0]["status"] == ("REFUNDED" if gone else "CAPTURED")
    assert await sales.money() == ((2_500, 1_250, 0) if gone else (1_250, 0, 0))
    await sales.all_is_well()


async def test_a_capture_of_an_attempt_given_up_confirms_a_booking_whose_seats_are_held(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    sales.service.selling.sandbox._late *= 5
    await sales.done("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_sandbox_lateCapture")
    await sales.later(40)
    assert (await sales.booking(booking["id"], buyer))["status"] == "PENDING_PAYMENT"

    await sales.later(70)

    assert (await sales.booking(booking["id"], buyer))["status"] == "CONFIRMED"
    await sales.all_is_well()


async def test_a_late_capture_beside_a_payment_is_paid_back(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    sales.service.selling.sandbox._late *= 5
    await sales.done("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_sandbox_lateCapture")
    await sales.later(40)
    await sales.done("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_card_visa")

    await sales.later(70)

    after = await sales.booking(booking["id"], buyer)
    assert after["status"] == "CONFIRMED"
    assert [payment["status"] for payment in after["payments"]] == ["REFUNDED", "CAPTURED"]
    await sales.all_is_well()


async def test_a_capture_whose_answer_was_lost_happens_once(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)

    answer = await sales.done("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_sandbox_captureTimeout")
    assert (answer["status"], answer["payments"][0]["status"]) == ("CONFIRMING", "AUTHORIZED")
    await sales.later(3)

    assert (await sales.booking(booking["id"], buyer))["status"] == "CONFIRMED"
    assert await sales.money() == (1_250, 0, 0)


@pytest.mark.parametrize("method", ["pm_sandbox_captureRefused", "pm_sandbox_captureBlocked"])
async def test_an_authorization_that_cannot_be_captured_frees_the_seats_and_the_card(
    method: str, sales: SalesSystem
) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)

    error = await sales.refused("payBooking", buyer, bookingId=booking["id"], paymentMethod=method)
    # Nothing stays blocked on the card, and no webhook is needed for that.
    await sales.service.selling.sales.driver.run_due()
    assert await sales.rows("SELECT status FROM sandbox_payments") == [("voided",)]
    await sales.settle()

    assert (error["code"], error["declineCode"]) == ("PAYMENT_DECLINED", "capture_refused")
    assert (await sales.booking(booking["id"], buyer))["status"] == "CANCELLED"
    assert (await sales.statuses(showtime.id))[0] == "A"
    await sales.all_is_well()


async def test_seats_that_cost_nothing_are_confirmed_without_a_card(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime(prices={"STANDARD": 0})

    paid = await sales.sold(buyer, showtime, 0, 1)

    assert (paid["status"], paid["payments"][0]["provider"]) == ("CONFIRMED", "free")
    cancelled = await sales.done("cancelBooking", buyer, bookingId=paid["id"])
    assert cancelled["status"] == "REFUNDED"
    assert await sales.money() == (0, 0, 0)


async def test_the_same_key_pays_once_and_another_input_is_refused(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    pay = {"bookingId": booking["id"], "paymentMethod": "pm_card_visa", "idempotencyKey": "once"}
    first = await sales.done("payBooking", buyer, **pay)

    again = await sales.done("payBooking", buyer, **pay)
    error = await sales.refused("payBooking", buyer, **{**pay, "paymentMethod": "pm_card_amex"})

    assert again == first
    assert error["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert await sales.money() == (1_250, 0, 0)


async def test_the_same_key_of_a_declined_payment_is_declined_again_without_a_second_try(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    pay = {"bookingId": booking["id"], "paymentMethod": "pm_card_chargeDeclined", "idempotencyKey": "once"}

    first = await sales.refused("payBooking", buyer, **pay)
    again = await sales.refused("payBooking", buyer, **pay)

    assert again == first
    assert len((await sales.booking(booking["id"], buyer))["payments"]) == 1


async def test_of_many_payments_at_once_one_is_taken(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)

    pay = {"bookingId": booking["id"], "paymentMethod": "pm_card_visa"}
    payloads = await asyncio.gather(
        *(sales.mutate("payBooking", buyer, **pay, idempotencyKey=sales.key()) for _ in range(8))
    )
    await sales.settle()

    assert sum(payload["booking"] is not None for payload in payloads) == 1
    refusals = {error["code"] for payload in payloads for error in payload["userErrors"]}
    assert refusals <= {"REQUEST_IN_PROGRESS", "NOT_ALLOWED_NOW"}
    assert await sales.money() == (1_250, 0, 0)
    await sales.all_is_well()


async def test_a_payment_after_the_hold_ended_charges_nothing(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    sales.seat.advance(481)

    error = await sales.refused("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_card_visa")

    assert (error["code"], error["expiredAt"]) == ("HOLD_EXPIRED", booking["expiresAt"])
    assert (await sales.booking(booking["id"], buyer))["status"] == "EXPIRED"
    assert await sales.rows("SELECT count(*) FROM sandbox_payments") == [(0,)]
    await sales.settle()
    assert (await sales.statuses(showtime.id))[0] == "A"
