"""Sales paid through Stripe, against a server that speaks its API over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from subgraphs.booking.payments.provider import ProviderError
from subgraphs.booking.payments.stripe.provider import StripeProvider
from subgraphs.booking.settings import BookingSettings
from tests.support.sales_system import SalesSystem, person, selling
from tests.support.stripe_server import SECRET_KEY, WEBHOOK_SECRET, StripeServer, nonsense, stripe_server


@pytest.fixture
async def server() -> AsyncIterator[StripeServer]:
    async with stripe_server() as running:
        yield running


@pytest.fixture
async def sales(tmp_path: Path, server: StripeServer) -> AsyncIterator[SalesSystem]:
    async with selling(
        f"sqlite+aiosqlite:///{tmp_path / 'booking.sqlite3'}",
        tmp_path,
        payment_provider="stripe",
        stripe_secret_key=SECRET_KEY,
        stripe_webhook_secret=WEBHOOK_SECRET,
        stripe_api_url=server.url,
    ) as system:
        yield system


async def _webhook(sales: SalesSystem, body: bytes, signature: str) -> tuple[int, Any]:
    headers = {"stripe-signature": signature}
    response = await sales.client.post("/webhooks/stripe", content=body, headers=headers)
    return response.status_code, response.json()


async def test_money_is_reserved_then_captured_and_paid_back(sales: SalesSystem, server: StripeServer) -> None:
    buyer, showtime = person(), await sales.showtime()
    sold = await sales.sold(buyer, showtime, 0, 1)
    assert (sold["status"], sold["payments"][0]["provider"]) == ("CONFIRMED", "stripe")
    assert server.money() == (2_500, 0, 0)
    assert [call.rpartition("/")[2] for call in server.calls] == ["payment_intents", "capture"]

    await sales.done("cancelBooking", buyer, bookingId=sold["id"])
    await sales.settle()
    assert server.money() == (2_500, 2_500, 0)
    assert (await sales.booking(sold["id"], buyer))["status"] == "REFUNDED"
    assert await sales.breaches() == []


async def test_a_refused_card_keeps_the_seats_for_another_try(sales: SalesSystem, server: StripeServer) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    refused = await sales.refused(
        "payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_card_chargeDeclinedInsufficientFunds"
    )
    assert (refused["code"], refused["declineCode"]) == ("PAYMENT_DECLINED", "insufficient_funds")

    paid = await sales.done("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_card_visa")
    assert (paid["status"], server.money()) == ("CONFIRMED", (1_250, 0, 0))


async def test_an_unknown_method_is_refused_in_stripes_words(sales: SalesSystem) -> None:
    booking = await sales.booked(buyer := person(), await sales.showtime(), 0)
    refused = await sales.refused("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_of_nobody")
    assert (refused["code"], refused["declineCode"]) == ("PAYMENT_DECLINED", "resource_missing")


async def test_a_second_step_is_told_and_its_webhook_confirms(sales: SalesSystem, server: StripeServer) -> None:
    booking = await sales.booked(buyer := person(), await sales.showtime(), 0)
    told = await sales.refused(
        "payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_card_authenticationRequired"
    )
    [intent] = server.intents.values()
    assert told["nextAction"] == {"url": f"{server.url}/step/{intent['id']}", "clientSecret": intent["client_secret"]}

    server.approve(intent["id"])
    body, signature = server.signed(server.events[-1])
    assert await _webhook(sales, body, signature) == (200, {"outcome": "asking"})
    assert await _webhook(sales, body, signature) == (200, {"outcome": "repeated"})
    await sales.settle()
    assert (await sales.booking(booking["id"], buyer))["status"] == "CONFIRMED"
    assert server.money() == (1_250, 0, 0)


async def test_a_second_step_that_nobody_takes_is_given_up_and_its_money_freed(
    sales: SalesSystem, server: StripeServer
) -> None:
    booking = await sales.booked(buyer := person(), await sales.showtime(), 0)
    await sales.refused("payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_card_authenticationRequired")
    for _ in range(50):
        await sales.later(16)
    [intent] = server.intents.values()
    assert intent["status"] == "canceled"
    assert (await sales.booking(booking["id"], buyer))["status"] in {"PENDING_PAYMENT", "EXPIRED"}


@pytest.mark.parametrize("fault", ["lose_answers", "fail_before"])
@pytest.mark.parametrize("call", ["payment_intents", "capture"])
async def test_a_call_without_an_answer_ends_in_one_capture(
    sales: SalesSystem, server: StripeServer, fault: str, call: str
) -> None:
    booking = await sales.booked(buyer := person(), await sales.showtime(), 0)
    getattr(server, fault).append(call)
    value = {"bookingId": booking["id"], "paymentMethod": "pm_card_visa", "idempotencyKey": "once"}
    await sales.mutate("payBooking", buyer, **value)
    for _ in range(6):
        await sales.later(16)

    ended = (await sales.booking(booking["id"], buyer))["status"]
    captured, _, reserved = server.money()
    # Where the order never arrived the attempt is over, and the person may try again.
    assert (ended, captured, reserved) in {("CONFIRMED", 1_250, 0), ("PENDING_PAYMENT", 0, 0)}
    assert (ended == "PENDING_PAYMENT") == ((fault, call) == ("fail_before", "payment_intents"))
    assert await sales.breaches() == []


async def test_a_refund_without_an_answer_is_paid_once(sales: SalesSystem, server: StripeServer) -> None:
    sold = await sales.sold(buyer := person(), await sales.showtime(), 0)
    server.lose_answers.append("refunds")
    await sales.done("cancelBooking", buyer, bookingId=sold["id"])
    for _ in range(4):
        await sales.later(61)
    assert server.money() == (1_250, 1_250, 0)
    assert (await sales.booking(sold["id"], buyer))["status"] == "REFUNDED"


@pytest.mark.parametrize(
    "answer", [nonsense(), Response(b"{}", 200), Response(b'{"error":{"type":"rate_limit_error"}}', 429)]
)
async def test_nonsense_and_refusal_of_service_change_nothing(
    sales: SalesSystem, server: StripeServer, answer: Response
) -> None:
    booking = await sales.booked(buyer := person(), await sales.showtime(), 0)
    server.answers.append(answer)
    await sales.mutate(
        "payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_card_visa", idempotencyKey="once"
    )
    for _ in range(6):
        await sales.later(16)
    assert (await sales.booking(booking["id"], buyer))["status"] == "PENDING_PAYMENT"
    assert server.money() == (0, 0, 0)


@pytest.mark.parametrize(
    ("secret", "age"), [("whsec_of_somebody_else", 0), (WEBHOOK_SECRET, 3_600)], ids=["forged", "old"]
)
async def test_a_webhook_that_is_not_stripes_is_refused(
    sales: SalesSystem, server: StripeServer, secret: str, age: int
) -> None:
    await sales.sold(person(), await sales.showtime(), 0)
    body, signature = server.signed(server.events[-1], secret=secret, age=age)
    assert await _webhook(sales, body, signature) == (400, {"error": "wrong signature"})
    assert await _webhook(sales, body, "") == (400, {"error": "wrong signature"})
    assert await sales.rows("SELECT count(*) FROM webhook_events") == [(0,)]


@pytest.mark.parametrize("body", [b"[]", b"1", b"{}", b'{"id": "evt_1"}', b"{", b"\xff"])
async def test_a_signed_webhook_that_is_no_event_is_refused(
    sales: SalesSystem, server: StripeServer, body: bytes
) -> None:
    _, signature = server.signed_raw(body)
    assert (await _webhook(sales, body, signature))[0] == 400


async def test_a_webhook_for_an_unknown_payment_is_recorded_and_changes_nothing(
    sales: SalesSystem, server: StripeServer
) -> None:
    event = {
        "id": "evt_1",
        "object": "event",
        "type": "payment_intent.succeeded",
        "data": {"object": {"object": "payment_intent", "status": "succeeded", "metadata": {}}},
    }
    assert await _webhook(sales, *server.signed(event)) == (200, {"outcome": "unknown_payment"})


def test_stripe_needs_its_keys() -> None:
    with pytest.raises(ValueError, match="stripe_secret_key and stripe_webhook_secret"):
        BookingSettings(payment_provider="stripe")


async def test_no_key_is_ever_told(server: StripeServer) -> None:
    provider = StripeProvider(
        secret_key="sk_test_wrong", webhook_secret="whsec_x", return_url="http://x", api_url=server.url
    )
    with pytest.raises(ProviderError) as refused:
        await provider.look_up("p", "pi_1")
    await provider.close()
    assert "sk_test" not in repr(refused.value)
    assert refused.value.args == ("Stripe: AuthenticationError 401",)
