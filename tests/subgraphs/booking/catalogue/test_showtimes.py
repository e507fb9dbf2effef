"""Finding showtimes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.support.catalogue_service import Programme

SHOWTIMES = """query ($first: Int, $after: String, $filter: ShowtimeFilter) {
  showtimes(first: $first, after: $after, filter: $filter) {
    nodes { id } totalCount pageInfo { hasNextPage endCursor } } }"""


async def ids(programme: Programme, **values: Any) -> list[str]:
    connection = (await programme.data(SHOWTIMES, filter=values))["showtimes"]
    found = [node["id"] for node in connection["nodes"]]
    assert connection["totalCount"] == len(found)
    return found


async def test_showtimes_come_by_start_and_meet_every_filter(programme: Programme) -> None:
    berlin, paris = await programme.room(city="Berlin"), await programme.room(city="Paris")
    alien, stalker = await programme.movie("Alien"), await programme.movie("Stalker")
    late = (await programme.showtime(alien, berlin, hours=48))["id"]
    early = (await programme.showtime(stalker, berlin, hours=24))["id"]
    abroad = (await programme.showtime(alien, paris, hours=36))["id"]

    assert await ids(programme) == [early, abroad, late]
    assert await ids(programme, movieId=alien) == [abroad, late]
    assert await ids(programme, cinemaId=programme.seat.rooms[berlin]["cinemaId"]) == [early, late]
    assert await ids(programme, city="berlin") == [early, late]
    assert await ids(programme, city="Berlin", movieId=alien) == [late]
    assert await ids(programme, **{"from": programme.later(30)}) == [abroad, late]
    assert await ids(programme, to=programme.later(30)) == [early]
    assert await ids(programme, movieId="nonsense") == []
    assert await ids(programme, minAvailable=120) == [early, abroad, late]
    assert await ids(programme, minAvailable=121) == []


async def test_pages_neither_skip_nor_repeat_showtimes_of_the_same_moment(programme: Programme) -> None:
    movie = await programme.movie()
    moment = programme.later(24)
    for _ in range(5):
        await programme.showtime(movie, await programme.room(), starts_at=moment)
    found: list[str] = []
    after = None
    for has_next in (True, True, False):
        page = (await programme.data(SHOWTIMES, first=2, after=after))["showtimes"]
        assert page["pageInfo"]["hasNextPage"] is has_next
        found += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert found == sorted(found)
    assert len(set(found)) == 5


async def test_what_has_started_or_is_cancelled_is_listed_only_when_asked_for(programme: Programme) -> None:
    room, movie = await programme.room(), await programme.movie()
    over = (await programme.showtime(movie, room, hours=1))["id"]
    cancelled = (await programme.showtime(movie, room, hours=24))["id"]
    coming = (await programme.showtime(movie, room, hours=48))["id"]
    await programme.do("cancelShowtime", showtimeId=cancelled)
    beginning = programme.later(0)
    programme.clock.advance(timedelta(hours=2))

    assert await ids(programme) == [coming]
    assert await ids(programme, includeCancelled=True) == [cancelled, coming]
    assert await ids(programme, **{"from": beginning}) == [over, coming]


async def test_the_clock_tells_the_status(programme: Programme) -> None:
    showtime = await programme.showtime(
        await programme.movie(),
        await programme.room(),
        hours=24,
        saleStartsAt=programme.later(2),
        saleEndsAt=programme.later(23),
    )

    async def status() -> str:
        data = await programme.data("query ($id: ID!) { showtime(id: $id) { status } }", id=showtime["id"])
        return str(data["showtime"]["status"])

    assert showtime["status"] == "SCHEDULED"
    programme.clock.advance(timedelta(hours=3))
    assert await status() == "ON_SALE"
    programme.clock.advance(timedelta(hours=20, minutes=30))
    assert await status() == "SALE_ENDED"
    await programme.do("cancelShowtime", showtimeId=showtime["id"])
    assert await status() == "CANCELLED"


async def test_bad_arguments_are_refused(programme: Programme) -> None:
    for variables in (
        {"first": 0},
        {"after": "eA"},
        {"filter": {"minAvailable": -1}},
        {"filter": {"minAvailable": 2_147_483_647}},
        {"filter": {"city": "\x00"}},
        {"filter": {"from": "2026-05-02T00:00:00Z", "to": "2026-05-01T00:00:00Z"}},
        {"filter": {"from": "tomorrow"}},
    ):
        assert await programme.code(SHOWTIMES, **variables) == "BAD_USER_INPUT"


async def test_entities_of_one_type_come_in_one_statement(programme: Programme) -> None:
    room, movie = await programme.room(), await programme.movie()
    planned = [(await programme.showtime(movie, room, hours=24 * day))["id"] for day in range(1, 6)]
    query = """query ($of: [_Any!]!) { _entities(representations: $of) {
      ... on Showtime { id startsAt } ... on Movie { title } ... on Cinema { city } } }"""
    cinema = programme.seat.rooms[room]["cinemaId"]
    representations = [
        *({"__typename": "Showtime", "id": showtime_id} for showtime_id in reversed(planned)),
        {"__typename": "Showtime", "id": "0" * 32},
        {"__typename": "Showtime", "id": "nonsense"},
        {"__typename": "Movie", "id": movie},
        {"__typename": "Cinema", "id": cinema},
    ]
    with programme.statements() as statements:
        entities = (await programme.data(query, of=representations))["_entities"]
    assert [entity and entity.get("id") for entity in entities[:7]] == [*reversed(planned), None, None]
    assert entities[7:] == [{"title": "Metropolis"}, {"city": "Berlin"}]
    assert len(statements) == 3
