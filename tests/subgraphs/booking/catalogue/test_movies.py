"""Finding films."""

from __future__ import annotations

from typing import Any, Final

from subgraphs.booking.repository.movie_search import MovieOrder
from subgraphs.booking.repository.showtimes import ShowtimeRepository
from tests.support.catalogue_service import PRICES, Programme

MOVIES = """query ($first: Int, $after: String, $filter: MovieFilter, $orderBy: MovieOrder) {
  movies(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    nodes { title } edges { cursor node { title } } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


async def titles(programme: Programme, **variables: Any) -> list[str]:
    connection = (await programme.data(MOVIES, **variables))["movies"]
    found = [node["title"] for node in connection["nodes"]]
    assert connection["totalCount"] == len(found)
    return found


async def all_pages(programme: Programme, size: int, **variables: Any) -> list[str]:
    found: list[str] = []
    after = None
    while True:
        page = (await programme.data(MOVIES, first=size, after=after, **variables))["movies"]
        found += [node["title"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        assert page["pageInfo"]["hasPreviousPage"] is (len(found) > size)
        if not page["pageInfo"]["hasNextPage"]:
            return found


async def found_by(programme: Programme, terms: list[str]) -> dict[str, list[str]]:
    return {term: await titles(programme, filter={"title": term}) for term in terms}


async def test_a_title_is_found_by_words_parts_and_with_slips(programme: Programme) -> None:
    for title in ("The Matrix Reloaded", "Alien", "Stalker", "Solaris"):
        await programme.movie(title)
    terms = ["The Matrix", "matrix", "MATRIX", "matr", "atri", "matirx", "reloded matrix", "  matrix ", "mätrix"]
    assert await found_by(programme, terms) == {term: ["The Matrix Reloaded"] for term in terms}


async def test_accents_case_and_the_order_of_words_do_not_matter(programme: Programme) -> None:
    await programme.movie("Le Fabuleux destin d'Amélie Poulain")
    await programme.movie("Up")
    terms = ["amelie", "Amélie", "AMELIE", "amlie", "fabuleux destin", "destin fabuleux"]
    assert await found_by(programme, terms) == {term: ["Le Fabuleux destin d'Amélie Poulain"] for term in terms}


async def test_a_film_is_found_by_its_original_title(programme: Programme) -> None:
    await programme.movie("Spirited Away", originalTitle="Sen to Chihiro no Kamikakushi")
    assert await titles(programme, filter={"title": "chihiro"}) == ["Spirited Away"]


async def test_very_short_terms_find_what_contains_them(programme: Programme) -> None:
    for title in ("Up", "Knocked Up", "Alien"):
        await programme.movie(title)
    assert await titles(programme, filter={"title": "up"}) == ["Up", "Knocked Up"]


async def test_the_best_match_comes_first(programme: Programme) -> None:
    for title in ("Martian Matrimony", "Matrix Reloaded", "Enter the Matrix", "Matrix"):
        await programme.movie(title)
    found = await titles(programme, filter={"title": "matrix"})
    assert found[:3] == ["Matrix", "Matrix Reloaded", "Enter the Matrix"]


async def test_signs_of_sql_are_only_signs(programme: Programme) -> None:
    await programme.movie("Alien")
    terms = ["'; DROP TABLE movies; --", "%", "_", "!!!", "\\", "100%"]
    assert await found_by(programme, terms) == {term: [] for term in terms}
    assert await titles(programme) == ["Alien"]


async def test_a_blank_term_asks_for_any_title(programme: Programme) -> None:
    await programme.movie("Alien")
    assert await titles(programme, filter={"title": "  "}) == ["Alien"]


async def test_films_are_found_by_any_of_several_genres(programme: Programme) -> None:
    await programme.movie("Alien", genres=["Horror", "Science Fiction"])
    await programme.movie("Stalker", genres=["Science fiction", "Drama"])
    await programme.movie("Playtime", genres=["Comédie"])
    assert await titles(programme, filter={"genres": ["science FICTION"]}, orderBy="TITLE") == ["Alien", "Stalker"]
    assert await titles(programme, filter={"genres": ["comedie", "Drama"]}, orderBy="TITLE") == ["Playtime", "Stalker"]
    assert await titles(programme, filter={"genres": ["Western"]}) == []
    assert await titles(programme, filter={"genres": ["drama"], "title": "alien"}) == []


async def test_films_are_found_by_where_and_when_they_are_shown(programme: Programme) -> None:
    berlin, paris = await programme.room(city="Berlin"), await programme.room(city="Paris")
    alien, stalker, solaris = [await programme.movie(title) for title in ("Alien", "Stalker", "Solaris")]
    await programme.movie("Playtime")
    await programme.showtime(alien, berlin, hours=24)
    await programme.showtime(stalker, paris, hours=48)
    cancelled = await programme.showtime(solaris, berlin, hours=72)
    async with programme.service.database.write() as session:
        showtime = await ShowtimeRepository(session).lock(cancelled["id"])
        assert showtime is not None
        showtime.cancelled_at = programme.clock.now()

    cinema = programme.seat.rooms[berlin]["cinemaId"]
    assert await titles(programme, filter={"cinemaId": cinema}) == ["Alien"]
    assert await titles(programme, filter={"city": "PARIS"}) == ["Stalker"]
    assert await titles(programme, filter={"city": "Lyon"}) == []
    assert await titles(programme, filter={"cinemaId": "nonsense' OR 1=1"}) == []
    assert await titles(programme, filter={"showingFrom": programme.later(30)}) == ["Stalker"]
    assert await titles(programme, filter={"showingTo": programme.later(30)}) == ["Alien"]
    assert await titles(programme, filter={"showingFrom": programme.later(25), "showingTo": programme.later(47)}) == []
    assert await titles(programme, orderBy="NEXT_SHOWTIME") == ["Alien", "Stalker", "Solaris", "Playtime"]
    assert (await titles(programme))[:2] == ["Alien", "Stalker"]


async def test_pages_of_each_order_neither_skip_nor_repeat(programme: Programme) -> None:
    room = await programme.room()
    for number in range(7):
        movie = await programme.movie(f"Part {number % 3}", releaseDate=f"199{number % 2}-01-01" if number else None)
        if number % 2:
            await programme.showtime(movie, room, hours=24 + 4 * number)
    for order in MovieOrder:
        whole = await titles(programme, orderBy=order.name, first=100)
        assert len(whole) == 7
        for size in (1, 3):
            assert await all_pages(programme, size, orderBy=order.name) == whole


async def test_pages_of_a_search_neither_skip_nor_repeat(programme: Programme) -> None:
    for number in range(5):
        await programme.movie(f"Alien {number}")
    whole = await titles(programme, filter={"title": "alien"})
    assert await all_pages(programme, 2, filter={"title": "alien"}) == whole


async def test_orders_say_what_they_mean(programme: Programme) -> None:
    await programme.movie("Émile", releaseDate="1990-01-01")
    await programme.movie("Zorro", releaseDate="2020-01-01")
    await programme.movie("dogs")
    assert await titles(programme, orderBy="TITLE") == ["dogs", "Émile", "Zorro"]
    assert await titles(programme, orderBy="RELEASE_DATE") == ["Zorro", "Émile", "dogs"]


BAD_ARGUMENTS: Final[list[dict[str, Any]]] = [
    {"first": 0},
    {"first": 101},
    {"first": -5},
    {"after": "nonsense"},
    {"filter": {"title": "a" * 1_000_000}},
    {"filter": {"title": "a\x00b"}},
    {"filter": {"title": "a\x1bb"}},
    {"filter": {"genres": ["x"] * 21}},
    {"filter": {"showingFrom": "2026-05-01T20:15:00"}},
    {"filter": {"showingFrom": "2026-05-02T00:00:00Z", "showingTo": "2026-05-01T00:00:00Z"}},
]


async def test_bad_arguments_are_refused(programme: Programme) -> None:
    for variables in BAD_ARGUMENTS:
        assert await programme.code(MOVIES, **variables) == "BAD_USER_INPUT"


async def test_a_cursor_of_another_order_is_refused(programme: Programme) -> None:
    await programme.movie("Alien", releaseDate="1979-05-25")
    page = await programme.data(MOVIES, orderBy="RATING")
    cursor = page["movies"]["pageInfo"]["endCursor"]
    assert await programme.code(MOVIES, orderBy="RELEASE_DATE", after=cursor) == "BAD_USER_INPUT"


async def test_one_film_is_found_by_its_id(programme: Programme) -> None:
    movie = await programme.movie(
        "Alien", genres=["Horror"], directors=["Ridley Scott"], runtimeMinutes=117, certificate="R"
    )
    query = "query ($id: ID!) { movie(id: $id) { title genres directors runtimeMinutes certificate rating synopsis } }"
    assert (await programme.data(query, id=movie))["movie"] == {
        "title": "Alien",
        "genres": ["Horror"],
        "directors": ["Ridley Scott"],
        "runtimeMinutes": 117,
        "certificate": "R",
        "rating": None,
        "synopsis": None,
    }


async def test_an_unknown_and_a_malformed_id_look_the_same(programme: Programme) -> None:
    for unknown in ("0" * 32, "nonsense", "' OR 1=1 --", "", "a" * 100_000, "\x00"):
        for field in ("movie", "cinema", "showtime"):
            data = await programme.data(f"query ($id: ID!) {{ {field}(id: $id) {{ id }} }}", id=unknown)
            assert data == {field: None}


PAGE = """{ movies(first: 20, orderBy: TITLE) { totalCount nodes { title
  showtimes(first: 3) { totalCount pageInfo { hasNextPage } nodes {
    startsAt status cinema { name } movie { title } prices { price { amount } } } } } } }"""


async def test_a_page_of_films_with_showtimes_needs_few_statements(programme: Programme) -> None:
    rooms = [await programme.room() for _ in range(2)]
    for number in range(6):
        movie = await programme.movie(f"Film {number}")
        for part in range(4):
            await programme.showtime(movie, rooms[part % 2], hours=24 + number * 24 + part * 3)
    with programme.statements() as statements:
        nodes = (await programme.data(PAGE))["movies"]["nodes"]
    assert [len(node["showtimes"]["nodes"]) for node in nodes] == [3] * 6
    assert {node["showtimes"]["totalCount"] for node in nodes} == {4}
    assert all(node["showtimes"]["pageInfo"]["hasNextPage"] for node in nodes)
    # Films, their number, showtimes of all, their numbers, cinemas of all, and the films of the showtimes.
    assert len(statements) == 6


async def test_showtimes_of_a_film_are_paged_and_filtered(programme: Programme) -> None:
    room = await programme.room()
    movie, other = await programme.movie(), await programme.movie("Other")
    planned = [await programme.showtime(movie, room, hours=hours) for hours in (24, 30, 36)]
    query = """query ($id: ID!, $first: Int, $after: String, $filter: ShowtimeFilter) {
      movie(id: $id) {
      showtimes(first: $first, after: $after, filter: $filter) {
        nodes { id } pageInfo { endCursor hasNextPage } } } }"""

    async def ids(**variables: Any) -> tuple[list[str], dict[str, Any]]:
        connection = (await programme.data(query, id=movie, **variables))["movie"]["showtimes"]
        return [node["id"] for node in connection["nodes"]], connection["pageInfo"]

    first, info = await ids(first=2)
    assert first == [planned[0]["id"], planned[1]["id"]]
    assert await ids(first=2, after=info["endCursor"]) == (
        [planned[2]["id"]],
        {"hasNextPage": False, "endCursor": (await ids())[1]["endCursor"]},
    )
    assert (await ids(filter={"from": programme.later(25), "to": programme.later(31)}))[0] == [planned[1]["id"]]
    assert (await ids(filter={"movieId": other}))[0] == []
    assert await programme.code(query, id=movie, first=0) == "BAD_USER_INPUT"


async def test_prices_are_the_staffs(programme: Programme) -> None:
    showtime = await programme.showtime(await programme.movie(), await programme.room())
    assert [{"category": price["category"], **price["price"]} for price in showtime["prices"]] == PRICES
