"""Webhooks: verified, recorded once, in any order."""

from __future__ import annotations

import orjson
import pytest

from subgraphs.booking.payments.sandbox.signature import SIGNATURE_HEADER, sign
from subgraphs.common.ids import new_id, new_scoped_id
from tests.support.sales_system import SalesSystem, person


async def send(sales: SalesSystem, event: object, *, secret: str | None = None, age: int = 0) -> tuple[int, object]:
    body = orjson.dumps(event)
    at = int(sales.clock.now().timestamp()) - age
    key = secret or sales.service.selling.sandbox._webhook_secret
    headers = {SIGNATURE_HEADER: sign(body, secret=key, at=at)}
    response = await sales.client.post("/webhooks/sandbox", content=body, headers=headers)
    return response.status_code, response.json()


def about(payment_id: str, status: str, event_id: str | None = None) -> dict[str, object]:
    return {
        "id": event_id or f"evt_{new_id()}",
        "type": f"payment.{status}",
        "payment": {"idempotency_key": payment_id, "status": status},
    }


@pytest.mark.parametrize("method", ["pm_sandbox_doubledWebhook", "pm_sandbox_reorderedWebhook", "pm_card_visa"])
async def test_doubled_and_reordered_webhooks_change_nothing(sales: SalesSystem, method: str) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.sold(buyer, showtime, 0, method=method)

    await sales.settle()
    await sales.later(3)

    assert await sales.booking(booking["id"], buyer) == booking
    assert await sales.rows("SELECT kind, outcome FROM webhook_events ORDER BY kind") == [
        ("payment.authorized", "nothing_new"),
        ("payment.captured", "nothing_new"),
    ]
    assert await sales.rows("SELECT count(*) FROM sandbox_events") == [(0,)]
    await sales.all_is_well()


async def test_an_event_is_recorded_once(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.sold(buyer, showtime, 0)
    event = about(booking["payments"][0]["id"], "captured")

    assert await send(sales, event) == (200, {"outcome": "nothing_new"})
    assert await send(sales, event) == (200, {"outcome": "repeated"})


async def test_a_webhook_moves_nothing_by_itself(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    await sales.refused("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_card_authenticationRequired")
    waiting = await sales.booking(booking["id"], buyer)

    for claim in ("captured", "voided", "declined", "authorized"):
        assert await send(sales, about(waiting["payments"][0]["id"], claim)) == (200, {"outcome": "asking"})
        await sales.settle()
        assert await sales.booking(booking["id"], buyer) == waiting


async def test_forged_old_and_broken_webhooks_are_refused_and_leave_no_trace(sales: SalesSystem) -> None:
    event = about(new_scoped_id(new_id()), "captured")

    assert (await send(sales, event, secret="guessed"))[0] == 400
    assert (await send(sales, event, age=301))[0] == 400
    assert (await send(sales, ["not", "an", "event"]))[0] == 400
    assert (await send(sales, {"id": 7, "type": "x"}))[0] == 400
    assert (await send(sales, {"id": "e" * 81, "type": "x"}))[0] == 400
    assert (await sales.client.post("/webhooks/sandbox", content=b"{}")).status_code == 400
    signature = [(SIGNATURE_HEADER.encode(), "t=٣,v1=é".encode())]
    assert (await sales.client.post("/webhooks/sandbox", content=b"{}", headers=signature)).status_code == 400
    assert (await sales.client.post("/webhooks/nobody", content=b"{}")).status_code == 404
    assert (await sales.client.post("/webhooks/free", content=b"{}")).status_code == 400
    assert (await sales.client.post("/webhooks/sandbox", content=b"x" * 300_000)).status_code == 413
    assert await sales.rows("SELECT count(*) FROM webhook_events") == [(0,)]


async def test_webhooks_for_payments_nobody_knows_are_recorded_and_taken(sales: SalesSystem) -> None:
    for payment_id in (new_scoped_id(new_id()), "' OR 1=1", "x"):
        assert await send(sales, about(payment_id, "captured")) == (200, {"outcome": "unknown_payment"})
    assert await send(sales, {"id": "evt_1", "type": "balance.available"}) == (200, {"outcome": "unknown_payment"})
    assert await sales.rows("SELECT count(*) FROM webhook_events") == [(4,)]


async def test_the_page_of_the_second_step_knows_only_its_tokens(sales: SalesSystem) -> None:
    assert (await sales.client.get("/pay/sandbox/unknown")).status_code == 404
    assert (await sales.client.post("/pay/sandbox/unknown/approve")).status_code == 404
    assert (await sales.client.post(f"/pay/sandbox/{'x' * 5_000}/refuse")).status_code == 404
