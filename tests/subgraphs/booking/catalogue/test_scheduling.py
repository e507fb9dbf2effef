"""Planning showtimes."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from subgraphs.booking.models import AuditEntry
from subgraphs.booking.service.telling_seat import showtime_partition
from subgraphs.common.identity import Role
from subgraphs.common.ids import new_id
from tests.support.catalogue_service import MUTATIONS, PRICES, Programme, token_of


def price(category: str = "STANDARD", amount: str = "11.50", currency: str = "EUR") -> dict[str, str]:
    return {"category": category, "amount": amount, "currency": currency}


async def count(programme: Programme) -> int:
    query = "{ showtimes(filter: { includeCancelled: true }) { totalCount } }"
    return int((await programme.data(query))["showtimes"]["totalCount"])


async def test_a_showtime_lasts_as_long_as_the_film_and_is_on_sale_until_it_starts(programme: Programme) -> None:
    room = await programme.room()
    movie = await programme.movie(runtimeMinutes=150)
    showtime = await programme.showtime(movie, room)
    starts_at = datetime.fromisoformat(showtime["startsAt"])
    assert datetime.fromisoformat(showtime["endsAt"]) == starts_at + timedelta(minutes=150)
    assert showtime["saleEndsAt"] == showtime["startsAt"]
    assert showtime["status"] == "ON_SALE"
    assert showtime["auditorium"] == {"id": room}
    assert showtime["cinema"] == {"id": programme.seat.rooms[room]["cinemaId"]}
    assert showtime["movie"] == {"id": movie}


async def test_a_film_of_unknown_length_takes_two_hours(programme: Programme) -> None:
    showtime = await programme.showtime(await programme.movie(), await programme.room())
    starts_at, ends_at = (datetime.fromisoformat(showtime[name]) for name in ("startsAt", "endsAt"))
    assert ends_at - starts_at == timedelta(minutes=120)


async def test_seat_has_opened_it_when_the_answer_comes(programme: Programme) -> None:
    room = await programme.room()
    showtime = await programme.showtime(await programme.movie(), room)
    [told] = programme.seat.told("openShowtime")
    assert (told["showtimeId"], told["auditoriumId"], told["revision"]) == (showtime["id"], room, 1)
    assert (told["holdSeconds"], told["holdCapSeconds"]) == (480, 1200)
    times = {name: datetime.fromisoformat(told[name]) for name in ("startsAt", "endsAt", "saleEndsAt")}
    assert {name: moment.isoformat(timespec="milliseconds") for name, moment in times.items()} == {
        name: showtime[name].replace("Z", "+00:00") for name in times
    }
    assert await programme.service.outbox.pending() == 0


async def test_nothing_is_planned_while_seat_is_down(programme: Programme) -> None:
    room, movie = await programme.room(), await programme.movie()
    programme.seat.is_down = True
    new = {"movieId": movie, "auditoriumId": room, "startsAt": programme.later(24), "prices": PRICES}
    code = await programme.code(MUTATIONS["scheduleShowtime"], token=programme.admin, input=new)
    assert code == "SERVICE_UNAVAILABLE"
    assert await count(programme) == 0


async def test_bad_values_are_refused_with_their_field_and_nothing_is_planned(programme: Programme) -> None:
    room, movie = await programme.room(), await programme.movie()
    cases: list[tuple[dict[str, Any], str, list[str]]] = [
        ({"movieId": new_id()}, "NOT_FOUND", ["movieId"]),
        ({"movieId": "' OR 1=1"}, "NOT_FOUND", ["movieId"]),
        ({"auditoriumId": new_id()}, "NOT_FOUND", ["auditoriumId"]),
        ({"auditoriumId": "\x00"}, "NOT_FOUND", ["auditoriumId"]),
        ({"startsAt": programme.later(-1)}, "INVALID_INPUT", ["startsAt"]),
        ({"startsAt": "9999-12-31T23:59:59Z"}, "INVALID_INPUT", ["startsAt"]),
        ({"prices": []}, "INVALID_INPUT", ["prices"]),
        ({"prices": [price()]}, "INVALID_INPUT", ["prices"]),
        ({"prices": [*PRICES, price("RECLINER")]}, "INVALID_INPUT", ["prices"]),
        ({"prices": [*PRICES, price()]}, "INVALID_INPUT", ["prices", "2", "category"]),
        ({"prices": [price()] * 10_000}, "INVALID_INPUT", ["prices"]),
        ({"prices": [price(), price("PREMIUM", currency="USD")]}, "INVALID_INPUT", ["prices", "1", "currency"]),
        ({"prices": [price(currency="XXX"), price("PREMIUM")]}, "INVALID_INPUT", ["prices", "0", "currency"]),
        ({"prices": [price(amount="-1"), price("PREMIUM")]}, "INVALID_INPUT", ["prices", "0", "amount"]),
        ({"prices": [price(amount="0"), price("PREMIUM")]}, "INVALID_INPUT", ["prices", "0", "amount"]),
        ({"prices": [price(amount="1.005"), price("PREMIUM")]}, "INVALID_INPUT", ["prices", "0", "amount"]),
        ({"prices": [price(amount="9" * 18), price("PREMIUM")]}, "INVALID_INPUT", ["prices", "0", "amount"]),
        ({"saleEndsAt": programme.later(100)}, "INVALID_INPUT", ["saleEndsAt"]),
        ({"saleStartsAt": programme.later(24.5)}, "INVALID_INPUT", ["saleStartsAt"]),
    ]
    for values, code, field in cases:
        new = {"movieId": movie, "auditoriumId": room, "startsAt": programme.later(24), "prices": PRICES, **values}
        assert await programme.refused("scheduleShowtime", **new) == (code, field)
    assert await count(programme) == 0
    assert programme.seat.told("openShowtime") == []


async def test_two_showtimes_never_overlap_in_a_room(programme: Programme) -> None:
    room, other = await programme.room(), await programme.room()
    movie = await programme.movie(runtimeMinutes=120)
    planned = await programme.showtime(movie, room, starts_at=programme.later(24))
    starts_at = datetime.fromisoformat(planned["startsAt"])
    for minutes in (-119, -1, 0, 1, 119):
        moment = (starts_at + timedelta(minutes=minutes)).isoformat()
        new: dict[str, Any] = {"movieId": movie, "auditoriumId": room, "prices": PRICES, "startsAt": moment}
        assert await programme.refused("scheduleShowtime", **new) == ("NOT_ALLOWED_NOW", ["startsAt"])
    for minutes in (-120, 120):
        await programme.showtime(movie, room, starts_at=(starts_at + timedelta(minutes=minutes)).isoformat())
    await programme.showtime(movie, other, starts_at=planned["startsAt"])
    assert await count(programme) == 4


async def test_of_many_who_want_the_room_at_once_one_gets_it(programme: Programme) -> None:
    room, movie = await programme.room(), await programme.movie()
    # The room is known from an earlier plan: nobody waits for the one who notes it first.
    await programme.showtime(movie, room, hours=96)
    new = {"movieId": movie, "auditoriumId": room, "startsAt": programme.later(24), "prices": PRICES}
    answers = await asyncio.gather(
        *(programme.send(MUTATIONS["scheduleShowtime"], {"input": new}, token=programme.admin) for _ in range(6))
    )
    payloads = [answer["data"]["answer"] for answer in answers]
    assert [payload["showtime"] is not None for payload in payloads].count(True) == 1
    refusals = [error["code"] for payload in payloads for error in payload["userErrors"]]
    assert refusals == ["NOT_ALLOWED_NOW"] * 5
    assert await count(programme) == 2


async def test_a_cancelled_showtime_leaves_the_room(programme: Programme) -> None:
    room, movie = await programme.room(), await programme.movie()
    showtime = await programme.showtime(movie, room, starts_at=programme.later(24))
    await programme.do("cancelShowtime", showtimeId=showtime["id"])
    again = await programme.showtime(movie, room, starts_at=showtime["startsAt"])
    assert again["id"] != showtime["id"]


async def test_staff_of_other_cinemas_may_not_plan_change_or_cancel(programme: Programme) -> None:
    room, other, movie = await programme.room(), await programme.room(), await programme.movie()
    showtime = await programme.showtime(movie, room)
    staff = token_of(Role.STAFF, cinema_ids=(programme.seat.rooms[other]["cinemaId"],))
    new = {"movieId": movie, "auditoriumId": room, "startsAt": programme.later(48), "prices": PRICES}
    for mutation, values in (
        ("scheduleShowtime", new),
        ("updateShowtime", {"id": showtime["id"], "prices": PRICES}),
        ("cancelShowtime", {"showtimeId": showtime["id"]}),
    ):
        assert await programme.code(MUTATIONS[mutation], token=staff, input=values) == "FORBIDDEN"
    assert await count(programme) == 1
    own = await programme.showtime(movie, other, token=staff)
    assert own["auditorium"] == {"id": other}


async def test_prices_change_where_they_are_named(programme: Programme) -> None:
    showtime = await programme.showtime(await programme.movie(), await programme.room())
    changed = await programme.do("updateShowtime", id=showtime["id"], prices=[price("PREMIUM", "17.25")])
    assert [(each["category"], each["price"]["amount"]) for each in changed["prices"]] == [
        ("STANDARD", "11.50"),
        ("PREMIUM", "17.25"),
    ]


async def test_a_moved_showtime_moves_its_end_and_its_sale_and_seat_is_told(programme: Programme) -> None:
    showtime = await programme.showtime(await programme.movie(runtimeMinutes=90), await programme.room())
    moved = await programme.do("updateShowtime", id=showtime["id"], startsAt=programme.later(30))
    starts_at, ends_at = (datetime.fromisoformat(moved[name]) for name in ("startsAt", "endsAt"))
    assert ends_at - starts_at == timedelta(minutes=90)
    assert moved["saleEndsAt"] == moved["startsAt"]
    told = programme.seat.told("openShowtime")
    assert [each["revision"] for each in told] == [1, 2]
    assert datetime.fromisoformat(told[1]["endsAt"]).isoformat(timespec="milliseconds") == ends_at.isoformat(
        timespec="milliseconds"
    )


async def test_bad_changes_are_refused_with_their_field_and_change_nothing(programme: Programme) -> None:
    room, movie = await programme.room(), await programme.movie(runtimeMinutes=120)
    showtime = await programme.showtime(movie, room, starts_at=programme.later(24))
    await programme.showtime(movie, room, starts_at=programme.later(30))
    cases: list[tuple[dict[str, Any], str, list[str]]] = [
        ({"id": new_id()}, "NOT_FOUND", ["id"]),
        ({"id": "nonsense"}, "NOT_FOUND", ["id"]),
        ({"startsAt": programme.later(-1)}, "INVALID_INPUT", ["startsAt"]),
        ({"startsAt": programme.later(31)}, "NOT_ALLOWED_NOW", ["startsAt"]),
        ({"prices": []}, "INVALID_INPUT", ["prices"]),
        ({"prices": [price("RECLINER")]}, "INVALID_INPUT", ["prices"]),
        ({"prices": [price(currency="USD")]}, "INVALID_INPUT", ["prices"]),
        ({"saleEndsAt": programme.later(48)}, "INVALID_INPUT", ["saleEndsAt"]),
        ({"saleStartsAt": programme.later(25)}, "INVALID_INPUT", ["saleStartsAt"]),
    ]
    for values, code, field in cases:
        assert await programme.refused("updateShowtime", **{"id": showtime["id"], **values}) == (code, field)
    query = """query ($id: ID!) { showtime(id: $id) { startsAt endsAt saleStartsAt saleEndsAt
      prices { category price { amount currency } } } }"""
    stored = (await programme.data(query, id=showtime["id"]))["showtime"]
    assert stored == {name: showtime[name] for name in stored}
    assert len(programme.seat.told("openShowtime")) == 2


async def test_a_showtime_may_be_moved_onto_its_own_old_time(programme: Programme) -> None:
    showtime = await programme.showtime(await programme.movie(), await programme.room(), starts_at=programme.later(24))
    await programme.do("updateShowtime", id=showtime["id"], startsAt=programme.later(25))


async def test_what_has_started_or_is_cancelled_does_not_change(programme: Programme) -> None:
    room, movie = await programme.room(), await programme.movie()
    cancelled = await programme.showtime(movie, room, hours=48)
    started = await programme.showtime(movie, room, hours=1)
    await programme.do("cancelShowtime", showtimeId=cancelled["id"])
    programme.clock.advance(timedelta(hours=2))
    for showtime in (cancelled, started):
        refusal = await programme.refused("updateShowtime", id=showtime["id"], prices=PRICES)
        assert refusal == ("NOT_ALLOWED_NOW", ["id"])


async def test_a_cancelled_showtime_is_closed_at_seat_and_in_the_audit_log_once(programme: Programme) -> None:
    showtime = await programme.showtime(await programme.movie(), await programme.room())
    for _ in range(2):
        answer = await programme.do("cancelShowtime", showtimeId=showtime["id"], reason="The projector is broken.")
        assert answer["status"] == "CANCELLED"
    assert programme.seat.told("closeShowtime") == [{"showtimeId": showtime["id"]}]
    async with programme.service.database.read() as session:
        rows = await session.execute(
            select(AuditEntry.action, AuditEntry.before, AuditEntry.after)
            .where(AuditEntry.subject == showtime["id"])
            .order_by(AuditEntry.id)
        )
    assert [tuple(row) for row in rows] == [
        ("scheduleShowtime", None, "PLANNED"),
        ("cancelShowtime", "PLANNED", "CANCELLED"),
    ]


async def test_a_showtime_cancelled_before_seat_heard_of_it_is_only_closed(programme: Programme) -> None:
    showtime = await programme.showtime(await programme.movie(), await programme.room())
    programme.seat.is_down = True
    await programme.do("updateShowtime", id=showtime["id"], startsAt=programme.later(30))
    await programme.do("cancelShowtime", showtimeId=showtime["id"])
    programme.seat.is_down = False
    programme.clock.advance(timedelta(minutes=5))
    await programme.service.outbox.deliver(showtime_partition(showtime["id"]))
    assert [name for name, _ in programme.seat.calls][-1] == "closeShowtime"
    assert len(programme.seat.told("openShowtime")) == 1


async def test_what_is_over_or_unknown_is_not_cancelled(programme: Programme) -> None:
    showtime = await programme.showtime(await programme.movie(), await programme.room(), hours=1)
    programme.clock.advance(timedelta(hours=4))
    assert await programme.refused("cancelShowtime", showtimeId=showtime["id"]) == ("NOT_ALLOWED_NOW", ["showtimeId"])
    for unknown in (new_id(), "nonsense"):
        assert await programme.refused("cancelShowtime", showtimeId=unknown) == ("NOT_FOUND", ["showtimeId"])
    refusal = await programme.refused("cancelShowtime", showtimeId=showtime["id"], reason="a" * 501)
    assert refusal == ("INVALID_INPUT", ["reason"])
    assert programme.seat.told("closeShowtime") == []
