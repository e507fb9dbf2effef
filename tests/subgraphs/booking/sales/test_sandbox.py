"""The sandbox keeps its own books, and what a provider says about other amounts is not believed."""

from __future__ import annotations

import pytest

from subgraphs.booking.money import Amount
from subgraphs.booking.payments.provider import PaymentOrder, ProviderRefused, ProviderStatus
from tests.support.sales_system import SalesSystem, person

EUR = Amount(1_250, "EUR")


async def refusal(call: object) -> str:
    with pytest.raises(ProviderRefused) as refused:
        await call  # type: ignore[misc] # an awaitable
    return refused.value.code


async def test_orders_captures_voids_and_refunds_happen_once(sales: SalesSystem) -> None:
    sandbox = sales.service.selling.sandbox
    order = PaymentOrder("p1", EUR, "pm_card_visa", "REF")
    first = await sandbox.authorize(order)
    assert await sandbox.authorize(order) == first
    assert await refusal(sandbox.authorize(PaymentOrder("p1", Amount(1, "EUR"), "pm_card_visa", "REF"))) == (
        "idempotency_key_in_use"
    )
    assert await refusal(sandbox.refund("r0", first.reference, EUR)) == "refund_exceeds_capture"

    assert (await sandbox.capture("p1", first.reference)).status is ProviderStatus.CAPTURED
    assert (await sandbox.capture("p1", first.reference)).status is ProviderStatus.CAPTURED
    assert (await sandbox.void("p1", first.reference)).status is ProviderStatus.CAPTURED
    part = Amount(1_000, "EUR")
    assert await sandbox.refund("r1", first.reference, part) == await sandbox.refund("r1", first.reference, part)
    assert await refusal(sandbox.refund("r2", first.reference, part)) == "refund_exceeds_capture"
    assert await refusal(sandbox.refund("r3", first.reference, Amount(1, "USD"))) == "currency_mismatch"
    assert await refusal(sandbox.capture("p2", "sbx_unknown")) == "no_such_payment"
    assert await sandbox.look_up("p2", None) is None
    assert await sales.money() == (1_250, 1_000, 0)

    second = await sandbox.authorize(PaymentOrder("p3", EUR, "pm_card_visa", "REF"))
    assert (await sandbox.void("p3", second.reference)).status is ProviderStatus.VOIDED
    assert await refusal(sandbox.capture("p3", second.reference)) == "payment_not_capturable"


@pytest.mark.parametrize("wrong", ["amount_minor = 1", "currency = 'USD'"])
async def test_an_authorization_of_another_amount_is_given_back_and_noted(sales: SalesSystem, wrong: str) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    await sales.done("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_sandbox_timeout")
    async with sales.service.database.write() as session:
        connection = await session.connection()
        await connection.exec_driver_sql(f"UPDATE sandbox_payments SET {wrong}")

    await sales.later(31)

    after = await sales.booking(booking["id"], buyer)
    assert (after["status"], after["payments"][0]["status"]) == ("PENDING_PAYMENT", "VOIDED")
    assert await sales.money() == (0, 0, 0)
    noted = "SELECT details FROM audit_log WHERE action = 'payment.voided'"
    assert "amount_mismatch" in str(await sales.rows(noted))
