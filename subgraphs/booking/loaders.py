"""Batches what resolvers of one request ask for one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from strawberry.dataloader import DataLoader

from subgraphs.booking.paging import Page, PageRequest
from subgraphs.booking.repository.records import CinemaRecord, MovieRecord, ShowtimeRecord
from subgraphs.booking.repository.sale_records import BookingRecord, LineRecord, PaymentRecord, TicketRecord
from subgraphs.booking.repository.showtimes import ShowtimeQuery
from subgraphs.booking.service.bookings import BookingService
from subgraphs.booking.service.catalogue import Catalogue
from subgraphs.common.ids import is_id, is_scoped_id

T = TypeVar("T")
# A statement takes some 32,000 values; a page never needs as many, a list of representations might.
_MOST_IDS: Final = 1_000
ById = Callable[[Sequence[str]], Awaitable[dict[str, T]]]


@dataclass(frozen=True, slots=True)
class ShowtimesOfMovie:
    """Asks for one page of a film's showtimes."""

    movie_id: str
    query: ShowtimeQuery
    request: PageRequest


class CatalogueLoaders:
    """Loaders of the programme. `remember`: whether an answer serves for the whole request (not on WebSockets)."""

    def __init__(self, catalogue: Catalogue, *, remember: bool) -> None:
        self.movies: DataLoader[str, MovieRecord | None] = by_id_loader(catalogue.movies.by_ids, remember=remember)
        self.cinemas: DataLoader[str, CinemaRecord | None] = by_id_loader(catalogue.cinemas.by_ids, remember=remember)
        self.movie_showtimes: DataLoader[ShowtimesOfMovie, Page[ShowtimeRecord]] = DataLoader(
            partial(_load_showtimes, catalogue), cache=remember
        )
        self.movie_showtime_counts: DataLoader[ShowtimesOfMovie, int] = DataLoader(
            partial(_count_showtimes, catalogue), cache=remember
        )
        self.showtimes: DataLoader[str, ShowtimeRecord | None] = by_id_loader(
            catalogue.showtimes.by_ids, remember=remember
        )


def by_id_loader(load: ById[T], *, remember: bool) -> DataLoader[str, T | None]:
    """Make a loader of things by plain id. Ids of another shape are unknown, and never reach the database."""

    async def load_many(ids: list[str]) -> list[T | None]:
        well_formed = [one for one in ids if is_id(one)]
        found = await load(well_formed) if well_formed else {}
        return [found.get(one) for one in ids]

    return DataLoader(load_many, cache=remember, max_batch_size=_MOST_IDS)


async def _load_showtimes(catalogue: Catalogue, asked: list[ShowtimesOfMovie]) -> list[Page[ShowtimeRecord]]:
    """Load pages, in one statement for all films of which the same page is asked for."""
    pages: dict[ShowtimesOfMovie, Page[ShowtimeRecord]] = {}
    for (query, request), alike in _alike(asked).items():
        found = await catalogue.showtimes.pages_of_movies([one.movie_id for one in alike], query, request)
        pages.update({one: found.get(one.movie_id, Page((), (), has_next=False)) for one in alike})
    return [pages[one] for one in asked]


async def _count_showtimes(catalogue: Catalogue, asked: list[ShowtimesOfMovie]) -> list[int]:
    """Count as `_load_showtimes` loads."""
    counts: dict[ShowtimesOfMovie, int] = {}
    for (query, _), alike in _alike(asked).items():
        found = await catalogue.showtimes.counts_of_movies([one.movie_id for one in alike], query)
        counts.update({one: found.get(one.movie_id, 0) for one in alike})
    return [counts[one] for one in asked]


def _alike(asked: Sequence[ShowtimesOfMovie]) -> dict[tuple[ShowtimeQuery, PageRequest], list[ShowtimesOfMovie]]:
    groups: defaultdict[tuple[ShowtimeQuery, PageRequest], list[ShowtimesOfMovie]] = defaultdict(list)
    for one in asked:
        groups[one.query, one.request].append(one)
    return groups


class SalesLoaders:
    """Loaders of sales. `remember`: whether an answer serves for the whole request (not on WebSockets)."""

    def __init__(self, bookings: BookingService, *, remember: bool) -> None:
        self.bookings: DataLoader[str, BookingRecord | None] = DataLoader(_one_each(bookings.by_ids), cache=remember)
        self.lines: DataLoader[str, Sequence[LineRecord]] = DataLoader(_many_each(bookings.lines_of), cache=remember)
        self.payments: DataLoader[str, Sequence[PaymentRecord]] = DataLoader(
            _many_each(bookings.payments_of), cache=remember
        )
        self.tickets: DataLoader[str, Sequence[TicketRecord]] = DataLoader(
            _many_each(bookings.tickets_of), cache=remember
        )


def _one_each(
    load: Callable[[Sequence[str]], Awaitable[dict[str, T]]],
) -> Callable[[list[str]], Awaitable[list[T | None]]]:
    async def load_many(ids: list[str]) -> list[T | None]:
        well_formed = [one for one in ids if is_scoped_id(one)]
        found = await load(well_formed) if well_formed else {}
        return [found.get(one) for one in ids]

    return load_many


def _many_each(
    load: Callable[[Sequence[str]], Awaitable[dict[str, tuple[T, ...]]]],
) -> Callable[[list[str]], Awaitable[list[Sequence[T]]]]:
    async def load_many(ids: list[str]) -> list[Sequence[T]]:
        found = await load(ids)
        return [found.get(one, ()) for one in ids]

    return load_many
