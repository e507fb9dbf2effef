"""Batches what resolvers of one request ask for one by one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from strawberry.dataloader import DataLoader

from subgraphs.booking.repository.records import CinemaRecord, MovieRecord, ShowtimeRecord
from subgraphs.booking.service.catalogue import Catalogue
from subgraphs.common.ids import is_id

T = TypeVar("T")
ById = Callable[[Sequence[str]], Awaitable[dict[str, T]]]


class CatalogueLoaders:
    """Loaders of the programme. `remember`: whether an answer serves for the whole request (not on WebSockets)."""

    def __init__(self, catalogue: Catalogue, *, remember: bool) -> None:
        self.movies: DataLoader[str, MovieRecord | None] = by_id_loader(catalogue.movies.by_ids, remember=remember)
        self.cinemas: DataLoader[str, CinemaRecord | None] = by_id_loader(catalogue.cinemas.by_ids, remember=remember)
        self.showtimes: DataLoader[str, ShowtimeRecord | None] = by_id_loader(
            catalogue.showtimes.by_ids, remember=remember
        )


def by_id_loader(load: ById[T], *, remember: bool) -> DataLoader[str, T | None]:
    """Make a loader of things by plain id. Ids of another shape are unknown, and never reach the database."""

    async def load_many(ids: list[str]) -> list[T | None]:
        well_formed = [one for one in ids if is_id(one)]
        found = await load(well_formed) if well_formed else {}
        return [found.get(one) for one in ids]

    return DataLoader(load_many, cache=remember)
