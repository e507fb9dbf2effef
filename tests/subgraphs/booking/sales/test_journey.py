"""The life of a booking as a client sees it."""

from __future__ import annotations

from tests.support.sales_system import SalesSystem, person


async def test_a_hold_is_booked_and_paid_and_has_tickets(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()

    booking = await sales.booked(buyer, showtime, 0, 8)

    assert booking["status"] == "PENDING_PAYMENT"
    assert booking["total"] == {"amount": "27.50", "currency": "EUR"}
    assert [line["price"]["amount"] for line in booking["lines"]] == ["12.50", "15.00"]
    assert booking["payments"] == []
    assert booking["tickets"] == []
    assert (await sales.statuses(showtime.id))[:9] == "HAAAAAAAH"

    paid = await sales.done("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_card_visa")

    assert paid["status"] == "CONFIRMED"
    assert paid["reference"] == booking["reference"]
    assert [payment["status"] for payment in paid["payments"]] == ["CAPTURED"]
    assert [ticket["seat"] for ticket in paid["tickets"]] == paid["seats"]
    assert paid["tickets"][0]["qrSvg"].startswith("<svg")
    assert (await sales.statuses(showtime.id))[:9] == "SAAAAAAAS"
    assert await sales.money() == (2_750, 0, 0)
    await sales.settle()
    await sales.all_is_well()
