"""Staff make and change films and cinemas."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from subgraphs.common.identity import Role
from subgraphs.common.ids import new_id
from tests.support.catalogue_service import MUTATIONS, Programme, token_of

_LONG: Final = timedelta(minutes=5)
ANY_INPUT: dict[str, dict[str, Any]] = {
    "createMovie": {"title": "\x00"},
    "updateMovie": {"id": "x", "title": "\x00"},
    "createCinema": {"name": "", "city": "", "timeZone": ""},
    "updateCinema": {"id": "x", "name": ""},
    "scheduleShowtime": {"movieId": "x", "auditoriumId": "x", "startsAt": "2020-01-01T00:00:00Z", "prices": []},
    "updateShowtime": {"id": "x"},
    "cancelShowtime": {"showtimeId": "x"},
}


async def test_only_staff_may_before_any_input_is_looked_at(programme: Programme) -> None:
    tokens = {None: None, "forged": "forged", "guest": token_of(Role.GUEST), "customer": token_of(Role.CUSTOMER)}
    codes = {
        (who, mutation): await programme.code(MUTATIONS[mutation], token=token, input=ANY_INPUT[mutation])
        for who, token in tokens.items()
        for mutation in MUTATIONS
    }
    assert codes == {
        (who, mutation): "FORBIDDEN" if who in {"guest", "customer"} else "UNAUTHENTICATED" for who, mutation in codes
    }


async def test_a_film_has_what_staff_said(programme: Programme) -> None:
    film = await programme.do(
        "createMovie",
        token=token_of(Role.STAFF),
        title=" Alien ",
        originalTitle="Alien (1979)",
        synopsis="In space\nno one can hear you scream.",
        genres=["Horror", "Horror", "Science Fiction"],
        directors=["Ridley Scott"],
        runtimeMinutes=117,
        certificate="R",
        releaseDate="1979-05-25",
        posterUrl="https://example.com/alien.jpg",
    )
    assert film == {
        "id": film["id"],
        "title": "Alien",
        "originalTitle": "Alien (1979)",
        "synopsis": "In space\nno one can hear you scream.",
        "genres": ["Horror", "Science Fiction"],
        "directors": ["Ridley Scott"],
        "runtimeMinutes": 117,
        "certificate": "R",
        "releaseDate": "1979-05-25",
        "posterUrl": "https://example.com/alien.jpg",
    }
    query = "query ($id: ID!) { movie(id: $id) { id title originalTitle synopsis genres directors runtimeMinutes"
    stored = await programme.data(f"{query} certificate releaseDate posterUrl }} }}", id=film["id"])
    assert stored["movie"] == film


BAD_FILMS: Final[list[tuple[dict[str, Any], list[str]]]] = [
    ({"title": ""}, ["title"]),
    ({"title": "a" * 301}, ["title"]),
    ({"title": "a\x07"}, ["title"]),
    ({"synopsis": "a" * 5_001}, ["synopsis"]),
    ({"genres": ["Drama", ""]}, ["genres", "1"]),
    ({"genres": ["x"] * 21}, ["genres"]),
    ({"directors": ["a\x00"]}, ["directors", "0"]),
    ({"runtimeMinutes": 0}, ["runtimeMinutes"]),
    ({"runtimeMinutes": -5}, ["runtimeMinutes"]),
    ({"runtimeMinutes": 2_147_483_647}, ["runtimeMinutes"]),
    ({"certificate": "a" * 21}, ["certificate"]),
    ({"releaseDate": "0001-01-01"}, ["releaseDate"]),
    ({"posterUrl": "javascript:alert(1)"}, ["posterUrl"]),
    ({"posterUrl": "https://[bad"}, ["posterUrl"]),
    ({"posterUrl": "https://"}, ["posterUrl"]),
]


async def test_a_film_with_a_bad_value_is_refused_and_not_made(programme: Programme) -> None:
    for values, field in BAD_FILMS:
        assert await programme.refused("createMovie", **{"title": "Alien", **values}) == ("INVALID_INPUT", field)
    assert (await programme.data("{ movies { totalCount } }"))["movies"]["totalCount"] == 0


async def test_a_change_leaves_what_is_not_named_and_removes_what_is_null(programme: Programme) -> None:
    movie = await programme.movie("Alien", genres=["Horror"], runtimeMinutes=117, certificate="R")
    film = await programme.do("updateMovie", id=movie, title="Aliens", certificate=None, genres=["Action"])
    assert (film["title"], film["certificate"], film["genres"], film["runtimeMinutes"]) == (
        "Aliens",
        None,
        ["Action"],
        117,
    )
    find = "query ($filter: MovieFilter) { movies(filter: $filter) { nodes { title } } }"
    found = await programme.data(find, filter={"title": "aliens", "genres": ["action"]})
    assert found["movies"]["nodes"] == [{"title": "Aliens"}]
    assert (await programme.data(find, filter={"genres": ["horror"]}))["movies"]["nodes"] == []


async def test_a_bad_change_changes_nothing(programme: Programme) -> None:
    movie = await programme.movie("Alien")
    assert await programme.refused("updateMovie", id=movie, title=None) == ("INVALID_INPUT", ["title"])
    assert await programme.refused("updateMovie", id=movie, runtimeMinutes=0) == ("INVALID_INPUT", ["runtimeMinutes"])
    assert (await programme.data("{ movies { nodes { title } } }"))["movies"]["nodes"] == [{"title": "Alien"}]


async def test_what_does_not_exist_is_not_found(programme: Programme) -> None:
    for mutation in ("updateMovie", "updateCinema"):
        for unknown in (new_id(), "nonsense", ""):
            assert await programme.refused(mutation, id=unknown) == ("NOT_FOUND", ["id"])


async def test_a_new_cinema_is_told_to_seat_before_the_answer(programme: Programme) -> None:
    cinema = await programme.do(
        "createCinema", name="Astra", city="Berlin", address="Sterndamm 69", timeZone="Europe/Berlin"
    )
    assert programme.seat.told("registerCinema") == [{"cinemaId": cinema["id"]}]
    assert await programme.service.outbox.pending() == 0


async def test_a_cinema_is_made_while_seat_is_down_and_told_later(programme: Programme) -> None:
    programme.seat.is_down = True
    cinema = await programme.do("createCinema", name="Astra", city="Berlin", timeZone="Europe/Berlin")
    assert await programme.service.outbox.pending() == 1
    programme.seat.is_down = False
    programme.clock.advance(_LONG)
    await programme.service.outbox.deliver(f"cinema:{cinema['id']}")
    assert programme.seat.told("registerCinema") == [{"cinemaId": cinema["id"]}]


BAD_CINEMAS: Final[list[tuple[dict[str, Any], list[str]]]] = [
    ({"name": " "}, ["name"]),
    ({"name": "a" * 121}, ["name"]),
    ({"city": "a\x00"}, ["city"]),
    ({"address": "a" * 301}, ["address"]),
    ({"timeZone": "Berlin"}, ["timeZone"]),
    ({"timeZone": "../../etc/passwd"}, ["timeZone"]),
    ({"timeZone": "Europe"}, ["timeZone"]),
    ({"timeZone": "a" * 100_000}, ["timeZone"]),
]


async def test_a_cinema_with_a_bad_value_is_refused_and_not_made(programme: Programme) -> None:
    for values, field in BAD_CINEMAS:
        given = {"name": "Astra", "city": "Berlin", "timeZone": "Europe/Berlin", **values}
        assert await programme.refused("createCinema", **given) == ("INVALID_INPUT", field)
    assert (await programme.data("{ cinemas { totalCount } }"))["cinemas"]["totalCount"] == 0
    assert programme.seat.calls == []


async def test_staff_of_other_cinemas_may_not_change_or_make_one(programme: Programme) -> None:
    mine, other = await programme.cinema("Mine"), await programme.cinema("Other")
    staff = token_of(Role.STAFF, cinema_ids=(mine,))
    assert (await programme.do("updateCinema", token=staff, id=mine, name="Ours"))["name"] == "Ours"
    change = {"id": other, "name": "Taken over"}
    assert await programme.code(MUTATIONS["updateCinema"], token=staff, input=change) == "FORBIDDEN"
    new = {"name": "New", "city": "Berlin", "timeZone": "Europe/Berlin"}
    assert await programme.code(MUTATIONS["createCinema"], token=staff, input=new) == "FORBIDDEN"
    names = await programme.data("{ cinemas { nodes { name } } }")
    assert names["cinemas"]["nodes"] == [{"name": "Other"}, {"name": "Ours"}]


async def test_cinemas_are_found_by_city_and_by_a_part_of_the_name(programme: Programme) -> None:
    await programme.cinema("Élysée", city="Paris")
    await programme.cinema("Astra", city="Berlin")
    query = """query ($filter: CinemaFilter, $first: Int, $after: String) {
      cinemas(filter: $filter, first: $first, after: $after) { nodes { name } totalCount pageInfo { endCursor } } }"""

    async def names(**variables: Any) -> list[str]:
        return [node["name"] for node in (await programme.data(query, **variables))["cinemas"]["nodes"]]

    assert await names() == ["Astra", "Élysée"]
    assert await names(filter={"city": "paris"}) == ["Élysée"]
    assert await names(filter={"name": "lyse"}) == ["Élysée"]
    assert await names(filter={"name": "%"}) == []
    page = (await programme.data(query, first=1))["cinemas"]
    assert page["totalCount"] == 2
    assert await names(first=1, after=page["pageInfo"]["endCursor"]) == ["Élysée"]
    assert await programme.code(query, after="x") == "BAD_USER_INPUT"


async def test_an_empty_address_removes_it(programme: Programme) -> None:
    cinema = await programme.do("createCinema", name="A", city="B", address="C", timeZone="UTC")
    assert (await programme.do("updateCinema", id=cinema["id"], name="D"))["address"] == "C"
    assert (await programme.do("updateCinema", id=cinema["id"], address=""))["address"] is None
