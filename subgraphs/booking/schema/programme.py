"""The types of the programme: films, cinemas, showtimes."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

import strawberry

from subgraphs.booking.context import BookingInfo
from subgraphs.booking.loaders import ShowtimesOfMovie
from subgraphs.booking.money import Amount
from subgraphs.booking.paging import PageRequest
from subgraphs.booking.repository.records import CinemaRecord, MovieRecord, ShowtimeRecord
from subgraphs.booking.repository.showtimes import SHOWTIME_SORT_SHAPE, ShowtimeQuery
from subgraphs.booking.schema.catalogue_inputs import ShowtimeFilter
from subgraphs.booking.schema.connections import Connection, connection_of
from subgraphs.booking.schema.enums import SeatCategory, ShowtimeStatus
from subgraphs.booking.schema.stubs import Auditorium
from subgraphs.common.graphql_types import Money

ID_FIELD = "Opaque identifier."


@strawberry.federation.type(keys=["id"], description="A film.")
class Movie:
    """See `MovieRecord`."""

    id: strawberry.ID = strawberry.field(description=ID_FIELD)
    title: str = strawberry.field(description="The title under which it is shown.")
    original_title: str | None = strawberry.field(description="The title in the film's own language, where it differs.")
    synopsis: str | None = strawberry.field(description="What it is about.")
    genres: list[str] = strawberry.field(description="Like Drama, Comedy.")
    directors: list[str] = strawberry.field(description="Who directed it.")
    runtime_minutes: int | None = strawberry.field(description="How long it is.")
    certificate: str | None = strawberry.field(description="The age rating, like PG-13.")
    release_date: date | None = strawberry.field(description="When it first came to cinemas.")
    rating: float | None = strawberry.field(description="What people think of it, from 0 to 10.")
    poster_url: str | None = strawberry.field(description="Address of its poster.")

    @classmethod
    def of(cls, record: MovieRecord) -> Movie:
        """Wrap a record."""
        return cls(
            id=strawberry.ID(record.id),
            title=record.title,
            original_title=record.original_title,
            synopsis=record.synopsis,
            genres=record.genres,
            directors=record.directors,
            runtime_minutes=record.runtime_minutes,
            certificate=record.certificate,
            release_date=record.release_date,
            rating=record.rating,
            poster_url=record.poster_url,
        )

    @strawberry.field(description="When and where it is shown, by start; from now on when no filter says otherwise.")
    async def showtimes(
        self, info: BookingInfo, first: int | None = 20, after: str | None = None, filter: ShowtimeFilter | None = None
    ) -> Connection[Showtime]:
        request = PageRequest.of(first, after, shape=SHOWTIME_SORT_SHAPE)
        asked = ShowtimesOfMovie(self.id, ShowtimeQuery() if filter is None else filter.to_query(), request)
        page = await info.context.loaders.movie_showtimes.load(asked)
        count = partial(info.context.loaders.movie_showtime_counts.load, asked)
        return connection_of(page, Showtime.of, after=after, count=count)

    @classmethod
    async def resolve_reference(cls, info: BookingInfo, id: strawberry.ID) -> Movie | None:
        """Answer the router for one film."""
        record = await info.context.loaders.movies.load(id)
        return None if record is None else cls.of(record)


@strawberry.federation.type(keys=["id"], description="A place where films are shown.")
class Cinema:
    """See `CinemaRecord`."""

    id: strawberry.ID = strawberry.field(description=ID_FIELD)
    name: str = strawberry.field(description="Its name.")
    city: str = strawberry.field(description="The city where it stands.")
    address: str | None = strawberry.field(description="Street and number.")
    time_zone: str = strawberry.field(description="IANA name of its time zone, like Europe/Berlin.")

    @classmethod
    def of(cls, record: CinemaRecord) -> Cinema:
        """Wrap a record."""
        return cls(
            id=strawberry.ID(record.id),
            name=record.name,
            city=record.city,
            address=record.address,
            time_zone=record.time_zone,
        )

    @classmethod
    async def resolve_reference(cls, info: BookingInfo, id: strawberry.ID) -> Cinema | None:
        """Answer the router for one cinema."""
        record = await info.context.loaders.cinemas.load(id)
        return None if record is None else cls.of(record)


@strawberry.type(description="What a seat of a category costs.")
class SeatPrice:
    """One line of a showtime's prices."""

    category: SeatCategory = strawberry.field(description="The kind of seat.")
    price: Money = strawberry.field(description="What one seat of it costs.")


def money_of(amount: Amount) -> Money:
    """Show an amount."""
    return Money(amount=amount.decimal, currency=amount.currency)


@strawberry.federation.type(keys=["id"], description="A film in a room at a time.")
class Showtime:
    """See `ShowtimeRecord`."""

    record: strawberry.Private[ShowtimeRecord]
    id: strawberry.ID = strawberry.field(description=ID_FIELD)
    starts_at: datetime = strawberry.field(description="When the film starts.")
    ends_at: datetime = strawberry.field(description="When it ends.")
    sale_starts_at: datetime = strawberry.field(description="From when tickets are sold.")
    sale_ends_at: datetime = strawberry.field(description="Until when tickets are sold.")

    @classmethod
    def of(cls, record: ShowtimeRecord) -> Showtime:
        """Wrap a record."""
        return cls(
            record=record,
            id=strawberry.ID(record.id),
            starts_at=record.starts_at,
            ends_at=record.ends_at,
            sale_starts_at=record.sale_starts_at,
            sale_ends_at=record.sale_ends_at,
        )

    @classmethod
    async def resolve_reference(cls, info: BookingInfo, id: strawberry.ID) -> Showtime | None:
        """Answer the router for one showtime."""
        record = await info.context.loaders.showtimes.load(id)
        return None if record is None else cls.of(record)

    @strawberry.field(description="The film.")
    async def movie(self, info: BookingInfo) -> Movie:
        record = await info.context.loaders.movies.load(self.record.movie_id)
        if record is None:
            raise LookupError(f"showtime {self.id} has no film")
        return Movie.of(record)

    @strawberry.field(description="The cinema.")
    async def cinema(self, info: BookingInfo) -> Cinema:
        record = await info.context.loaders.cinemas.load(self.record.cinema_id)
        if record is None:
            raise LookupError(f"showtime {self.id} has no cinema")
        return Cinema.of(record)

    @strawberry.field(description="The room.")
    def auditorium(self) -> Auditorium:
        return Auditorium(id=strawberry.ID(self.record.auditorium_id))

    @strawberry.field(description="Whether tickets are to be had.")
    def status(self, info: BookingInfo) -> ShowtimeStatus:
        return info.context.catalogue.showtimes.status_of(self.record)

    @strawberry.field(description="What seats cost, by category.")
    def prices(self) -> list[SeatPrice]:
        return [
            SeatPrice(
                category=category, price=money_of(Amount(self.record.prices[category.name], self.record.currency))
            )
            for category in SeatCategory
            if category.name in self.record.prices
        ]
