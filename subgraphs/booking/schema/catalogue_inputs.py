"""What clients send about the programme: filters of lists, inputs of staff's mutations."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import strawberry
from strawberry import UNSET

from subgraphs.booking.repository.cinemas import CinemaQuery
from subgraphs.booking.repository.movie_search import MovieQuery
from subgraphs.booking.repository.movies import folded_genres
from subgraphs.booking.repository.showtimes import ShowtimeQuery
from subgraphs.booking.schema.enums import MovieOrder, SeatCategory
from subgraphs.booking.service.cinemas import NewCinema
from subgraphs.booking.service.prices import NewPrice
from subgraphs.booking.service.scheduling import NewShowtime, ShowtimeChange
from subgraphs.booking.text import fold
from subgraphs.common.errors import BadUserInput, InvalidInput
from subgraphs.common.ids import is_id
from subgraphs.common.texts import checked_text

_LONGEST_TERM: Final = 200
_MOST_GENRES: Final = 20
_MOST_SEATS: Final = 100_000
_MOST_PRICES: Final = 20
_NO_SUCH_ID: Final = "-"
"""Stands for a malformed id: as unknown as any other that does not exist."""


def _term(value: str | None, *, name: str) -> str | None:
    """Fold a search term; None and blank ones ask for anything.

    Raises:
        BadUserInput: too long, or not plain text.
    """
    if value is None or (len(value) <= _LONGEST_TERM and not value.strip()):
        return None
    try:
        return fold(checked_text(value, field=[name], longest=_LONGEST_TERM))
    except InvalidInput as error:
        raise BadUserInput(f"`{name}`: {error.message}") from error


def _known_id(value: str | None) -> str | None:
    return _NO_SUCH_ID if value is not None and not is_id(value) else value


def _check_span(start: datetime | None, end: datetime | None, *, names: str) -> None:
    if start is not None and end is not None and start >= end:
        raise BadUserInput(f"{names}: the second moment must be after the first.")


@strawberry.input(description="Which films. Those that meet everything that is given.")
class MovieFilter:
    """See `MovieQuery`."""

    title: str | None = strawberry.field(
        default=None, description="Words or parts of words of the title; case, accents and typing errors are forgiven."
    )
    genres: list[str] | None = strawberry.field(default=None, description="With any of these genres.")
    showing_from: datetime | None = strawberry.field(default=None, description="Shown at this moment or later.")
    showing_to: datetime | None = strawberry.field(default=None, description="Shown before this moment.")
    cinema_id: strawberry.ID | None = strawberry.field(default=None, description="Shown at this cinema.")
    city: str | None = strawberry.field(default=None, description="Shown in this city.")

    def to_query(self, order: MovieOrder) -> MovieQuery:
        """Give the query.

        Raises:
            BadUserInput: a value is refused.
        """
        if len(self.genres or ()) > _MOST_GENRES:
            raise BadUserInput(f"`genres`: at most {_MOST_GENRES}.")
        _check_span(self.showing_from, self.showing_to, names="`showingFrom` and `showingTo`")
        genres = [_term(genre, name="genres") or "" for genre in self.genres or ()]
        return MovieQuery(
            title=_term(self.title, name="title"),
            genres=folded_genres(genres),
            showing_from=self.showing_from,
            showing_to=self.showing_to,
            cinema_id=_known_id(self.cinema_id),
            city=_term(self.city, name="city"),
            order=order,
        )


@strawberry.input(description="Which cinemas. Those that meet everything that is given.")
class CinemaFilter:
    """See `CinemaQuery`."""

    city: str | None = strawberry.field(default=None, description="In this city; case and accents do not matter.")
    name: str | None = strawberry.field(default=None, description="With this in the name.")

    def to_query(self) -> CinemaQuery:
        """Give the query; raises as `MovieFilter.to_query`."""
        return CinemaQuery(city=_term(self.city, name="city"), name=_term(self.name, name="name"))


@strawberry.input(description="Which showtimes. Those that meet everything that is given.")
class ShowtimeFilter:
    """See `ShowtimeQuery`."""

    movie_id: strawberry.ID | None = strawberry.field(default=None, description="Of this film.")
    cinema_id: strawberry.ID | None = strawberry.field(default=None, description="At this cinema.")
    city: str | None = strawberry.field(default=None, description="In this city.")
    from_: datetime | None = strawberry.field(
        name="from", default=None, description="Starting at this moment or later; from now on when left out."
    )
    to: datetime | None = strawberry.field(default=None, description="Starting before this moment.")
    min_available: int | None = strawberry.field(
        default=None, description="With at least so many free seats; the figure may lag by seconds."
    )
    include_cancelled: bool = strawberry.field(default=False, description="Cancelled ones, too.")

    def to_query(self) -> ShowtimeQuery:
        """Give the query; raises as `MovieFilter.to_query`."""
        _check_span(self.from_, self.to, names="`from` and `to`")
        if self.min_available is not None and not 0 <= self.min_available <= _MOST_SEATS:
            raise BadUserInput(f"`minAvailable` must be from 0 to {_MOST_SEATS}.")
        return ShowtimeQuery(
            starts_from=self.from_,
            starts_to=self.to,
            movie_id=_known_id(self.movie_id),
            cinema_id=_known_id(self.cinema_id),
            city=_term(self.city, name="city"),
            min_available=self.min_available,
            with_cancelled=self.include_cancelled,
        )


_MOVIE_FIELDS: Final = (
    "title",
    "original_title",
    "synopsis",
    "genres",
    "directors",
    "runtime_minutes",
    "certificate",
    "release_date",
    "poster_url",
)


def _movie_fields(given: CreateMovieInput | UpdateMovieInput) -> dict[str, Any]:
    values = {name: getattr(given, name) for name in _MOVIE_FIELDS}
    return {name: value for name, value in values.items() if value is not UNSET}


@strawberry.input(description="A film to be made.")
class CreateMovieInput:
    """Fields of a new film."""

    title: str = strawberry.field(description="The title under which it is shown: 1 to 300 characters.")
    original_title: str | None = strawberry.field(
        default=UNSET, description="The title in the film's own language, where it differs."
    )
    synopsis: str | None = strawberry.field(default=UNSET, description="What it is about: up to 5,000 characters.")
    genres: list[str] | None = strawberry.field(default=UNSET, description="Like Drama, Comedy: up to 20.")
    directors: list[str] | None = strawberry.field(default=UNSET, description="Who directed it: up to 20.")
    runtime_minutes: int | None = strawberry.field(default=UNSET, description="How long it is: 1 to 1,000 minutes.")
    certificate: str | None = strawberry.field(default=UNSET, description="The age rating, like PG-13.")
    release_date: date | None = strawberry.field(default=UNSET, description="When it first came to cinemas.")
    poster_url: str | None = strawberry.field(default=UNSET, description="A web address of its poster.")

    def to_fields(self) -> dict[str, Any]:
        """Give the values by column."""
        return _movie_fields(self)


@strawberry.input(description="What shall change of a film: what is left out stays, null removes it.")
class UpdateMovieInput:
    """Fields of a film that change."""

    id: strawberry.ID = strawberry.field(description="Which film.")
    title: str | None = strawberry.field(
        default=UNSET, description="The title under which it is shown: 1 to 300 characters."
    )
    original_title: str | None = strawberry.field(
        default=UNSET, description="The title in the film's own language, where it differs."
    )
    synopsis: str | None = strawberry.field(default=UNSET, description="What it is about: up to 5,000 characters.")
    genres: list[str] | None = strawberry.field(default=UNSET, description="Like Drama, Comedy: up to 20.")
    directors: list[str] | None = strawberry.field(default=UNSET, description="Who directed it: up to 20.")
    runtime_minutes: int | None = strawberry.field(default=UNSET, description="How long it is: 1 to 1,000 minutes.")
    certificate: str | None = strawberry.field(default=UNSET, description="The age rating, like PG-13.")
    release_date: date | None = strawberry.field(default=UNSET, description="When it first came to cinemas.")
    poster_url: str | None = strawberry.field(default=UNSET, description="A web address of its poster.")

    def to_fields(self) -> dict[str, Any]:
        """Give the values that were sent, by column."""
        return _movie_fields(self)


@strawberry.input(description="A cinema to be made.")
class CreateCinemaInput:
    """See `NewCinema`."""

    name: str = strawberry.field(description="Its name: 1 to 120 characters.")
    city: str = strawberry.field(description="The city where it stands.")
    address: str | None = strawberry.field(default=None, description="Street and number.")
    time_zone: str = strawberry.field(description="IANA name, like Europe/Berlin.")

    def to_command(self) -> NewCinema:
        """Give the command."""
        return NewCinema(name=self.name, city=self.city, address=self.address, time_zone=self.time_zone)


@strawberry.input(description="What shall change of a cinema: what is left out stays, an empty address removes it.")
class UpdateCinemaInput:
    """Fields of a cinema that change."""

    id: strawberry.ID = strawberry.field(description="Which cinema.")
    name: str | None = strawberry.field(default=None, description="Its new name.")
    address: str | None = strawberry.field(default=None, description="Its new address.")


@strawberry.input(description="What a seat of a category shall cost.")
class PriceInput:
    """See `NewPrice`."""

    category: SeatCategory = strawberry.field(description="The kind of seat.")
    amount: Decimal = strawberry.field(description="In the major unit, like 12.50; above 0.")
    currency: str = strawberry.field(description="ISO 4217, like EUR.")


def _new_prices(prices: list[PriceInput]) -> tuple[NewPrice, ...]:
    if len(prices) > _MOST_PRICES:
        raise InvalidInput("Send one price for each category of seats.", field=["prices"])
    return tuple(NewPrice(price.category, price.amount, price.currency) for price in prices)


@strawberry.input(description="A showtime to be planned.")
class ScheduleShowtimeInput:
    """See `NewShowtime`."""

    movie_id: strawberry.ID = strawberry.field(description="The film.")
    auditorium_id: strawberry.ID = strawberry.field(description="The room.")
    starts_at: datetime = strawberry.field(description="When the film starts: in the future.")
    prices: list[PriceInput] = strawberry.field(description="One for each category of seats in the room.")
    sale_starts_at: datetime | None = strawberry.field(default=None, description="At once when left out.")
    sale_ends_at: datetime | None = strawberry.field(default=None, description="When the film starts, when left out.")

    def to_command(self) -> NewShowtime:
        """Give the command.

        Raises:
            InvalidInput: far too many prices.
        """
        return NewShowtime(
            movie_id=self.movie_id,
            auditorium_id=self.auditorium_id,
            starts_at=self.starts_at,
            prices=_new_prices(self.prices),
            sale_starts_at=self.sale_starts_at,
            sale_ends_at=self.sale_ends_at,
        )


@strawberry.input(description="What shall change of a showtime; what is left out stays.")
class UpdateShowtimeInput:
    """See `ShowtimeChange`."""

    id: strawberry.ID = strawberry.field(description="Which showtime.")
    starts_at: datetime | None = strawberry.field(default=None, description="Only while nothing is sold.")
    prices: list[PriceInput] | None = strawberry.field(
        default=None, description="Of the categories that change, for what is not yet sold."
    )
    sale_starts_at: datetime | None = strawberry.field(default=None, description="From when tickets are sold.")
    sale_ends_at: datetime | None = strawberry.field(
        default=None, description="Until when: at the latest when the film ends."
    )

    def to_command(self) -> ShowtimeChange:
        """Give the command; raises as `ScheduleShowtimeInput.to_command`."""
        return ShowtimeChange(
            showtime_id=self.id,
            starts_at=self.starts_at,
            prices=None if self.prices is None else _new_prices(self.prices),
            sale_starts_at=self.sale_starts_at,
            sale_ends_at=self.sale_ends_at,
        )


@strawberry.input(description="A showtime to be cancelled.")
class CancelShowtimeInput:
    """Which, and why."""

    showtime_id: strawberry.ID = strawberry.field(description="Which showtime.")
    reason: str | None = strawberry.field(default=None, description="Why, for the record: up to 500 characters.")
