"""People who buy, and write down what they were told: the other half of the books (invariants I6, I7, I8, I11)."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson

METHODS = (
    *["pm_card_visa"] * 8,
    "pm_card_chargeDeclined",
    "pm_card_authenticationRequired",
    "pm_sandbox_timeout",
    "pm_sandbox_late",
    "pm_sandbox_lateCapture",
    "pm_sandbox_doubledWebhook",
    "pm_sandbox_reorderedWebhook",
    "pm_sandbox_captureTimeout",
    "pm_sandbox_captureRefused",
    "pm_sandbox_refundTimeout",
)
_HOLD = """mutation($input: HoldSeatsInput!) { holdSeats(input: $input) {
  hold { id seats { id } } userErrors { code } } }"""
_BOOK = """mutation($input: CreateBookingInput!) { createBooking(input: $input) {
  booking { id status total { amount } } userErrors { code } } }"""
_PAY = """mutation($input: PayBookingInput!) { payBooking(input: $input) {
  booking { id status tickets { code seat { id } } } userErrors { code } } }"""
_CHANGE = """mutation($input: ChangeBookingSeatsInput!) { changeBookingSeats(input: $input) {
  booking { id status seats { id } } userErrors { code } } }"""
_CANCEL = """mutation($input: CancelBookingInput!) { cancelBooking(input: $input) {
  booking { id status } userErrors { code } } }"""
_MAP = "query($id: ID!) { showtime(id: $id) { seatMap { seats { status seat { id } } } } }"
_SECONDS = 12
_ENDS_OF_A_PAYMENT = frozenset({"PAYMENT_DECLINED", "PAYMENT_ACTION_REQUIRED", "HOLD_EXPIRED"})


@dataclass
class Told:
    """What somebody was told of one purchase, as last told.

    Attributes:
        token: shows who asks.
        seats: the seats of the hold, or after a change of the booking.
        status: the booking's.
        cancelled: whether the person has asked to cancel: after that any end is right.
    """

    token: str
    showtime_id: str
    hold_id: str = ""
    booking_id: str = ""
    seats: tuple[str, ...] = ()
    status: str = ""
    cancelled: bool = False
    changed: bool = False


@dataclass
class Journal:
    """What all of them were told.

    Attributes:
        operations: answered calls, by name.
        refusals: user errors, by name and code.
        unanswered: calls without an answer, or with one that says to try again.
        faults: answers that contradict what was told before.
    """

    told: list[Told] = field(default_factory=list)
    operations: dict[str, int] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    unanswered: int = 0
    faults: list[str] = field(default_factory=list)
    latencies: dict[str, list[float]] = field(default_factory=dict)

    def note(self, what: dict[str, int], name: str) -> None:
        """Count."""
        what[name] = what.get(name, 0) + 1


class Unanswered(Exception):
    """No answer in spite of all repetitions."""


class Buyer:
    """One person after the other, on one connection."""

    def __init__(self, session: aiohttp.ClientSession, url: str, journal: Journal, *, seed: int) -> None:
        self._session = session
        self._url = f"{url}/graphql"
        self._journal = journal
        self._random = random.Random(seed)

    async def buy(self, showtime_ids: list[str], until: float) -> None:
        """Buy, again and again, until a moment of the monotonic clock."""
        while time.monotonic() < until:
            try:
                await self._purchase(self._random.choice(showtime_ids))
            except Unanswered:
                await asyncio.sleep(0.2)

    async def _purchase(self, showtime_id: str) -> None:
        token = await self._guest()
        seats = await self._seats(token, showtime_id)
        free = [seat for seat, status in seats.items() if status == "AVAILABLE"]
        if not free:
            await asyncio.sleep(0.5)
            return
        # Some look at a map of a while ago, and ask for seats that others have: that has to be refused.
        among = list(seats) if self._random.random() < 0.2 else free
        start = self._random.randrange(len(among))
        wanted = among[start : start + self._random.randint(1, 3)]
        told = Told(token, showtime_id)
        held = await self._do("holdSeats", _HOLD, token, showtimeId=showtime_id, seatIds=wanted)
        if held is None:
            return
        told.hold_id, told.seats = held["hold"]["id"], tuple(one["id"] for one in held["hold"]["seats"])
        if sorted(told.seats) != sorted(wanted):
            self._journal.faults.append(f"I7: asked for {wanted}, held {told.seats}")
        if self._random.random() < 0.1:
            return  # goes away: the hold lapses
        booked = await self._do("createBooking", _BOOK, token, holdId=told.hold_id, contactEmail="a@example.com")
        if booked is None:
            return
        told.booking_id, told.status = booked["booking"]["id"], booked["booking"]["status"]
        self._journal.told.append(told)
        await self._pay_and_more(told, free)

    async def _pay_and_more(self, told: Told, free: list[str]) -> None:
        for _ in range(2):
            method = self._random.choice(METHODS)
            paid = await self._do("payBooking", _PAY, told.token, bookingId=told.booking_id, paymentMethod=method)
            if paid is not None:
                told.status = paid["booking"]["status"]
                break
        if told.status != "CONFIRMED":
            return
        chance = self._random.random()
        if chance < 0.15:
            told.cancelled = True
            done = await self._do("cancelBooking", _CANCEL, told.token, bookingId=told.booking_id)
            if done is not None:
                told.status = done["booking"]["status"]
        elif chance < 0.3:
            await self._change(told, free)

    async def _change(self, told: Told, free: list[str]) -> None:
        wanted = self._random.sample(free, min(len(told.seats), len(free)))
        held = await self._do("holdSeats", _HOLD, told.token, showtimeId=told.showtime_id, seatIds=wanted)
        if held is None:
            return
        told.changed = True  # whatever is answered: the new seats, or the old ones
        done = await self._do(
            "changeBookingSeats",
            _CHANGE,
            told.token,
            bookingId=told.booking_id,
            holdId=held["hold"]["id"],
            paymentMethod="pm_card_visa",
        )
        if done is not None and done["booking"]["status"] == "CONFIRMED":
            seats = tuple(one["id"] for one in done["booking"]["seats"])
            if sorted(seats) == sorted(wanted):
                told.changed, told.seats = False, seats

    async def _guest(self) -> str:
        data = await self._ask("mutation { createGuestSession { accessToken } }", {}, None)
        return str(data["createGuestSession"]["accessToken"])

    async def _seats(self, token: str, showtime_id: str) -> dict[str, str]:
        data = await self._ask(_MAP, {"id": showtime_id}, token)
        return {one["seat"]["id"]: one["status"] for one in data["showtime"]["seatMap"]["seats"]}

    async def _do(self, name: str, query: str, token: str, **value: Any) -> dict[str, Any] | None:
        """Run a mutation; None when it is refused. Sometimes sends it again: the answer has to be the same (I6)."""
        variables = {"input": {**value, "idempotencyKey": uuid.uuid4().hex}}
        began = time.monotonic()
        payload = (await self._ask(query, variables, token))[name]
        self._journal.latencies.setdefault(name, []).append(time.monotonic() - began)
        self._journal.note(self._journal.operations, name)
        if self._random.random() < 0.1:
            self._compare(name, payload, (await self._ask(query, variables, token))[name])
        if payload["userErrors"]:
            self._journal.note(self._journal.refusals, f"{name} {payload['userErrors'][0]['code']}")
            return None
        return dict(payload)

    def _compare(self, name: str, first: dict[str, Any], again: dict[str, Any]) -> None:
        thing = "hold" if name == "holdSeats" else "booking"
        before, after = first[thing], again[thing]
        if before is None or (after is not None and before["id"] == after["id"]):
            return
        # A payment that was still under way may have ended by the time of the second call, which tells how.
        codes = {error["code"] for error in again["userErrors"]}
        if after is None and before.get("status") == "CONFIRMING" and codes <= _ENDS_OF_A_PAYMENT:
            return
        self._journal.faults.append(f"I6: {name} answered {before}, repeated {again}")

    async def _ask(self, query: str, variables: dict[str, Any], token: str | None) -> dict[str, Any]:
        """Send until there is an answer, always with the same key."""
        body = orjson.dumps({"query": query, "variables": variables})
        headers = {"content-type": "application/json"}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        for attempt in range(25):
            answer = await self._once(body, headers)
            if answer is not None:
                return answer
            self._journal.unanswered += 1
            await asyncio.sleep(min(0.2 * 1.5**attempt, 3) * self._random.uniform(0.5, 1.5))
        raise Unanswered

    async def _once(self, body: bytes, headers: dict[str, str]) -> dict[str, Any] | None:
        try:
            async with asyncio.timeout(_SECONDS), self._session.post(self._url, data=body, headers=headers) as response:
                answer = orjson.loads(await response.read())
        except (aiohttp.ClientError, TimeoutError, orjson.JSONDecodeError, ConnectionError):
            return None
        data = answer.get("data")
        if answer.get("errors") or data is None:
            return None
        for payload in data.values():
            errors = payload.get("userErrors") if isinstance(payload, dict) else None
            if errors and errors[0]["code"] == "REQUEST_IN_PROGRESS":
                return None
        return dict(data)
