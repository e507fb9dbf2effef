"""What a person has booked: pages, filters, who may see it, and how many statements it costs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from subgraphs.booking.models.catalogue import SeatCategory
from subgraphs.booking.service.sale_seeding import SeededBooking, SeededSeat
from subgraphs.common.identity import Principal, Role
from subgraphs.common.ids import new_id, new_scoped_id
from subgraphs.seat.models.records import ShowtimeRecord
from subgraphs.seat.seating.layout import seat_id
from tests.support.sales_system import BOOKING_FIELDS, SalesSystem, person

HISTORY = """
query ($of: [_Any!]!, $first: Int, $after: String, $status: [BookingStatus!]) {
  _entities(representations: $of) { ... on User { id bookings(first: $first, after: $after, status: $status) {
    totalCount pageInfo { hasNextPage endCursor } nodes { id reference status } } } } }
"""


async def seeded(sales: SalesSystem, buyer: Principal, showtime: ShowtimeRecord, *positions: int) -> list[str]:
    """Write one sold booking a seat, as demo data is written, each a second after the other."""
    ids = []
    for position in positions:
        sales.clock.advance(timedelta(seconds=1))
        seat = SeededSeat(seat_id(showtime.layout_id, position), SeatCategory.STANDARD, f"A{position + 1}")
        booking = SeededBooking(new_scoped_id(showtime.id), buyer.id, "ada@example.com", (seat,))
        await sales.service.selling.sales.seeder.record([booking])
        ids.append(booking.id)
    return ids


async def history(sales: SalesSystem, of: str, by: Principal, **variables: Any) -> dict[str, Any]:
    value = {"of": [{"__typename": "User", "id": of}], **variables}
    [user] = (await sales.data(HISTORY, value, by=by))["_entities"]
    assert user["id"] == of
    return dict(user["bookings"])


async def test_bookings_come_newest_first_page_by_page(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    ids = await seeded(sales, buyer, showtime, 0, 1, 2, 3, 4)
    await seeded(sales, person(), showtime, 5)

    first = await history(sales, buyer.id, buyer, first=2)
    second = await history(sales, buyer.id, buyer, first=2, after=first["pageInfo"]["endCursor"])
    third = await history(sales, buyer.id, buyer, first=2, after=second["pageInfo"]["endCursor"])

    shown = [[node["id"] for node in page["nodes"]] for page in (first, second, third)]
    assert shown == [ids[4:2:-1], ids[2:0:-1], ids[:1]]
    assert [page["pageInfo"]["hasNextPage"] for page in (first, second, third)] == [True, True, False]
    assert first["totalCount"] == 5


async def test_bookings_are_filtered_by_status(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    sold, cancelled = await sales.sold(buyer, showtime, 0), await sales.sold(buyer, showtime, 1)
    await sales.done("cancelBooking", buyer, bookingId=cancelled["id"])

    refunded = await history(sales, buyer.id, buyer, status=["REFUNDED", "CANCELLED"])
    confirmed = await history(sales, buyer.id, buyer, status=["CONFIRMED"])

    assert [node["id"] for node in refunded["nodes"]] == [cancelled["id"]]
    assert [node["id"] for node in confirmed["nodes"]] == [sold["id"]]
    assert (confirmed["totalCount"], (await history(sales, buyer.id, buyer, status=[]))["totalCount"]) == (1, 0)


async def test_only_the_person_and_staff_see_a_history(sales: SalesSystem) -> None:
    guest, showtime = person(role=Role.GUEST), await sales.showtime()
    [booking_id] = await seeded(sales, guest, showtime, 0)
    user = person(aliases=[guest.id])
    of = {"of": [{"__typename": "User", "id": guest.id}]}

    assert await sales.denied(HISTORY, of) == "UNAUTHENTICATED"
    assert await sales.denied(HISTORY, of, by=person()) == "FORBIDDEN"
    for seer in (person(role=Role.STAFF), person(role=Role.ADMIN)):
        assert [node["id"] for node in (await history(sales, guest.id, seer))["nodes"]] == [booking_id]
    assert [node["id"] for node in (await history(sales, user.id, user))["nodes"]] == [booking_id]
    assert (await history(sales, "' OR 1=1 --", person(role=Role.ADMIN)))["nodes"] == []


async def test_pages_that_are_none_are_refused(sales: SalesSystem) -> None:
    buyer = person()
    of = {"of": [{"__typename": "User", "id": buyer.id}]}
    pages: list[dict[str, Any]] = [{"first": 0}, {"first": -1}, {"first": 101}]
    pages += [{"after": after} for after in ("x", "WyJ4IiwieSJd", "[]", "")]
    for page in pages:
        assert await sales.denied(HISTORY, {**of, **page}, by=buyer) == "BAD_USER_INPUT"


async def test_a_page_of_whole_bookings_costs_five_statements_however_many_there_are(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    await seeded(sales, buyer, showtime, *range(8))
    query = f"""query ($of: [_Any!]!) {{ _entities(representations: $of) {{ ... on User {{
        bookings {{ nodes {{ {BOOKING_FIELDS} }} }} }} }} }}"""

    with sales.statements() as statements:
        await sales.data(query, {"of": [{"__typename": "User", "id": buyer.id}]}, by=buyer)

    # The page; then lines, payments, tickets and showtimes, each for all bookings at once.
    assert len(statements) == 5, statements


async def test_booking_entities_are_read_together_and_only_by_who_may(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    ids = await seeded(sales, buyer, showtime, 0, 1, 2)
    [foreign] = await seeded(sales, person(), showtime, 3)
    query = "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Booking { id total { amount } } } }"
    of = {"of": [{"__typename": "Booking", "id": one} for one in [*ids, foreign, "x", new_id()]]}

    with sales.statements() as statements:
        mine = (await sales.data(query, of, by=buyer))["_entities"]
    assert len(statements) == 2, statements
    assert [one and one["id"] for one in mine] == [*ids, None, None, None]
    seen = (await sales.data(query, of, by=person(role=Role.STAFF, cinemas=[sales.cinema_id])))["_entities"]
    assert [one and one["id"] for one in seen] == [*ids, foreign, None, None]
    elsewhere = (await sales.data(query, of, by=person(role=Role.STAFF, cinemas=[new_id()])))["_entities"]
    assert elsewhere == [None] * 6


async def test_buying_costs_a_known_number_of_statements(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    hold_id = await sales.held(buyer, showtime, 0, 1)
    create = "mutation ($input: CreateBookingInput!) { createBooking(input: $input) { booking { id } } }"
    pay = "mutation ($input: PayBookingInput!) { payBooking(input: $input) { booking { id } } }"

    with sales.statements() as creating:
        await sales.data(create, {"input": {"holdId": hold_id, "idempotencyKey": "a"}}, by=buyer)
    with sales.statements() as paying:
        value = {"bookingId": hold_id, "paymentMethod": "pm_card_visa", "idempotencyKey": "b"}
        await sales.data(pay, {"input": value}, by=buyer)

    writes = [one for one in paying if one.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert sum(one.startswith(("INSERT", "UPDATE", "DELETE")) for one in creating) == 4
    assert len(writes) == 15, writes
    assert sum(one.startswith("SELECT") for one in paying) == 6
