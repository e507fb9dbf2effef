"""The journey as a client sees it, over HTTP and WebSocket, against the started system."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from tests.support.graphql_client import Client
from tests.support.journey import (
    CANCEL,
    SEARCH,
    SEAT_MAP_UPDATES,
    SHOWTIME,
    book,
    buy,
    free_seats,
    hold,
    new_key,
    pay,
)
from tests.support.system import System

pytestmark = pytest.mark.system


async def test_a_guest_finds_a_film_holds_seats_pays_and_gets_tickets(guest: Client) -> None:
    found = await guest.ask(SEARCH, filter={"title": "the"}, first=20)
    assert len(found["movies"]["nodes"]) == 20
    free = await free_seats(guest)
    shown = (await guest.ask(SHOWTIME, id=free.showtime_id))["showtime"]
    assert len(shown["seatMap"]["statuses"]) == shown["availability"]["total"] == shown["auditorium"]["capacity"]
    assert shown["auditorium"]["cinema"]["name"] == shown["cinema"]["name"]

    held = await hold(guest, free.showtime_id, *free.seat_ids[:2])
    assert held["userErrors"] == []
    assert [seat["id"] for seat in held["hold"]["seats"]] == list(free.seat_ids[:2])
    assert held["hold"]["showtime"]["movie"]["title"] == shown["movie"]["title"]

    booked = await book(guest, held["hold"]["id"])
    assert booked["userErrors"] == []
    booking = booked["booking"]
    prices = {price["category"]: price["price"]["amount"] for price in shown["prices"]}
    assert booking["status"] == "PENDING_PAYMENT"
    assert [line["price"]["amount"] for line in booking["lines"]] == [prices["STANDARD"]] * 2
    assert Decimal(booking["total"]["amount"]) == 2 * Decimal(prices["STANDARD"])

    paid = await pay(guest, booking["id"])
    assert paid["userErrors"] == []
    assert paid["booking"]["status"] == "CONFIRMED"
    assert [payment["status"] for payment in paid["booking"]["payments"]] == ["CAPTURED"]
    assert sorted(ticket["seat"]["id"] for ticket in paid["booking"]["tickets"]) == sorted(free.seat_ids[:2])
    assert all(ticket["qrSvg"].startswith("<svg") or "<svg" in ticket["qrSvg"] for ticket in paid["booking"]["tickets"])

    after = (await guest.ask(SHOWTIME, id=free.showtime_id))["showtime"]
    status = {one["seat"]["id"]: one["status"] for one in after["seatMap"]["seats"]}
    assert [status[seat] for seat in free.seat_ids[:2]] == ["SOLD", "SOLD"]
    assert after["availability"]["sold"] == shown["availability"]["sold"] + 2


async def test_a_second_window_sees_the_seat_taken_sold_and_freed(guest: Client, system: System) -> None:
    free = await free_seats(guest, skip=1)
    watcher = Client(system)
    seat = free.seat_ids[0]
    async with watcher.subscription(SEAT_MAP_UPDATES, showtimeId=free.showtime_id) as updates:
        snapshot = (await updates.next())["seatMapUpdates"]
        assert snapshot["__typename"] == "SeatMapSnapshot"
        assert snapshot["showtime"]["movie"]["title"]
        booking = await buy(guest, free.showtime_id, seat)
        version = int(snapshot["version"])
        seen: list[str] = []
        while seen[-1:] != ["SOLD"]:
            delta = (await updates.next())["seatMapUpdates"]
            assert delta["__typename"] == "SeatMapDelta"
            assert int(delta["fromVersion"]) == version
            version = int(delta["toVersion"])
            seen += [change["status"] for change in delta["changes"] if change["seatId"] == seat]
        assert seen == ["HELD", "SOLD"]
        cancelled = await guest.ask(CANCEL, input={"bookingId": booking["id"], "idempotencyKey": new_key()})
        assert cancelled["cancelBooking"]["userErrors"] == []
        assert cancelled["cancelBooking"]["booking"]["status"] in {"REFUND_PENDING", "REFUNDED"}
        delta = (await updates.next())["seatMapUpdates"]
        assert [(change["seatId"], change["status"]) for change in delta["changes"]] == [(seat, "AVAILABLE")]
    await watcher.close()


async def test_a_client_that_comes_back_gets_just_what_it_missed(guest: Client) -> None:
    free = await free_seats(guest, skip=2)
    async with guest.subscription(SEAT_MAP_UPDATES, showtimeId=free.showtime_id) as updates:
        version = (await updates.next())["seatMapUpdates"]["version"]
    held = await hold(guest, free.showtime_id, free.seat_ids[0])
    assert held["userErrors"] == []
    async with guest.subscription(SEAT_MAP_UPDATES, showtimeId=free.showtime_id, afterVersion=version) as updates:
        missed = (await updates.next())["seatMapUpdates"]
    assert missed["__typename"] == "SeatMapDelta"
    assert missed["changes"] == [{"seatId": free.seat_ids[0], "status": "HELD"}]


async def test_two_hundred_buyers_race_for_twenty_seats(guest: Client, system: System) -> None:
    free = await free_seats(guest, skip=3)
    wanted = free.seat_ids[:20]
    # A person may have two live holds at a showtime: each buyer is a person of their own.
    buyers = []
    for _ in range(20):
        buyer = Client(system)
        await buyer.be_guest()
        buyers.append(buyer)
    answers = await asyncio.gather(
        *(
            hold(buyers[number % 20], free.showtime_id, wanted[(number * 7 + number // 20) % 20])
            for number in range(200)
        )
    )
    winners = [answer["hold"]["seats"][0]["id"] for answer in answers if answer["hold"] is not None]
    assert len(winners) == len(set(winners)) <= 20
    for answer in answers:
        if answer["hold"] is None:
            assert [error["code"] for error in answer["userErrors"]] in (["SEATS_UNAVAILABLE"], ["HOLD_LIMIT"])
    after = (await guest.ask(SHOWTIME, id=free.showtime_id))["showtime"]
    status = {one["seat"]["id"]: one["status"] for one in after["seatMap"]["seats"]}
    assert {seat for seat in wanted if status[seat] == "HELD"} == set(winners)
    for buyer in buyers:
        await buyer.close()


async def test_the_loser_is_told_which_seats_are_gone_and_what_else_there_is(guest: Client, system: System) -> None:
    free = await free_seats(guest, skip=4)
    rival = Client(system)
    await rival.be_guest()
    assert (await hold(rival, free.showtime_id, *free.seat_ids[:2]))["userErrors"] == []
    [error] = (await hold(guest, free.showtime_id, *free.seat_ids[1:3]))["userErrors"]
    assert error["__typename"] == "SeatsUnavailableError"
    assert error["seatIds"] == [free.seat_ids[1]]
    assert error["alternatives"]
    assert all(len(one["seats"]) == 2 for one in error["alternatives"])
    await rival.close()


async def test_the_same_key_again_gives_the_same_hold_and_with_another_input_an_error(guest: Client) -> None:
    free = await free_seats(guest, skip=5)
    key = new_key()
    first = await hold(guest, free.showtime_id, free.seat_ids[0], key=key)
    again = await hold(guest, free.showtime_id, free.seat_ids[0], key=key)
    other = await hold(guest, free.showtime_id, free.seat_ids[1], key=key)
    assert first["hold"]["id"] == again["hold"]["id"]
    assert [error["code"] for error in other["userErrors"]] == ["IDEMPOTENCY_KEY_REUSED"]


async def test_a_declined_card_leaves_the_seats_held_and_another_one_pays(guest: Client) -> None:
    free = await free_seats(guest, skip=6)
    held = await hold(guest, free.showtime_id, free.seat_ids[0])
    booking = (await book(guest, held["hold"]["id"]))["booking"]
    declined = await pay(guest, booking["id"], method="pm_card_chargeDeclined")
    assert [error["__typename"] for error in declined["userErrors"]] == ["PaymentDeclinedError"]
    assert (await pay(guest, booking["id"]))["booking"]["status"] == "CONFIRMED"


async def test_what_is_someone_elses_looks_as_if_it_were_not_there(guest: Client, system: System) -> None:
    free = await free_seats(guest, skip=7)
    booking = await buy(guest, free.showtime_id, free.seat_ids[0])
    stranger = Client(system)
    await stranger.be_guest()
    query = "query($id: ID!) { booking(id: $id) { id } }"
    assert await stranger.ask(query, id=booking["id"]) == {"booking": None}
    cancelled = await stranger.ask(CANCEL, input={"bookingId": booking["id"], "idempotencyKey": new_key()})
    assert [error["code"] for error in cancelled["cancelBooking"]["userErrors"]] == ["NOT_FOUND"]
    assert (await guest.ask(query, id=booking["id"]))["booking"]["id"] == booking["id"]
    await stranger.close()


async def test_a_guest_who_registers_keeps_bookings_and_sees_the_history(guest: Client) -> None:
    free = await free_seats(guest, skip=8)
    booking = await buy(guest, free.showtime_id, free.seat_ids[0])
    data = await guest.ask(
        """mutation($input: RegisterInput!) {
          register(input: $input) { accessToken user { role email } userErrors { code message } }
        }""",
        input={"email": f"{new_key()}@example.com", "password": "correct horse battery 1", "name": "Ann"},
    )
    assert data["register"]["userErrors"] == []
    guest.token = data["register"]["accessToken"]
    history = await guest.ask(
        "{ me { role bookings { nodes { id status showtime { movie { title } } seats { label } } } } }"
    )
    assert history["me"]["role"] == "CUSTOMER"
    assert [node["id"] for node in history["me"]["bookings"]["nodes"]] == [booking["id"]]
    assert history["me"]["bookings"]["nodes"][0]["seats"][0]["label"]
