"""Films: finding, making, changing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

from subgraphs.booking.paging import Page, PageRequest
from subgraphs.booking.repository.audit import AuditLog
from subgraphs.booking.repository.movie_search import MovieQuery
from subgraphs.booking.repository.movies import MovieRepository, folded_title_of, search_text_of
from subgraphs.booking.repository.records import MovieRecord
from subgraphs.common.clock import Clock
from subgraphs.common.database import Database
from subgraphs.common.errors import InvalidInput, NotFound
from subgraphs.common.ids import is_id, new_id
from subgraphs.common.texts import checked_text, optional_text

LONGEST_TITLE: Final = 300
LONGEST_RUNTIME: Final = 1_000
_LONGEST_SYNOPSIS: Final = 5_000
_LONGEST_NAME: Final = 100
_LONGEST_CERTIFICATE: Final = 20
_LONGEST_URL: Final = 2_000
_MOST_NAMES: Final = 20
_FIRST_FILM: Final = date(1870, 1, 1)
_LAST_YEAR: Final = 2200
_SEARCHED: Final = frozenset({"title", "original_title", "genres"})


class MovieService:
    """What may be done with films."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def by_ids(self, ids: Sequence[str]) -> dict[str, MovieRecord]:
        """Read films; unknown ids are left out."""
        async with self._database.read() as session:
            return await MovieRepository(session).by_ids(ids)

    async def page(self, query: MovieQuery, request: PageRequest) -> Page[MovieRecord]:
        """Find films; the request's `after` has the shape `SORT_SHAPES` gives for the query's order."""
        async with self._database.read() as session:
            return await MovieRepository(session).page(query, request, now=self._clock.now())

    async def count(self, query: MovieQuery) -> int:
        """Count the films that fit."""
        async with self._database.read() as session:
            return await MovieRepository(session).count(query, now=self._clock.now())

    async def create(self, fields: Mapping[str, Any], *, actor: str) -> MovieRecord:
        """Make a film.

        Args:
            fields: values by the model's columns; those left out are unknown. A title is needed.
            actor: the staff's id.

        Raises:
            InvalidInput: a value is refused.
        """
        now = self._clock.now()
        film = {**_UNKNOWN, **_checked({"title": None, **fields}), "id": new_id()}
        row = {**film, "popularity": 0, "created_at": now, "updated_at": now}
        async with self._database.write() as session:
            await MovieRepository(session).insert_many([row])
            await AuditLog(session, now=now).record(film["id"], "createMovie", actor=actor)
        return _record(film)

    async def update(self, movie_id: str, fields: Mapping[str, Any], *, actor: str) -> MovieRecord:
        """Change the fields that are given; None removes what a film may be without.

        Raises:
            InvalidInput: a value is refused.
            NotFound: there is no such film.
        """
        changes = _checked(fields)
        now = self._clock.now()
        unknown = NotFound("There is no such film.", field=["id"])
        if not is_id(movie_id):
            raise unknown
        async with self._database.write() as session:
            films = MovieRepository(session)
            film = await films.lock(movie_id)
            if film is None:
                raise unknown
            for name, value in changes.items():
                setattr(film, name, value)
            film.updated_at = now
            film.title_folded = folded_title_of(film.title)
            film.search_text = search_text_of(film.title, film.original_title)
            after = {name: getattr(film, name) for name in ("id", *_UNKNOWN)}
            if _SEARCHED & changes.keys():
                await films.reindex([after])
            await AuditLog(session, now=now).record(
                movie_id, "updateMovie", actor=actor, details={"fields": sorted(changes)}
            )
        return _record(after)


def _checked_names(values: Sequence[str] | None, *, field: str) -> list[str]:
    names = list(values or ())
    if len(names) > _MOST_NAMES:
        raise InvalidInput(f"At most {_MOST_NAMES} of these.", field=[field])
    checked: list[str] = []
    for position, name in enumerate(names):
        try:
            checked.append(checked_text(name, field=[field], longest=_LONGEST_NAME))
        except InvalidInput as error:
            raise InvalidInput(error.message, field=[field, str(position)]) from error
    return list(dict.fromkeys(checked))


def _checked_runtime(minutes: int | None) -> int | None:
    if minutes is not None and not 1 <= minutes <= LONGEST_RUNTIME:
        raise InvalidInput(f"A runtime is 1 to {LONGEST_RUNTIME} minutes.", field=["runtimeMinutes"])
    return minutes


def _checked_release(day: date | None) -> date | None:
    if day is not None and (day < _FIRST_FILM or day.year > _LAST_YEAR):
        raise InvalidInput(f"A release date lies between {_FIRST_FILM} and {_LAST_YEAR}.", field=["releaseDate"])
    return day


def _checked_url(url: str | None) -> str | None:
    text = optional_text(url, field=["posterUrl"], longest=_LONGEST_URL)
    if text is None:
        return None
    refusal = InvalidInput("Send a web address that starts with https:// or http://.", field=["posterUrl"])
    try:
        parts = urlsplit(text)
        named = parts.scheme in {"http", "https"} and parts.hostname
    except ValueError as error:
        raise refusal from error
    if not named or any(character.isspace() for character in text):
        raise refusal
    return text


_CHECKS: Final[dict[str, Callable[[Any], Any]]] = {
    "title": lambda value: checked_text(value or "", field=["title"], longest=LONGEST_TITLE),
    "original_title": lambda value: optional_text(value, field=["originalTitle"], longest=LONGEST_TITLE),
    "synopsis": lambda value: optional_text(value, field=["synopsis"], longest=_LONGEST_SYNOPSIS, multiline=True),
    "genres": lambda value: _checked_names(value, field="genres"),
    "directors": lambda value: _checked_names(value, field="directors"),
    "runtime_minutes": _checked_runtime,
    "certificate": lambda value: optional_text(value, field=["certificate"], longest=_LONGEST_CERTIFICATE),
    "release_date": _checked_release,
    "poster_url": _checked_url,
}
_UNKNOWN: Final[dict[str, Any]] = {**dict.fromkeys(_CHECKS), "genres": [], "directors": [], "rating": None}


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _CHECKS[name](value) for name, value in fields.items()}


def _record(film: Mapping[str, Any]) -> MovieRecord:
    return MovieRecord(**film)
