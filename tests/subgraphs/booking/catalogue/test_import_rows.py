"""Reading rows of a film list."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from subgraphs.booking.service.import_rows import RowLeftOut, read_row

AS_OF = date(2011, 1, 1)
ROW: dict[str, Any] = {
    "Title": "Alien",
    "Release Date": "May 25 1979",
    "MPAA Rating": "R",
    "Running Time min": 117,
    "Major Genre": "Thriller/Suspense",
    "Creative Type": "Science Fiction",
    "Director": "Ridley Scott",
    "IMDB Rating": 8.5,
    "IMDB Votes": 180387,
}


def fields(**changes: Any) -> dict[str, Any]:
    names = {"title": "Title", "released": "Release Date", "runtime": "Running Time min", "votes": "IMDB Votes"}
    row = {**ROW, **{names.get(name, name): value for name, value in changes.items()}}
    return read_row(row, as_of=AS_OF).fields


def test_a_whole_row_becomes_a_film() -> None:
    assert fields() == {
        "title": "Alien",
        "original_title": None,
        "synopsis": None,
        "genres": ["Thriller", "Suspense", "Science Fiction"],
        "directors": ["Ridley Scott"],
        "runtime_minutes": 117,
        "certificate": "R",
        "release_date": date(1979, 5, 25),
        "rating": 8.5,
        "popularity": 180387,
        "poster_url": None,
    }


def test_a_row_with_only_a_title_becomes_a_film() -> None:
    film = read_row({"Title": "Alien"}, as_of=AS_OF).fields
    assert film["genres"] == film["directors"] == []
    assert film["popularity"] == 0
    assert {film[name] for name in ("runtime_minutes", "certificate", "release_date", "rating")} == {None}


def test_a_number_is_a_title() -> None:
    assert fields(title=1941)["title"] == "1941"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"Title": None}, "it has no title"),
        ({}, "it has no title"),
        ({"Title": "  "}, "its title is not usable"),
        ({"Title": "a" * 301}, "its title is not usable"),
        ({"Title": "a\x00"}, "its title is not usable"),
        ({"Title": "a\ud800"}, "its title is not usable"),
        ({"Title": True}, "its title is neither text nor a whole number: bool"),
        ({"Title": 9.5}, "its title is neither text nor a whole number: float"),
        ({"Title": ["Alien"]}, "its title is neither text nor a whole number: list"),
        (["Alien"], "it is not an object"),
        (None, "it is not an object"),
    ],
)
def test_a_row_without_a_usable_title_is_left_out_with_a_reason(row: object, reason: str) -> None:
    with pytest.raises(RowLeftOut, match=f"^{reason}"):
        read_row(row, as_of=AS_OF)


@pytest.mark.parametrize(
    ("released", "day"),
    [
        ("Jun 12 1998", date(1998, 6, 12)),
        ("June 12, 1998", date(1998, 6, 12)),
        ("12-Jun-1998", date(1998, 6, 12)),
        ("1998-06-12", date(1998, 6, 12)),
        (" Jun 12 1998 ", date(1998, 6, 12)),
        ("Jun 31 1998", None),
        ("Foo 12 1998", None),
        ("sometime in 1998", None),
        ("", None),
        (1998, None),
        (None, None),
    ],
)
def test_dates_are_read_or_unknown(released: object, day: date | None) -> None:
    assert fields(released=released)["release_date"] == day


def test_a_film_that_was_rated_did_not_come_out_later() -> None:
    assert fields(released="Dec 30 2025")["release_date"] == date(1925, 12, 30)
    assert fields(released="Feb 29 2048")["release_date"] == date(1948, 2, 28)


def test_a_film_that_nobody_rated_may_be_announced_but_not_for_decades_ahead() -> None:
    assert fields(released="Jan 14 2011", votes=None)["release_date"] == date(2011, 1, 14)
    assert fields(released="Oct 20 2036", votes=None)["release_date"] == date(1936, 10, 20)


@pytest.mark.parametrize(
    ("runtime", "minutes"), [("117", 117), (0, None), (-3, None), (10**9, None), (True, None), ("long", None)]
)
def test_a_runtime_that_is_none_is_unknown(runtime: object, minutes: int | None) -> None:
    assert fields(runtime=runtime)["runtime_minutes"] == minutes


def test_a_rating_is_from_0_to_10() -> None:
    assert fields(**{"IMDB Rating": 11})["rating"] is None
    assert fields(**{"IMDB Rating": float("nan")})["rating"] is None
    assert fields(**{"IMDB Rating": "8.5"})["rating"] == 8.5


@pytest.mark.parametrize(
    ("damaged", "mended"),
    [
        ("LÈon", "Léon"),
        ("Die F\N{PER MILLE SIGN}lscher", "Die Fälscher"),
        ("DÈj\N{DOUBLE DAGGER} Vu", "Déjà Vu"),
        ("La mala educaciÛn", "La mala educación"),
        ("Amélie", "Amélie"),
        ("Alien³", "Alien³"),
        ("ÉCOLE", "ÉCOLE"),
        ("七人の侍", "七人の侍"),
    ],
)
def test_letters_that_were_read_wrongly_are_mended_and_others_left(damaged: str, mended: str) -> None:
    assert fields(title=damaged)["title"] == mended


def test_a_film_is_known_by_title_and_date_and_its_content_by_all_of_the_row() -> None:
    alien = read_row(ROW, as_of=AS_OF)
    rated = read_row({**ROW, "IMDB Votes": 200_000}, as_of=AS_OF)
    other = read_row({**ROW, "Release Date": "May 25 1980"}, as_of=AS_OF)
    assert rated.key == alien.key != other.key
    assert rated.content != alien.content
