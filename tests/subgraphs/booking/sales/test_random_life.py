"""Many people do anything at any time while seat is cut off now and then: when it is quiet again, all is well."""

from __future__ import annotations

import random
from typing import Any

import pytest

from subgraphs.common.identity import Principal
from subgraphs.seat.errors import HoldLimit
from subgraphs.seat.models.records import ShowtimeRecord
from tests.support.sales_system import SalesSystem, person

METHODS = (
    "pm_card_visa",
    "pm_card_visa",
    "pm_card_chargeDeclined",
    "pm_card_authenticationRequired",
    "pm_sandbox_timeout",
    "pm_sandbox_late",
    "pm_sandbox_lateCapture",
    "pm_sandbox_doubledWebhook",
    "pm_sandbox_captureTimeout",
    "pm_sandbox_captureRefused",
    "pm_sandbox_refundTimeout",
)
CUTS = ("bindHold", "pinHold", "unpinHold", "claimSeats", "reclaimSeats", "swapSeats", "releaseSeats")


class Life:
    """What the people of one run do."""

    def __init__(self, sales: SalesSystem, showtime: ShowtimeRecord, seed: int) -> None:
        self.sales = sales
        self.showtime = showtime
        self.random = random.Random(seed)
        self.bookings: list[tuple[Principal, str]] = []

    async def step(self) -> None:
        await self.random.choice(
            (self.book, self.book, self.pay, self.pay, self.cancel, self.change, self.wait, self.cut)
        )()

    async def tell(self, mutation: str, by: Principal, **value: Any) -> dict[str, Any] | None:
        input_type = mutation[0].upper() + mutation[1:] + "Input"
        query = f"mutation ($input: {input_type}!) {{ {mutation}(input: $input) {{ booking {{ id status }} }} }}"
        answer = await self.sales.send(query, {"input": {**value, "idempotencyKey": self.sales.key()}}, by=by)
        if "errors" in answer:
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["SERVICE_UNAVAILABLE"]
            return None
        booking: dict[str, Any] | None = answer["data"][mutation]["booking"]
        return booking

    async def hold(self, by: Principal) -> str | None:
        free = [place for place, status in enumerate(await self.sales.statuses(self.showtime.id)) if status == "A"]
        if len(free) < 2:
            return None
        try:
            return await self.sales.held(by, self.showtime, *self.random.sample(free, self.random.randint(1, 2)))
        except HoldLimit:
            return None

    async def book(self) -> None:
        buyer = person()
        hold_id = await self.hold(buyer)
        if hold_id is not None and await self.tell("createBooking", buyer, holdId=hold_id):
            self.bookings.append((buyer, hold_id))

    async def pay(self) -> None:
        if self.bookings:
            buyer, booking_id = self.random.choice(self.bookings)
            await self.tell("payBooking", buyer, bookingId=booking_id, paymentMethod=self.random.choice(METHODS))

    async def cancel(self) -> None:
        if self.bookings:
            buyer, booking_id = self.random.choice(self.bookings)
            await self.tell("cancelBooking", buyer, bookingId=booking_id)

    async def change(self) -> None:
        if self.bookings:
            buyer, booking_id = self.random.choice(self.bookings)
            hold_id = await self.hold(buyer)
            if hold_id is not None:
                method = self.random.choice(METHODS)
                await self.tell("changeBookingSeats", buyer, bookingId=booking_id, holdId=hold_id, paymentMethod=method)

    async def wait(self) -> None:
        await self.sales.later(self.random.choice((1, 16, 31, 120)))

    async def cut(self) -> None:
        side = self.sales.cut.before if self.random.random() < 0.5 else self.sales.cut.after
        if self.random.random() < 0.5:
            side.clear()
        else:
            side.add(self.random.choice(CUTS))


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_happens_money_seats_and_tickets_agree_in_the_end(sales: SalesSystem, seed: int) -> None:
    life = Life(sales, await sales.showtime(), seed)
    for _ in range(40):
        await life.step()

    sales.cut.before.clear()
    sales.cut.after.clear()
    for _ in range(12):
        await sales.later(200)
    await sales.seat.service.services.sweeper.sweep()

    ended = "SELECT count(*) FROM bookings WHERE status IN ('PENDING_PAYMENT', 'CONFIRMING', 'REFUND_PENDING')"
    assert await sales.rows(ended) == [(0,)]
    assert set(await sales.statuses(life.showtime.id)) <= {"A", "S"}
    await sales.all_is_well()
