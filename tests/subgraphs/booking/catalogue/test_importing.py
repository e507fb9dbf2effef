"""Importing film lists."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Any

from subgraphs.booking.service.importing import ImportReport, LeftOut
from tests.support.catalogue_service import Programme

FILMS = Path(__file__).parents[4] / "eventio" / "data" / "movies.json"


def rows() -> list[Any]:
    return [
        {"Title": "Alien", "Release Date": "May 25 1979", "Major Genre": "Horror"},
        {"Title": None},
        {"Title": 1941, "Release Date": "Dec 14 1979"},
        {"Title": "ALIEN ", "Release Date": "May 25 1979"},
        "nonsense",
    ]


async def titles(programme: Programme) -> list[str]:
    return [node["title"] for node in (await programme.data("{ movies { nodes { title } } }"))["movies"]["nodes"]]


async def test_usable_rows_are_imported_and_the_others_reported_by_number(programme: Programme) -> None:
    report = await programme.service.catalogue.importer.import_movies(rows())
    assert report == ImportReport(
        imported=2,
        updated=0,
        unchanged=0,
        left_out=(
            LeftOut(2, "it has no title"),
            LeftOut(4, "the same film stands in row 1"),
            LeftOut(5, "it is not an object"),
        ),
    )
    assert sorted(await titles(programme)) == ["1941", "Alien"]


async def test_importing_again_changes_nothing_but_what_a_row_says_anew(programme: Programme) -> None:
    importer = programme.service.catalogue.importer
    await importer.import_movies(rows())
    found = await programme.data('{ movies(filter: { title: "alien" }) { nodes { id genres } } }')
    again = rows()
    again[0]["Major Genre"] = "Comedy"
    report = await importer.import_movies(again)
    assert (report.imported, report.updated, report.unchanged) == (0, 1, 1)
    changed = await programme.data('{ movies(filter: { genres: ["comedy"], title: "alien" }) { nodes { id genres } } }')
    assert changed["movies"]["nodes"] == [{"id": found["movies"]["nodes"][0]["id"], "genres": ["Comedy"]}]
    assert (await programme.data('{ movies(filter: { genres: ["horror"] }) { totalCount } }'))["movies"] == {
        "totalCount": 0
    }


async def test_the_same_list_imported_twice_at_once_makes_each_film_once(programme: Programme) -> None:
    importer = programme.service.catalogue.importer
    many = [{"Title": f"Film {number}", "Release Date": "May 25 1979"} for number in range(30)]
    reports = await asyncio.gather(*(importer.import_movies(many) for _ in range(3)))
    assert sum(report.imported for report in reports) == 30
    assert (await programme.data("{ movies { totalCount } }"))["movies"]["totalCount"] == 30


async def test_progress_is_told_up_to_the_last_row(programme: Programme) -> None:
    told: list[tuple[int, int]] = []
    many = [{"Title": f"Film {number}"} for number in range(900)] + [{"Title": None}]
    await programme.service.catalogue.importer.import_movies(many, progress=lambda done, of: told.append((done, of)))
    assert told == [(401, 901), (801, 901), (901, 901)]


async def test_an_empty_list_is_no_fault(programme: Programme) -> None:
    assert await programme.service.catalogue.importer.import_movies([]) == ImportReport(0, 0, 0, ())


async def test_the_real_list_is_imported_but_for_the_film_without_a_title(programme: Programme) -> None:
    films = json.loads(FILMS.read_text())
    report = await programme.service.catalogue.importer.import_movies(films, as_of=date(2011, 1, 1))
    assert (report.imported, report.left_out) == (3_200, (LeftOut(3054, "it has no title"),))
    for term, title in {
        "matirx": "The Matrix",
        "godfater": "The Godfather",
        "lord rings": "The Lord of the Rings: The Fellowship of the Ring",
        "amelie": "Le Fabuleux destin d'Amélie Poulain",
        "1941": "1941",
    }.items():
        query = "query ($title: String) { movies(first: 1, filter: { title: $title }) { nodes { title } } }"
        assert (await programme.data(query, title=term))["movies"]["nodes"] == [{"title": title}]
    newest = await programme.data("{ movies(first: 1, orderBy: RELEASE_DATE) { nodes { releaseDate } } }")
    assert newest["movies"]["nodes"][0]["releaseDate"] < "2012"
