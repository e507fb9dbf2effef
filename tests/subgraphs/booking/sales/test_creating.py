"""Making a booking of a hold."""

from __future__ import annotations

import re

from sqlalchemy import update

from subgraphs.booking.models import Showtime
from subgraphs.common.identity import Role
from subgraphs.common.ids import new_id, new_scoped_id
from tests.support.sales_system import SalesSystem, person


async def test_the_same_key_books_once(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    hold_id = await sales.held(buyer, showtime, 0)

    first = await sales.done("createBooking", buyer, holdId=hold_id, idempotencyKey="once")
    again = await sales.done("createBooking", buyer, holdId=hold_id, idempotencyKey="once")

    assert again == first
    assert await sales.rows("SELECT count(*) FROM bookings") == [(1,)]
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", first["reference"])


async def test_a_hold_is_booked_once_whatever_the_key(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    hold_id = await sales.held(buyer, showtime, 0)
    await sales.done("createBooking", buyer, holdId=hold_id)

    error = await sales.refused("createBooking", buyer, holdId=hold_id)

    assert (error["code"], error["field"]) == ("NOT_ALLOWED_NOW", ["holdId"])
    assert await sales.rows("SELECT count(*) FROM bookings") == [(1,)]


async def test_a_key_used_for_another_hold_is_refused_and_binds_nothing(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    await sales.done("createBooking", buyer, holdId=await sales.held(buyer, showtime, 0), idempotencyKey="once")
    other = await sales.held(buyer, showtime, 1)

    error = await sales.refused("createBooking", buyer, holdId=other, idempotencyKey="once")

    assert error["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert (await sales.done("createBooking", buyer, holdId=other))["status"] == "PENDING_PAYMENT"


async def test_a_crash_after_the_hold_was_bound_is_made_good_by_the_same_call(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    hold_id = await sales.held(buyer, showtime, 0)
    query = "mutation ($input: CreateBookingInput!) { createBooking(input: $input) { booking { id } } }"
    value = {"input": {"holdId": hold_id, "idempotencyKey": "once"}}
    sales.cut.after.add("bindHold")

    assert await sales.denied(query, value, by=buyer) == "SERVICE_UNAVAILABLE"
    sales.cut.after.clear()

    assert (await sales.done("createBooking", buyer, holdId=hold_id, idempotencyKey="once"))["id"] == hold_id


async def test_a_price_that_is_not_the_one_shown_is_told_and_nothing_is_booked(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    hold_id = await sales.held(buyer, showtime, 0)

    error = await sales.refused("createBooking", buyer, holdId=hold_id, expectedTotal="12.00")

    assert (error["code"], error["total"]) == ("PRICE_CHANGED", {"amount": "12.50", "currency": "EUR"})
    assert await sales.rows("SELECT count(*) FROM bookings") == [(0,)]
    booking = await sales.done("createBooking", buyer, holdId=hold_id, expectedTotal="12.5")
    assert booking["total"]["amount"] == "12.50"


async def test_prices_are_frozen(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    async with sales.service.database.write() as session:
        await session.execute(update(Showtime).values(prices={"STANDARD": 2_500}))

    paid = await sales.done("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_card_visa")

    assert paid["total"]["amount"] == "12.50"
    assert await sales.money() == (1_250, 0, 0)


async def test_guests_give_an_address_and_others_need_not(sales: SalesSystem) -> None:
    guest, showtime = person(role=Role.GUEST), await sales.showtime()
    hold_id = await sales.held(guest, showtime, 0)

    missing = await sales.refused("createBooking", guest, holdId=hold_id)
    wrong = await sales.refused("createBooking", guest, holdId=hold_id, contactEmail="nobody at home")
    booking = await sales.done("createBooking", guest, holdId=hold_id, contactEmail="ada@example.com")

    assert (missing["code"], missing["field"]) == ("INVALID_INPUT", ["contactEmail"])
    assert (wrong["code"], wrong["field"]) == ("INVALID_INPUT", ["contactEmail"])
    assert await sales.rows("SELECT contact_email FROM bookings") == [("ada@example.com",)]
    assert booking["user"] == {"id": guest.id}


NO_IDS = [
    "",
    "x",
    "'; DROP TABLE bookings; --",
    "\x00",
    "a" * 100_000,
    new_id(),
    new_scoped_id(new_id()),
    "\uff46" * 65,
]


async def test_ids_that_mean_nothing_are_not_found(sales: SalesSystem) -> None:
    buyer, query = person(), "query ($id: ID!) { booking(id: $id) { id } }"
    for one in NO_IDS:
        hold = await sales.refused("createBooking", buyer, holdId=one)
        pay = await sales.refused("payBooking", buyer, bookingId=one, paymentMethod="pm_card_visa")
        cancel = await sales.refused("cancelBooking", buyer, bookingId=one)
        change = await sales.refused("changeBookingSeats", buyer, bookingId=one, holdId=one)

        assert {error["code"] for error in (hold, pay, cancel, change)} == {"NOT_FOUND"}
        assert await sales.data(query, {"id": one}, by=buyer) == {"booking": None}


async def test_what_is_somebody_elses_is_not_found(sales: SalesSystem) -> None:
    owner, other, showtime = person(), person(), await sales.showtime()
    hold_id = await sales.held(owner, showtime, 0)
    booking = await sales.booked(owner, showtime, 1)

    assert (await sales.refused("createBooking", other, holdId=hold_id))["code"] == "NOT_FOUND"
    pay = {"bookingId": booking["id"], "paymentMethod": "pm_card_visa"}
    assert (await sales.refused("payBooking", other, **pay))["code"] == "NOT_FOUND"
    assert (await sales.refused("cancelBooking", other, bookingId=booking["id"]))["code"] == "NOT_FOUND"
    change = {"bookingId": booking["id"], "holdId": hold_id}
    assert (await sales.refused("changeBookingSeats", other, **change))["code"] == "NOT_FOUND"
    query = "query ($id: ID!) { booking(id: $id) { id } }"
    assert (await sales.data(query, {"id": booking["id"]}, by=other)) == {"booking": None}
    assert (await sales.data(query, {"id": booking["id"]})) == {"booking": None}


async def test_keys_and_payment_methods_that_are_none_are_refused_before_anything_is_written(
    sales: SalesSystem,
) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)

    for key in ["", "   ", "a" * 101, "a\nb"]:
        pay = {"bookingId": booking["id"], "paymentMethod": "pm_card_visa", "idempotencyKey": key}
        error = await sales.refused("payBooking", buyer, **pay)
        assert (error["code"], error["field"]) == ("INVALID_INPUT", ["idempotencyKey"])
    for method in ["", "a" * 101, "pm card", "'; DROP TABLE payments; --", "pm_\u0000"]:
        error = await sales.refused("payBooking", buyer, bookingId=booking["id"], paymentMethod=method)
        assert (error["code"], error["field"]) == ("INVALID_INPUT", ["paymentMethod"])

    assert await sales.rows("SELECT count(*) FROM payments") == [(0,)]


async def test_nobody_acts_signed_out(sales: SalesSystem) -> None:
    needed = {
        "createBooking": ("holdId", "idempotencyKey"),
        "payBooking": ("bookingId", "paymentMethod", "idempotencyKey"),
        "changeBookingSeats": ("bookingId", "holdId", "idempotencyKey"),
        "cancelBooking": ("bookingId", "idempotencyKey"),
    }
    for mutation, names in needed.items():
        input_type = mutation[0].upper() + mutation[1:] + "Input"
        query = f"mutation ($input: {input_type}!) {{ {mutation}(input: $input) {{ booking {{ id }} }} }}"
        assert await sales.denied(query, {"input": dict.fromkeys(names, "x")}) == "UNAUTHENTICATED"


async def test_a_booking_nobody_pays_expires_with_its_hold(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)

    await sales.later(470)
    assert (await sales.booking(booking["id"], buyer))["status"] == "PENDING_PAYMENT"
    await sales.later(15)

    assert (await sales.booking(booking["id"], buyer))["status"] == "EXPIRED"
    assert (await sales.statuses(showtime.id))[0] == "A"
    error = await sales.refused("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_card_visa")
    assert error["code"] == "HOLD_EXPIRED"
    assert (await sales.refused("cancelBooking", buyer, bookingId=booking["id"]))["code"] == "NOT_ALLOWED_NOW"
    await sales.all_is_well()


async def test_a_booking_whose_hold_seat_cannot_be_asked_about_does_not_expire(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    sales.cut.before.add("unpinHold")

    await sales.later(490)
    assert (await sales.booking(booking["id"], buyer))["status"] == "PENDING_PAYMENT"
    sales.cut.before.clear()
    await sales.later(5)

    assert (await sales.booking(booking["id"], buyer))["status"] == "EXPIRED"
