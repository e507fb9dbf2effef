"""Cancelling: by policy, and when a showtime does not take place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from subgraphs.common.identity import Role
from tests.support.sales_system import SalesSystem, person


async def test_a_paid_booking_is_refunded_in_full_before_the_deadline(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.sold(buyer, showtime, 0, 1)

    cancelled = await sales.done("cancelBooking", buyer, bookingId=booking["id"], idempotencyKey="once")

    assert cancelled["status"] == "REFUNDED"
    assert cancelled["payments"][0]["status"] == "REFUNDED"
    assert cancelled["tickets"] == []
    assert (await sales.statuses(showtime.id))[:2] == "AA"
    assert await sales.money() == (2_500, 2_500, 0)
    again = await sales.done("cancelBooking", buyer, bookingId=booking["id"], idempotencyKey="once")
    assert again == cancelled
    assert (await sales.refused("cancelBooking", buyer, bookingId=booking["id"]))["code"] == "NOT_ALLOWED_NOW"
    await sales.all_is_well()


async def test_after_the_deadline_nothing_is_refunded_and_the_seats_are_free(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime(starts_in=timedelta(hours=1))
    booking = await sales.sold(buyer, showtime, 0)

    cancelled = await sales.done("cancelBooking", buyer, bookingId=booking["id"])

    assert (cancelled["status"], cancelled["payments"][0]["status"]) == ("CANCELLED", "CAPTURED")
    assert (await sales.statuses(showtime.id))[0] == "A"
    assert await sales.money() == (1_250, 0, 0)
    await sales.all_is_well()


async def test_once_the_film_has_started_nothing_is_cancelled(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime(starts_in=timedelta(hours=1))
    booking = await sales.sold(buyer, showtime, 0)
    sales.seat.advance(3_601)

    error = await sales.refused("cancelBooking", buyer, bookingId=booking["id"])

    assert error["code"] == "NOT_ALLOWED_NOW"
    assert (await sales.booking(booking["id"], buyer))["status"] == "CONFIRMED"


async def test_a_booking_that_was_not_paid_is_cancelled_without_money(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)

    cancelled = await sales.done("cancelBooking", buyer, bookingId=booking["id"])

    assert (cancelled["status"], cancelled["payments"]) == ("CANCELLED", [])
    assert (await sales.statuses(showtime.id))[0] == "A"


async def test_cancelling_gives_up_a_second_step(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    await sales.refused("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_card_authenticationRequired")

    cancelled = await sales.done("cancelBooking", buyer, bookingId=booking["id"])

    assert (cancelled["status"], cancelled["payments"][0]["status"]) == ("CANCELLED", "VOIDED")
    assert await sales.money() == (0, 0, 0)


async def test_a_payment_being_worked_on_is_not_cancelled(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    await sales.done("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_sandbox_timeout")

    error = await sales.refused("cancelBooking", buyer, bookingId=booking["id"])

    assert (error["code"], error["retryable"]) == ("REQUEST_IN_PROGRESS", True)


async def test_a_refund_whose_answer_was_lost_is_made_once(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.sold(buyer, showtime, 0, method="pm_sandbox_refundTimeout")

    cancelled = await sales.done("cancelBooking", buyer, bookingId=booking["id"])
    assert (cancelled["status"], cancelled["payments"][0]["status"]) == ("REFUND_PENDING", "REFUND_PENDING")
    await sales.later(3)

    assert (await sales.booking(booking["id"], buyer))["status"] == "REFUNDED"
    assert await sales.money() == (1_250, 1_250, 0)


async def test_seats_that_could_not_be_freed_at_once_are_freed_later(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.sold(buyer, showtime, 0)
    sales.cut.before.add("releaseSeats")

    assert (await sales.done("cancelBooking", buyer, bookingId=booking["id"]))["status"] == "REFUNDED"
    assert (await sales.statuses(showtime.id))[0] == "S"
    sales.cut.before.clear()
    await sales.later(5)

    assert (await sales.statuses(showtime.id))[0] == "A"


async def test_a_used_ticket_keeps_its_booking_from_being_cancelled(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.sold(buyer, showtime, 0, 1)
    await check_in(sales, booking["tickets"][0]["code"])

    error = await sales.refused("cancelBooking", buyer, bookingId=booking["id"])

    assert error["code"] == "NOT_ALLOWED_NOW"
    after = await sales.booking(booking["id"], buyer)
    assert (after["status"], len(after["tickets"])) == ("CONFIRMED", 2)
    assert await sales.money() == (2_500, 0, 0)


async def check_in(sales: SalesSystem, code: str) -> None:
    query = "mutation ($code: String!) { checkInTicket(input: {code: $code}) { ticket { id } userErrors { code } } }"
    payload = (await sales.data(query, {"code": code}, by=person(role=Role.STAFF)))["checkInTicket"]
    assert payload["userErrors"] == []


async def test_a_cancelled_showtime_refunds_everybody_whatever_they_were_at(sales: SalesSystem) -> None:
    showtime = await sales.showtime(starts_in=timedelta(hours=1))
    people = [person() for _ in range(5)]
    paid, used, unpaid, acting, expired = people
    bookings = [
        await sales.sold(paid, showtime, 0),
        await sales.sold(used, showtime, 1),
        await sales.booked(unpaid, showtime, 2),
        await sales.booked(acting, showtime, 3),
        await sales.booked(expired, showtime, 4),
    ]
    await check_in(sales, bookings[1]["tickets"][0]["code"])
    await sales.refused(
        "payBooking", acting, bookingId=bookings[3]["id"], paymentMethod="pm_card_authenticationRequired"
    )
    await sales.done("cancelBooking", expired, bookingId=bookings[4]["id"])

    await cancel_showtime(sales, showtime.id)
    await sales.settle()

    ended = [(await sales.booking(one["id"], by))["status"] for one, by in zip(bookings, people, strict=True)]
    assert ended == ["REFUNDED", "REFUNDED", "CANCELLED", "CANCELLED", "CANCELLED"]
    assert await sales.money() == (2_500, 2_500, 0)
    assert set(await sales.statuses(showtime.id)) == {"A"}
    await sales.all_is_well()


async def cancel_showtime(sales: SalesSystem, showtime_id: str) -> None:
    query = (
        "mutation ($id: ID!) { cancelShowtime(input: {showtimeId: $id}) { showtime { status } userErrors { code } } }"
    )
    payload = (await sales.data(query, {"id": showtime_id}, by=person(role=Role.STAFF)))["cancelShowtime"]
    assert payload == {"showtime": {"status": "CANCELLED"}, "userErrors": []}


@pytest.mark.parametrize("lost", ["claimSeats", "releaseSeats"])
async def test_cancelling_a_showtime_goes_on_where_it_was_stopped(sales: SalesSystem, lost: str) -> None:
    showtime = await sales.showtime()
    people = [person() for _ in range(4)]
    bookings = [await sales.sold(one, showtime, place) for place, one in enumerate(people[:3])]
    bookings.append(await sales.booked(people[3], showtime, 3))
    sales.cut.before.add(lost)
    await sales.mutate(
        "payBooking", people[3], bookingId=bookings[3]["id"], paymentMethod="pm_card_visa", idempotencyKey="last"
    )

    await cancel_showtime(sales, showtime.id)
    await sales.settle()
    sales.cut.before.clear()
    for _ in range(6):
        await sales.later(10)

    ended = {(await sales.booking(one["id"], by))["status"] for one, by in zip(bookings, people, strict=True)}
    assert ended <= {"REFUNDED", "CANCELLED"}
    captured, refunded, reserved = await sales.money()
    assert (captured - refunded, reserved) == (0, 0)
    assert set(await sales.statuses(showtime.id)) == {"A"}
    await sales.all_is_well()
