"""The public fields, over the ASGI application."""

from __future__ import annotations

from typing import Any

import pytest

from subgraphs.common.identity import Role
from subgraphs.common.ids import new_id
from subgraphs.seat.seating.layout import seat_id
from tests.support.seat_service import SeatSystem, person

USER_ERRORS = """userErrors { __typename code message field retryable
    ... on SeatsUnavailableError { seatIds alternatives { category seats { id label } } }
    ... on HoldExpiredError { expiredAt } ... on HoldLimitError { limit } }"""
HOLD = f"hold {{ id seats {{ label }} expiresAt maxExpiresAt serverTime showtime {{ id }} }} {USER_ERRORS}"
HOLD_SEATS = f"mutation($input: HoldSeatsInput!) {{ answer: holdSeats(input: $input) {{ {HOLD} }} }}"
HOLD_BEST = f"mutation($input: HoldBestSeatsInput!) {{ answer: holdBestSeats(input: $input) {{ {HOLD} }} }}"
EXTEND = f"mutation($input: ExtendHoldInput!) {{ answer: extendHold(input: $input) {{ {HOLD} }} }}"
RELEASE = f"mutation($input: ReleaseHoldInput!) {{ answer: releaseHold(input: $input) {{ {HOLD} }} }}"
FIND = "query($id: ID!) { hold(id: $id) { id seats { id } } }"
CREATE = f"""mutation($input: CreateAuditoriumInput!) {{ answer: createAuditorium(input: $input) {{
    auditorium {{ id name capacity cinema {{ id }} layout {{ version rows columns
        seats {{ row number label category x y accessible }} }} }} {USER_ERRORS} }} }}"""
BLOCK = f"""mutation($input: BlockSeatsInput!) {{ answer: blockSeats(input: $input) {{
    seatMap {{ version statuses }} {USER_ERRORS} }} }}"""
UNBLOCK = BLOCK.replace("blockSeats(", "unblockSeats(")
ENTITIES = """query($of: [_Any!]!) { _entities(representations: $of) {
    ... on Showtime { id seatMap { version statuses layout { version } seats { status seat { id row } } }
        availability { total available held sold blocked } }
    ... on Seat { id label }
    ... on Auditorium { id name layout { rows } }
    ... on Cinema { id auditoriums { name } }
    ... on SeatHold { id seats { id } }
    ... on User { id holds { id } } } }"""


async def refused(seat: SeatSystem, query: str, *, by: Any, **values: Any) -> dict[str, Any]:
    """Run a mutation that is refused; gives its one user error."""
    answer = (await seat.data(query, {"input": values}, by=by))["answer"]
    [error] = answer.pop("userErrors")
    assert list(answer.values()) == [None]
    assert error["message"]
    user_error: dict[str, Any] = error
    return user_error


async def test_a_person_holds_seats_finds_the_hold_extends_and_releases_it(seat: SeatSystem) -> None:
    showtime, ann = await seat.showtime(), person()
    seat_ids = [seat_id(showtime.layout_id, 9), seat_id(showtime.layout_id, 8)]
    values = {"showtimeId": showtime.id, "seatIds": seat_ids, "idempotencyKey": "k"}

    held = (await seat.data(HOLD_SEATS, {"input": values}, by=ann))["answer"]
    assert held["userErrors"] == []
    assert held["hold"]["seats"] == [{"label": "B1"}, {"label": "B2"}]
    assert held["hold"]["showtime"] == {"id": showtime.id}
    hold_id = held["hold"]["id"]
    assert (await seat.data(FIND, {"id": hold_id}, by=ann))["hold"]["id"] == hold_id

    seat.advance(100)
    extended = (await seat.data(EXTEND, {"input": {"holdId": hold_id}}, by=ann))["answer"]["hold"]
    assert extended["expiresAt"] > held["hold"]["expiresAt"]
    assert extended["maxExpiresAt"] == held["hold"]["maxExpiresAt"]

    released = (await seat.data(RELEASE, {"input": {"holdId": hold_id}}, by=ann))["answer"]
    assert (released["userErrors"], released["hold"]["id"]) == ([], hold_id)
    assert await seat.statuses(showtime.id) == "A" * 22
    assert (await seat.data(FIND, {"id": hold_id}, by=ann))["hold"] is None


async def test_a_loser_sees_alternatives(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    await seat.hold(showtime, 8)
    taken = seat_id(showtime.layout_id, 8)

    error = await refused(seat, HOLD_SEATS, by=person(), showtimeId=showtime.id, seatIds=[taken], idempotencyKey="k")

    assert (error["__typename"], error["code"]) == ("SeatsUnavailableError", "SEATS_UNAVAILABLE")
    assert (error["field"], error["retryable"], error["seatIds"]) == (["seatIds"], True, [taken])
    assert {one["category"] for one in error["alternatives"]} == {"PREMIUM"}
    assert [len(one["seats"]) for one in error["alternatives"]] == [1, 1, 1]


async def test_the_best_seats_are_held_by_kind(seat: SeatSystem) -> None:
    showtime = await seat.showtime()

    async def best(**values: Any) -> list[str]:
        values |= {"showtimeId": showtime.id, "idempotencyKey": new_id()}
        answer = (await seat.data(HOLD_BEST, {"input": values}, by=person()))["answer"]
        assert answer["userErrors"] == [], answer
        return [one["label"] for one in answer["hold"]["seats"]]

    assert await best(count=2) == ["C3", "C4"]
    assert await best(count=2, category="RECLINER") == ["C5", "C6"]
    assert await best(count=2, accessible=True) == ["C1", "C2"]
    error = await refused(
        seat, HOLD_BEST, by=person(), showtimeId=showtime.id, count=1, accessible=True, idempotencyKey="k"
    )
    assert (error["code"], error["field"], error["seatIds"]) == ("SEATS_UNAVAILABLE", ["count"], [])
    await seat.all_is_well()


async def test_the_best_seats_count_has_bounds(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    values: dict[str, Any] = {"showtimeId": showtime.id, "idempotencyKey": "k"}
    for count in (0, -1, -(2**31)):
        error = await refused(seat, HOLD_BEST, by=person(), count=count, **values)
        assert (error["code"], error["field"]) == ("INVALID_INPUT", ["count"])
    for count in (11, 2**31 - 1):
        error = await refused(seat, HOLD_BEST, by=person(), count=count, **values)
        assert (error["code"], error["limit"]) == ("HOLD_LIMIT", 10)


async def test_the_same_key_gives_the_same_best_seats(seat: SeatSystem) -> None:
    showtime, ann = await seat.showtime(), person()
    values = {"showtimeId": showtime.id, "count": 2, "idempotencyKey": "k"}
    first = (await seat.data(HOLD_BEST, {"input": values}, by=ann))["answer"]["hold"]
    again = (await seat.data(HOLD_BEST, {"input": values}, by=ann))["answer"]["hold"]
    assert again["id"] == first["id"]
    error = await refused(seat, HOLD_BEST, by=ann, **{**values, "count": 3})
    assert error["code"] == "IDEMPOTENCY_KEY_REUSED"


@pytest.mark.parametrize("key", ["", "  ", "a" * 101, "a\x00b", "a\nb"])
async def test_a_bad_idempotency_key_is_refused(seat: SeatSystem, key: str) -> None:
    showtime = await seat.showtime()
    seats = [seat_id(showtime.layout_id, 1)]
    error = await refused(seat, HOLD_SEATS, by=person(), showtimeId=showtime.id, seatIds=seats, idempotencyKey=key)
    assert (error["code"], error["field"]) == ("INVALID_INPUT", ["idempotencyKey"])


async def test_other_peoples_holds_do_not_exist(seat: SeatSystem) -> None:
    showtime, ben = await seat.showtime(), person()
    hold = await seat.hold(showtime, 1)
    for hold_id in (hold.id, new_id(), "x", f"{showtime.id}.{new_id()}", "'; DROP TABLE holds; --", "a" * 100_000):
        for query in (EXTEND, RELEASE):
            error = await refused(seat, query, by=ben, holdId=hold_id)
            assert (error["code"], error["field"]) == ("NOT_FOUND", ["holdId"])
        assert (await seat.data(FIND, {"id": hold_id}, by=ben))["hold"] is None
    assert await seat.statuses(showtime.id) == "AHAAAAAAAAAAAAAAAAAAAA"


async def test_an_expired_hold_cannot_be_extended_or_released(seat: SeatSystem) -> None:
    showtime, ann = await seat.showtime(), person()
    hold = await seat.hold(showtime, 1, owner=ann)
    seat.advance(481)
    for query in (EXTEND, RELEASE):
        error = await refused(seat, query, by=ann, holdId=hold.id)
        assert (error["code"], error["__typename"]) == ("HOLD_EXPIRED", "HoldExpiredError")
        assert error["expiredAt"] == hold.expires_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def test_signed_out_and_badly_signed_callers_are_unauthenticated(seat: SeatSystem) -> None:
    inputs: dict[str, dict[str, Any]] = {
        HOLD_SEATS: {"showtimeId": "x", "seatIds": [], "idempotencyKey": ""},
        HOLD_BEST: {"showtimeId": "x", "count": 0, "idempotencyKey": ""},
        EXTEND: {"holdId": "x"},
        RELEASE: {"holdId": "x"},
        CREATE: {"cinemaId": "x", "name": "", "rows": []},
        BLOCK: {"showtimeId": "x", "seatIds": []},
        UNBLOCK: {"showtimeId": "x", "seatIds": []},
    }
    for query, values in inputs.items():
        assert await seat.denied(query, {"input": values}) == "UNAUTHENTICATED"
        assert await seat.denied(query, {"input": values}, token="forged") == "UNAUTHENTICATED"
    assert await seat.denied(FIND, {"id": "x"}) == "UNAUTHENTICATED"


@pytest.mark.parametrize("role", [Role.GUEST, Role.CUSTOMER])
async def test_people_do_not_do_what_staff_does(seat: SeatSystem, role: Role) -> None:
    somebody = person(role=role)
    for query, values in (
        (CREATE, {"cinemaId": "x", "name": "", "rows": []}),
        (BLOCK, {"showtimeId": "x", "seatIds": []}),
        (UNBLOCK, {"showtimeId": "x", "seatIds": []}),
    ):
        assert await seat.denied(query, {"input": values}, by=somebody) == "FORBIDDEN"


async def test_staff_makes_an_auditorium(seat: SeatSystem) -> None:
    cinema_id = new_id()
    await seat.services.rooms.register_cinema(cinema_id)
    rows = [{"label": "A", "seats": "ss.p"}, {"label": "B1", "seats": "wc", "numbering": "RIGHT_TO_LEFT"}]
    values = {"cinemaId": cinema_id, "name": " Grand  Hall ", "rows": rows}

    made = (await seat.data(CREATE, {"input": values}, by=person(role=Role.STAFF)))["answer"]

    assert made["userErrors"] == []
    room = made["auditorium"]
    assert (room["name"], room["capacity"], room["cinema"]) == ("Grand  Hall", 5, {"id": cinema_id})
    layout = room["layout"]
    assert (layout["version"], layout["rows"], layout["columns"]) == (1, 2, 4)
    assert [(one["label"], one["category"], one["x"], one["y"], one["accessible"]) for one in layout["seats"]] == [
        ("A1", "STANDARD", 0, 0, False),
        ("A2", "STANDARD", 1, 0, False),
        ("A3", "PREMIUM", 3, 0, False),
        ("B1-2", "WHEELCHAIR", 0, 1, True),
        ("B1-1", "COMPANION", 1, 1, True),
    ]


async def test_bad_plans_are_refused_with_the_place_of_the_fault(seat: SeatSystem) -> None:
    cinema_id, admin = new_id(), person(role=Role.ADMIN)
    await seat.services.rooms.register_cinema(cinema_id)
    good = {"label": "A", "seats": "ss"}
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"name": ""}, ["name"]),
        ({"name": "a" * 101}, ["name"]),
        ({"name": "a\x07"}, ["name"]),
        ({"name": "a" * 1_000_000}, ["name"]),
        ({"rows": []}, ["rows"]),
        ({"rows": [good] * 101}, ["rows"]),
        ({"rows": [good, good]}, ["rows", "1", "label"]),
        ({"rows": [{"label": "", "seats": "s"}]}, ["rows", "0", "label"]),
        ({"rows": [{"label": "a b", "seats": "s"}]}, ["rows", "0", "label"]),
        ({"rows": [{"label": "A", "seats": ""}]}, ["rows", "0", "seats"]),
        ({"rows": [{"label": "A", "seats": "sxs"}]}, ["rows", "0", "seats"]),
        ({"rows": [{"label": "A", "seats": "s" * 101}]}, ["rows", "0", "seats"]),
        ({"rows": [{"label": "A", "seats": "..."}]}, ["rows"]),
        ({"rows": [{"label": f"R{row}", "seats": "s" * 100} for row in range(21)]}, ["rows"]),
    ]
    for change, path in cases:
        values = {"cinemaId": cinema_id, "name": "Hall", "rows": [good], **change}
        error = await refused(seat, CREATE, by=admin, **values)
        assert (error["code"], error["field"]) == ("INVALID_INPUT", path)
    for unknown in (new_id(), "x"):
        error = await refused(seat, CREATE, by=admin, cinemaId=unknown, name="Hall", rows=[good])
        assert (error["code"], error["field"]) == ("NOT_FOUND", ["cinemaId"])


async def test_two_auditoriums_of_a_cinema_have_two_names(seat: SeatSystem) -> None:
    cinema_id, admin = new_id(), person(role=Role.ADMIN)
    await seat.services.rooms.register_cinema(cinema_id)
    values = {"cinemaId": cinema_id, "name": "Hall", "rows": [{"label": "A", "seats": "s"}]}
    await seat.data(CREATE, {"input": values}, by=admin)
    error = await refused(seat, CREATE, by=admin, **values)
    assert (error["code"], error["field"]) == ("INVALID_INPUT", ["name"])
    [cinema] = (await seat.data(ENTITIES, {"of": [{"__typename": "Cinema", "id": cinema_id}]}))["_entities"]
    assert cinema["auditoriums"] == [{"name": "Hall"}]


async def test_staff_of_another_cinema_is_kept_out(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    stranger, own = person(role=Role.STAFF, cinemas=[new_id()]), person(role=Role.STAFF, cinemas=[showtime.cinema_id])
    values = {"showtimeId": showtime.id, "seatIds": [seat_id(showtime.layout_id, 1)]}
    assert await seat.denied(BLOCK, {"input": values}, by=stranger) == "FORBIDDEN"
    room = {"cinemaId": showtime.cinema_id, "name": "X", "rows": [{"label": "A", "seats": "s"}]}
    assert await seat.denied(CREATE, {"input": room}, by=stranger) == "FORBIDDEN"
    assert (await seat.data(BLOCK, {"input": values}, by=own))["answer"]["userErrors"] == []


async def test_staff_blocks_and_unblocks_seats(seat: SeatSystem) -> None:
    showtime, staff = await seat.showtime(), person(role=Role.STAFF)
    await seat.hold(showtime, 5)

    def values(*positions: int) -> dict[str, Any]:
        return {"showtimeId": showtime.id, "seatIds": [seat_id(showtime.layout_id, one) for one in positions]}

    error = await refused(seat, BLOCK, by=staff, **values(4, 5))
    assert (error["code"], error["seatIds"]) == ("SEATS_UNAVAILABLE", [seat_id(showtime.layout_id, 5)])

    blocked = (await seat.data(BLOCK, {"input": values(0, 1)}, by=staff))["answer"]
    assert blocked == {"seatMap": {"version": 3, "statuses": "BBAAAHAAAAAAAAAAAAAAAA"}, "userErrors": []}
    again = (await seat.data(BLOCK, {"input": values(0, 1)}, by=staff))["answer"]
    assert again["seatMap"]["version"] == 3
    error = await refused(seat, HOLD_SEATS, by=person(), idempotencyKey="k", **values(1))
    assert error["code"] == "SEATS_UNAVAILABLE"
    freed = (await seat.data(UNBLOCK, {"input": values(1, 2)}, by=staff))["answer"]
    assert freed["seatMap"] == {"version": 4, "statuses": "BAAAAHAAAAAAAAAAAAAAAA"}
    seat.advance(481)
    taken = (await seat.data(BLOCK, {"input": values(5)}, by=staff))["answer"]
    assert taken["seatMap"] == {"version": 6, "statuses": "BAAAABAAAAAAAAAAAAAAAA"}
    await seat.all_is_well()


async def test_blocking_refuses_bad_seats(seat: SeatSystem) -> None:
    showtime, other, staff = await seat.showtime(), await seat.showtime(), person(role=Role.STAFF)
    good = seat_id(showtime.layout_id, 0)
    many = [seat_id(showtime.layout_id, position) for position in range(2_001)]
    for seat_ids, code in (([], "INVALID_INPUT"), ([good, good], "INVALID_INPUT"), (many, "HOLD_LIMIT"),
                           ([seat_id(other.layout_id, 0)], "NOT_FOUND"), (["x"], "NOT_FOUND")):  # fmt: skip
        error = await refused(seat, BLOCK, by=staff, showtimeId=showtime.id, seatIds=seat_ids)
        assert error["code"] == code
    error = await refused(seat, BLOCK, by=staff, showtimeId=new_id(), seatIds=[good])
    assert error["code"] == "NOT_FOUND"


async def test_many_showtimes_cost_one_statement(seat: SeatSystem) -> None:
    room = await seat.room()
    specs = [seat.spec(room.id) for _ in range(20)]
    await seat.services.bulk.open_showtimes(specs)
    await seat.services.layouts.get(room.layout_id)
    of = [{"__typename": "Showtime", "id": spec.showtime_id} for spec in specs]

    with seat.statements() as statements:
        found = (await seat.data(ENTITIES, {"of": of}))["_entities"]

    assert len(statements) == 1
    assert [one["id"] for one in found] == [spec.showtime_id for spec in specs]
    assert {len(one["seatMap"]["seats"]) for one in found} == {22}
    assert found[0]["availability"] == {"total": 22, "available": 22, "held": 0, "sold": 0, "blocked": 0}


async def test_many_seats_rooms_and_cinemas_cost_one_statement_each(seat: SeatSystem) -> None:
    rooms = [await seat.room() for _ in range(5)]
    seats = [{"__typename": "Seat", "id": seat_id(room.layout_id, one)} for room in rooms for one in range(22)]
    with seat.statements() as statements:
        found = (await seat.data(ENTITIES, {"of": seats}))["_entities"]
    assert ([one["id"] for one in found], len(statements)) == ([one["id"] for one in seats], 1)

    with seat.statements() as statements:
        of = [{"__typename": "Auditorium", "id": room.id} for room in rooms]
        assert [one["layout"] for one in (await seat.data(ENTITIES, {"of": of}))["_entities"]] == [{"rows": 3}] * 5
    assert len(statements) == 1

    with seat.statements() as statements:
        of = [{"__typename": "Cinema", "id": room.cinema_id} for room in rooms]
        found = (await seat.data(ENTITIES, {"of": of}))["_entities"]
        assert [one["auditoriums"] for one in found] == [[{"name": "Room 1"}]] * 5
    assert len(statements) == 1


async def test_holds_and_people_cost_one_statement_each(seat: SeatSystem) -> None:
    ann = person()
    showtimes = [await seat.showtime() for _ in range(3)]
    holds = [await seat.hold(showtime, 1, owner=ann) for showtime in showtimes]
    await seat.services.layouts.get_many([showtime.layout_id for showtime in showtimes])
    with seat.statements() as statements:
        of = [{"__typename": "SeatHold", "id": hold.id} for hold in holds]
        found = (await seat.data(ENTITIES, {"of": of}, by=ann))["_entities"]
    assert ([one["id"] for one in found], len(statements)) == ([hold.id for hold in holds], 1)
    with seat.statements() as statements:
        found = (await seat.data(ENTITIES, {"of": [{"__typename": "User", "id": ann.id}]}, by=ann))["_entities"]
    assert (sorted(one["id"] for one in found[0]["holds"]), len(statements)) == (sorted(hold.id for hold in holds), 1)


async def test_unknown_and_malformed_entities_are_null(seat: SeatSystem) -> None:
    of = [
        {"__typename": name, "id": value}
        for name in ("Showtime", "Seat", "Auditorium", "SeatHold")
        for value in (new_id(), "x", f"{new_id()}.5", f"{new_id()}.{new_id()}", "\x00", "' OR ''='")
    ]
    assert (await seat.data(ENTITIES, {"of": of}, by=person()))["_entities"] == [None] * len(of)


async def test_holds_are_seen_by_their_owner_staff_and_services_only(seat: SeatSystem) -> None:
    showtime, guest = await seat.showtime(), person(role=Role.GUEST)
    ann = person(aliases=[guest.id])
    hold = await seat.hold(showtime, 1, owner=guest)
    of = {"of": [{"__typename": "SeatHold", "id": hold.id}]}
    for who in ({"by": guest}, {"by": ann}, {"by": person(role=Role.STAFF)}, {"service": True}):
        assert (await seat.data(ENTITIES, of, **who))["_entities"][0]["id"] == hold.id
    for who in ({"by": person()}, {"by": person(role=Role.STAFF, cinemas=[new_id()])}, {}):
        assert (await seat.data(ENTITIES, of, **who))["_entities"] == [None]
    users = {"of": [{"__typename": "User", "id": guest.id}]}
    for who in ({"by": guest}, {"by": ann}, {"by": person(role=Role.ADMIN)}, {"service": True}):
        assert (await seat.data(ENTITIES, users, **who))["_entities"][0]["holds"] == [{"id": hold.id}]
    assert await seat.denied(ENTITIES, users, by=person()) == "FORBIDDEN"
    assert await seat.denied(ENTITIES, users) == "UNAUTHENTICATED"
