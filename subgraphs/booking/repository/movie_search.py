"""The SQL of finding films: by title, forgiving typing errors, by genre, and by where and when they are shown.

The search by title compares trigrams (see `MovieTrigram`): a film is found when it has enough of those of the search
term, or when its folded titles contain the term. It is the same on both databases and needs no extension of either.
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Select, Subquery, case, false, func, literal, or_, select

from subgraphs.booking.models import Cinema, Movie, MovieGenre, MovieTrigram, Showtime
from subgraphs.booking.paging import PageRequest, SortPart, follows
from subgraphs.booking.repository.records import MOVIE_COLUMNS
from subgraphs.booking.text import trigrams
from subgraphs.common.database import UtcDateTime

_MOVIES: Final = Movie.__table__
_LIKENESS: Final = 1_000
_FAR: Final = datetime(9999, 1, 1, tzinfo=UTC)
_LONG_AGO: Final = date(1, 1, 1)
# Of a short term, a slip of the finger spoils most trigrams; a long one has enough of them to ask for half.
_SHORT_TERM: Final = 8
_SHARE_OF_SHORT: Final = 0.4
_SHARE_OF_LONG: Final = 0.5


class MovieOrder(enum.Enum):
    """How films are ordered."""

    RELEVANCE = "RELEVANCE"
    TITLE = "TITLE"
    RELEASE_DATE = "RELEASE_DATE"
    RATING = "RATING"
    NEXT_SHOWTIME = "NEXT_SHOWTIME"


SORT_SHAPES: Final[dict[MovieOrder, tuple[type, ...]]] = {
    MovieOrder.RELEVANCE: (int, int, str),
    MovieOrder.TITLE: (str, str),
    MovieOrder.RELEASE_DATE: (date, str),
    MovieOrder.RATING: (float, int, str),
    MovieOrder.NEXT_SHOWTIME: (datetime, str),
}
"""The types of the sort key of each order."""


@dataclass(frozen=True, slots=True)
class MovieQuery:
    """Which films, and in which order.

    Attributes:
        title: a folded search term; empty: it has no letters, and finds nothing; None: any title.
        genres: folded; a film with any of them fits; empty: any genre.
        showing_from: a showtime starts then or later. Now, where only another showing filter is set.
        showing_to: and before this.
        cinema_id: at this cinema.
        city: in this city, folded.
        order: see `MovieOrder`.
    """

    title: str | None = None
    genres: tuple[str, ...] = ()
    showing_from: datetime | None = None
    showing_to: datetime | None = None
    cinema_id: str | None = None
    city: str | None = None
    order: MovieOrder = MovieOrder.RELEVANCE

    @property
    def asks_for_showtimes(self) -> bool:
        """Whether only films that are shown fit."""
        return any((self.showing_from, self.showing_to, self.cinema_id, self.city))


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """A search term and its trigrams.

    Attributes:
        text: folded.
        trigrams: its trigrams.
        needed: how many of them a film must have.
        scan: a film could contain the term and still have too few: titles have to be looked at one by one.
    """

    text: str
    trigrams: tuple[str, ...]
    needed: int
    scan: bool

    @classmethod
    def of(cls, text: str) -> SearchTerm:
        """Work out how to search for a folded term."""
        found = trigrams(text)
        share = _SHARE_OF_SHORT if len(found) <= _SHORT_TERM else _SHARE_OF_LONG
        needed = max(1, math.ceil(len(found) * share))
        # Within a longer title, the first word may begin and the last word may end in the middle of a word.
        inner = "   ".join(text.split())
        certain = {inner[start : start + 3] for start in range(len(inner) - 2)} & found
        return cls(text, tuple(sorted(found)), needed, scan=len(certain) < needed)


def movie_page(query: MovieQuery, request: PageRequest, *, now: datetime) -> Select[*tuple[Any, ...]]:
    """Select one film more than the page has: `MOVIE_COLUMNS`, then the sort key's parts."""
    search = _Search(query, now)
    parts = search.sort_parts()
    # A label keeps a part of the key apart from the column that it may be.
    keys = [part.column.label(f"key_{number}") for number, part in enumerate(parts)]
    statement = select(*MOVIE_COLUMNS, *keys).select_from(search.source).where(*search.conditions)
    if request.after is not None:
        statement = statement.where(follows(parts, request.after))
    return statement.order_by(*(part.order for part in parts)).limit(request.first + 1)


def movie_count(query: MovieQuery, *, now: datetime) -> Select[*tuple[Any, ...]]:
    """Count the films that fit."""
    search = _Search(query, now)
    return select(func.count()).select_from(search.source).where(*search.conditions)


class _Search:
    """The parts of the statement for one query: what it selects from, its conditions, its order."""

    def __init__(self, query: MovieQuery, now: datetime) -> None:
        self._query = query
        self._now = now
        self.source: FromClause = _MOVIES
        self.conditions: list[ColumnElement[bool]] = []
        self._score: ColumnElement[int] | None = None
        if query.title == "":
            self.conditions.append(false())
        elif query.title is not None:
            self._score = self._match(SearchTerm.of(query.title))
        if query.genres:
            of_genre = select(MovieGenre.movie_id).where(MovieGenre.genre.in_(query.genres))
            self.conditions.append(_MOVIES.c.id.in_(of_genre))
        self._shown = self._join_shown() if query.asks_for_showtimes else None

    def sort_parts(self) -> list[SortPart]:
        """Give the sort key of the query's order."""
        by_id = SortPart(_MOVIES.c.id, str)
        by_popularity = SortPart(_MOVIES.c.popularity, int, descending=True)
        match self._query.order:
            case MovieOrder.RELEVANCE:
                relevance = self._is_shown() if self._score is None else self._score
                return [SortPart(relevance, int, descending=True), by_popularity, by_id]
            case MovieOrder.TITLE:
                return [SortPart(_MOVIES.c.title_folded, str), by_id]
            case MovieOrder.RELEASE_DATE:
                released = func.coalesce(_MOVIES.c.release_date, _LONG_AGO)
                return [SortPart(released, date, descending=True), by_id]
            case MovieOrder.RATING:
                rated = func.coalesce(_MOVIES.c.rating, literal(-1.0))
                return [SortPart(rated, float, descending=True), by_popularity, by_id]
            case MovieOrder.NEXT_SHOWTIME:
                return [SortPart(self._next_start(), datetime), by_id]

    def _match(self, term: SearchTerm) -> ColumnElement[int]:
        """Keep the films whose titles fit a term; give how well they do."""
        shared = func.count().label("shared")
        hits = (
            select(MovieTrigram.movie_id, shared)
            .where(MovieTrigram.trigram.in_(term.trigrams))
            .group_by(MovieTrigram.movie_id)
            .having(func.count() >= term.needed)
            .subquery("hits")
        )
        contained = _MOVIES.c.search_text.contains(term.text, autoescape=True)
        self.source = self.source.join(hits, hits.c.movie_id == _MOVIES.c.id, isouter=term.scan)
        if term.scan:
            self.conditions.append(or_(hits.c.shared.is_not(None), contained))
        likeness = func.coalesce(hits.c.shared, 0) * _LIKENESS // max(1, len(term.trigrams))
        title = _MOVIES.c.title_folded
        bonus = case(
            (title == term.text, 3 * _LIKENESS),
            (title.startswith(f"{term.text} ", autoescape=True), 2 * _LIKENESS),
            (contained, _LIKENESS),
            else_=0,
        )
        return likeness + bonus

    def _join_shown(self, *, isouter: bool = False) -> Subquery:
        """Join each film's next fitting showtime."""
        query = self._query
        starts = Showtime.starts_at
        statement = select(Showtime.movie_id, func.min(starts).label("next")).where(
            Showtime.cancelled_at.is_(None), starts >= (query.showing_from or self._now)
        )
        if query.showing_to is not None:
            statement = statement.where(starts < query.showing_to)
        if query.cinema_id is not None:
            statement = statement.where(Showtime.cinema_id == query.cinema_id)
        if query.city is not None:
            in_city = select(Cinema.id).where(Cinema.city_folded == query.city)
            statement = statement.where(Showtime.cinema_id.in_(in_city))
        shown = statement.group_by(Showtime.movie_id).subquery("shown")
        self.source = self.source.join(shown, shown.c.movie_id == _MOVIES.c.id, isouter=isouter)
        return shown

    def _is_shown(self) -> ColumnElement[int]:
        if self._shown is not None:
            return literal(1)
        return case((self._join_shown(isouter=True).c.next.is_not(None), 1), else_=0)

    def _next_start(self) -> ColumnElement[datetime]:
        if self._shown is not None:
            return self._shown.c.next
        return func.coalesce(self._join_shown(isouter=True).c.next, literal(_FAR, UtcDateTime()))
