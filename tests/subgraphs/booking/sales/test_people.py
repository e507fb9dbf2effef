"""What auth tells about people: a guest who became a user, somebody who left."""

from __future__ import annotations

import pytest

from subgraphs.common.identity import Role
from subgraphs.common.ids import new_id
from tests.support.sales_system import SalesSystem, person

ADOPT = "mutation ($input: AdoptGuestBookingsInput!) { adoptGuestBookings(input: $input) { done } }"
FORGET = "mutation ($input: ForgetPersonBookingsInput!) { forgetPersonBookings(input: $input) { done } }"


async def test_a_guests_bookings_become_the_users(sales: SalesSystem) -> None:
    guest, user, showtime = person(role=Role.GUEST), person(), await sales.showtime()
    hold_id = await sales.held(guest, showtime, 0)
    value = {"holdId": hold_id, "contactEmail": "ada@example.com", "idempotencyKey": "once"}
    booking = await sales.done("createBooking", guest, **value)
    adopt = {"input": {"guestId": guest.id, "userId": user.id}}

    for _ in range(2):
        assert await sales.data(ADOPT, adopt, service=True) == {"adoptGuestBookings": {"done": True}}

    assert (await sales.booking(booking["id"], user))["user"] == {"id": user.id}
    assert (await sales.done("createBooking", user, **value))["id"] == booking["id"]
    paid = await sales.done("payBooking", user, bookingId=booking["id"], paymentMethod="pm_card_visa")
    assert paid["status"] == "CONFIRMED"


async def test_an_account_that_is_deleted_leaves_the_ledger_and_nothing_personal(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    sold = await sales.done(
        "createBooking", buyer, holdId=await sales.held(buyer, showtime, 0), contactEmail="ada@example.com"
    )
    await sales.done("payBooking", buyer, bookingId=sold["id"], paymentMethod="pm_card_visa")
    await sales.booked(buyer, showtime, 1)
    acting = await sales.booked(buyer, showtime, 2, 3)
    await sales.refused("payBooking", buyer, bookingId=acting["id"], paymentMethod="pm_card_authenticationRequired")

    for _ in range(2):
        assert await sales.data(FORGET, {"input": {"userId": buyer.id}}, service=True)
    await sales.settle()

    rows = await sales.rows("SELECT status, contact_email FROM bookings ORDER BY created_at, id")
    assert sorted(rows) == [("CANCELLED", None), ("CANCELLED", None), ("CONFIRMED", None)]
    assert await sales.rows("SELECT count(*) FROM idempotency_keys") == [(0,)]
    assert (await sales.statuses(showtime.id))[:4] == "SAAA"
    assert await sales.money() == (1_250, 0, 0)
    await sales.all_is_well()


@pytest.mark.parametrize("query", [ADOPT, FORGET])
async def test_only_services_say_so(sales: SalesSystem, query: str) -> None:
    value = {"userId": new_id()} | ({"guestId": new_id()} if query is ADOPT else {})
    assert await sales.denied(query, {"input": value}) == "FORBIDDEN"
    assert await sales.denied(query, {"input": value}, by=person(role=Role.ADMIN)) == "FORBIDDEN"
    broken = dict.fromkeys(value, "' OR 1=1")
    assert await sales.denied(query, {"input": broken}, service=True) == "BAD_USER_INPUT"
