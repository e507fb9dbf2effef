"""Reads rows of a film list as they come: with numbers for titles, with gaps, with odd dates and damaged letters."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import orjson

from subgraphs.booking.service.movies import LONGEST_RUNTIME, LONGEST_TITLE
from subgraphs.common.errors import InvalidInput
from subgraphs.common.texts import checked_text

_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_MONTH_FIRST: Final = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})", re.ASCII)
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[ .-]+([A-Za-z]{3,9})\.?[ -](\d{4})", re.ASCII)
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_CREATIVE_GENRES: Final = frozenset({"Science Fiction", "Fantasy", "Super Hero"})
_NO_CERTIFICATE: Final = frozenset({"Not Rated", "Open"})
_LONGEST_NAME: Final = 100
_LONGEST_CERTIFICATE: Final = 20
_BEST_RATING: Final = 10
_ANNOUNCED_YEARS: Final = 3
_MOST_VOTES: Final = 2**31 - 1
# A letter that was read in the wrong encoding stands as a capital or a sign next to a small letter: LÈon, F‰lscher.
_IN_A_WORD: Final = re.compile(r"(?<=[a-z])[^\x00-\x7f]|[^\x00-\x7f](?=[a-z])")


class RowLeftOut(Exception):
    """A row cannot become a film; the message says why."""


@dataclass(frozen=True, slots=True)
class ImportedFilm:
    """A usable row.

    Attributes:
        key: names the film whenever the list is read again.
        content: a hash of what the row says.
        fields: values by the model's columns.
    """

    key: str
    content: str
    fields: dict[str, Any]


def read_row(row: object, *, as_of: date) -> ImportedFilm:
    """Read one row.

    What is missing or mistyped becomes unknown; only a film without a usable title is left out.

    Args:
        row: an object with `Title`, `Release Date`, `Running Time min`, `Major Genre`, …
        as_of: when the list was made: a film that came out later was neither rated yet nor announced years ahead.

    Raises:
        RowLeftOut: it is no object, or has no usable title.
    """
    if not isinstance(row, Mapping):
        raise RowLeftOut("it is not an object")
    title = _title(row.get("Title"))
    votes = _number(row.get("IMDB Votes"), 0, _MOST_VOTES)
    rating = _number(row.get("IMDB Rating"), 0, _BEST_RATING)
    runtime = _number(row.get("Running Time min"), 1, LONGEST_RUNTIME)
    fields: dict[str, Any] = {
        "title": _mended(title),
        "original_title": None,
        "synopsis": None,
        "genres": _genres(row),
        "directors": _names(row.get("Director")),
        "runtime_minutes": None if runtime is None else int(runtime),
        "certificate": _certificate(row.get("MPAA Rating")),
        "release_date": _release(row.get("Release Date"), as_of=as_of, was_rated=votes is not None),
        "rating": None if rating is None else float(rating),
        "popularity": int(votes or 0),
        "poster_url": None,
    }
    source = f"{title.casefold()}\n{row.get('Release Date')}"
    return ImportedFilm(
        key=hashlib.sha256(source.encode()).hexdigest(),
        content=hashlib.sha256(orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)).hexdigest(),
        fields=fields,
    )


def _title(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None:
        raise RowLeftOut("it has no title")
    if not isinstance(value, str):
        raise RowLeftOut(f"its title is neither text nor a whole number: {type(value).__name__}")
    try:
        return checked_text(value, field=["Title"], longest=LONGEST_TITLE)
    except InvalidInput as error:
        raise RowLeftOut(f"its title is not usable. {error.message}") from error


def _mended(title: str) -> str:
    """Undo a reading of Latin-1 as Mac Roman, where letters within words show that it happened."""
    odd = _IN_A_WORD.findall(title)
    if not odd or any(letter.islower() for letter in odd):
        return title
    try:
        return title.encode("mac_roman").decode("cp1252")
    except UnicodeError:
        return title


def _number(value: object, least: float, most: float) -> float | None:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if least <= value <= most else None


def _release(value: object, *, as_of: date, was_rated: bool) -> date | None:
    day = _date(value)
    if day is None or day <= as_of or (not was_rated and day.year <= as_of.year + _ANNOUNCED_YEARS):
        return day
    # A year of two digits was read as the wrong century's. There may be no 29 February in the right one.
    return date(day.year - 100, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def _date(value: object) -> date | None:
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        if match := _ISO.fullmatch(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _MONTH_FIRST.fullmatch(text):
            return date(int(match[3]), _MONTHS[match[1][:3].lower()], int(match[2]))
        if match := _DAY_FIRST.fullmatch(text):
            return date(int(match[3]), _MONTHS[match[2][:3].lower()], int(match[1]))
    except (ValueError, KeyError):
        return None
    return None


def _genres(row: Mapping[Any, Any]) -> list[str]:
    genres = _names(row.get("Major Genre"))
    if row.get("Creative Type") in _CREATIVE_GENRES:
        genres.append(str(row["Creative Type"]))
    return list(dict.fromkeys(genres))


def _names(value: object) -> list[str]:
    names: list[str] = []
    for part in value.split("/") if isinstance(value, str) else ():
        try:
            names.append(checked_text(part, field=["name"], longest=_LONGEST_NAME))
        except InvalidInput:
            continue
    return names


def _certificate(value: object) -> str | None:
    if not isinstance(value, str) or value in _NO_CERTIFICATE:
        return None
    try:
        return checked_text(value, field=["MPAA Rating"], longest=_LONGEST_CERTIFICATE)
    except InvalidInput:
        return None
