"""Films in the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.booking.models import Movie, MovieGenre, MovieTrigram
from subgraphs.booking.paging import Page, PageRequest
from subgraphs.booking.repository.movie_search import MovieQuery, movie_count, movie_page
from subgraphs.booking.repository.records import MOVIE_COLUMNS, MovieRecord
from subgraphs.booking.text import fold, trigrams

# Rows of these come by the thousand: plain tables, without the ORM's work for each.
_GENRES: Final = Movie.metadata.tables[MovieGenre.__tablename__]
_TRIGRAMS: Final = Movie.metadata.tables[MovieTrigram.__tablename__]
_FOLDED_TITLE: Final = 600
_FOLDED_GENRE: Final = 120


class MovieRepository:
    """Reads and writes films within one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_ids(self, ids: Sequence[str]) -> dict[str, MovieRecord]:
        """Read films; unknown ids are left out."""
        rows = await self._session.execute(select(*MOVIE_COLUMNS).where(Movie.id.in_(ids)))
        return {row.id: MovieRecord(*row) for row in rows}

    async def page(self, query: MovieQuery, request: PageRequest, *, now: datetime) -> Page[MovieRecord]:
        """Read a page of films."""
        rows = (await self._session.execute(movie_page(query, request, now=now))).all()
        width = len(MOVIE_COLUMNS)
        page = Page.of(rows, request, key=lambda row: tuple(row[width:]))
        return Page(tuple(MovieRecord(*row[:width]) for row in page.items), page.keys, page.has_next)

    async def count(self, query: MovieQuery, *, now: datetime) -> int:
        """Count the films that fit."""
        return await self._session.scalar(movie_count(query, now=now)) or 0

    async def by_source_keys(self, keys: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Give id and content hash of imported films by their source's key."""
        statement = select(Movie.source_key, Movie.id, Movie.source_hash).where(Movie.source_key.in_(keys))
        rows = await self._session.execute(statement)
        return {str(key): (movie_id, str(content)) for key, movie_id, content in rows}

    async def lock(self, movie_id: str) -> Movie | None:
        """Read a film to change it; another change of it waits."""
        return await self._session.get(Movie, movie_id, with_for_update=True)

    async def insert_many(self, films: Sequence[dict[str, Any]]) -> None:
        """Write films, given by column, with what searches need of them."""
        await self._session.execute(insert(Movie), [{**film, **_folded(film)} for film in films])
        await self._index(films)

    async def update_many(self, films: Sequence[dict[str, Any]]) -> None:
        """Write films anew, all columns given, with what searches need of them."""
        for film in films:
            values = {**film, **_folded(film)}
            await self._session.execute(update(Movie).where(Movie.id == values.pop("id")).values(values))
        await self.reindex(films)

    async def reindex(self, films: Sequence[dict[str, Any]]) -> None:
        """Write what searches need of changed films: `id`, `title`, `original_title`, `genres`."""
        ids = [film["id"] for film in films]
        for table in (MovieGenre, MovieTrigram):
            await self._session.execute(delete(table).where(table.movie_id.in_(ids)))
        await self._index(films)

    async def _index(self, films: Iterable[dict[str, Any]]) -> None:
        genres, parts = [], []
        for film in films:
            genres += [{"genre": genre, "movie_id": film["id"]} for genre in folded_genres(film["genres"])]
            text = search_text_of(film["title"], film.get("original_title"))
            parts += [{"trigram": part, "movie_id": film["id"]} for part in trigrams(text)]
        if genres:
            await self._session.execute(insert(_GENRES), genres)
        if parts:
            await self._session.execute(insert(_TRIGRAMS), parts)


def folded_genres(genres: Sequence[str]) -> tuple[str, ...]:
    """Give genres as filters compare them."""
    return tuple(sorted({fold(genre)[:_FOLDED_GENRE] for genre in genres}))


def folded_title_of(title: str) -> str:
    """Give a title as it is sorted."""
    return fold(title)[:_FOLDED_TITLE]


def search_text_of(title: str, original_title: str | None) -> str:
    """Give the text that the search by title looks at."""
    return fold(title if original_title is None else f"{title} {original_title}")


def _folded(film: dict[str, Any]) -> dict[str, Any]:
    return {
        "title_folded": folded_title_of(film["title"]),
        "search_text": search_text_of(film["title"], film.get("original_title")),
    }
