"""What everybody may ask about the programme."""

from __future__ import annotations

from functools import partial

import strawberry

from subgraphs.booking.context import BookingInfo
from subgraphs.booking.paging import PageRequest
from subgraphs.booking.repository.cinemas import CINEMA_SORT_SHAPE
from subgraphs.booking.repository.movie_search import SORT_SHAPES
from subgraphs.booking.repository.showtimes import SHOWTIME_SORT_SHAPE
from subgraphs.booking.schema.catalogue_inputs import CinemaFilter, MovieFilter, ShowtimeFilter
from subgraphs.booking.schema.connections import Connection, connection_of
from subgraphs.booking.schema.enums import MovieOrder
from subgraphs.booking.schema.programme import Cinema, Movie, Showtime


@strawberry.type
class CatalogueQuery:
    """The programme's part of `Query`."""

    @strawberry.field(description="Films, those that meet the filter.")
    async def movies(
        self,
        info: BookingInfo,
        first: int | None = 20,
        after: str | None = None,
        filter: MovieFilter | None = None,
        order_by: MovieOrder | None = MovieOrder.RELEVANCE,
    ) -> Connection[Movie]:
        order = order_by or MovieOrder.RELEVANCE
        query = (filter or MovieFilter()).to_query(order)
        films = info.context.catalogue.movies
        page = await films.page(query, PageRequest.of(first, after, shape=SORT_SHAPES[order]))
        return connection_of(page, Movie.of, after=after, count=partial(films.count, query))

    @strawberry.field(description="Cinemas by name, those that meet the filter.")
    async def cinemas(
        self, info: BookingInfo, first: int | None = 20, after: str | None = None, filter: CinemaFilter | None = None
    ) -> Connection[Cinema]:
        query = (filter or CinemaFilter()).to_query()
        cinemas = info.context.catalogue.cinemas
        page = await cinemas.page(query, PageRequest.of(first, after, shape=CINEMA_SORT_SHAPE))
        return connection_of(page, Cinema.of, after=after, count=partial(cinemas.count, query))

    @strawberry.field(description="Showtimes by start, those that meet the filter.")
    async def showtimes(
        self, info: BookingInfo, first: int | None = 20, after: str | None = None, filter: ShowtimeFilter | None = None
    ) -> Connection[Showtime]:
        query = (filter or ShowtimeFilter()).to_query()
        showtimes = info.context.catalogue.showtimes
        page = await showtimes.page(query, PageRequest.of(first, after, shape=SHOWTIME_SORT_SHAPE))
        return connection_of(page, Showtime.of, after=after, count=partial(showtimes.count, query))

    @strawberry.field(description="One film; null for an unknown id.")
    async def movie(self, info: BookingInfo, id: strawberry.ID) -> Movie | None:
        return await Movie.resolve_reference(info, id)

    @strawberry.field(description="One cinema; null for an unknown id.")
    async def cinema(self, info: BookingInfo, id: strawberry.ID) -> Cinema | None:
        return await Cinema.resolve_reference(info, id)

    @strawberry.field(description="One showtime; null for an unknown id.")
    async def showtime(self, info: BookingInfo, id: strawberry.ID) -> Showtime | None:
        return await Showtime.resolve_reference(info, id)
