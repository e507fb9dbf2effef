"""Rows of the programme as frozen values: just the columns that answers need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from subgraphs.booking.models import Cinema, Movie, Showtime


@dataclass(frozen=True, slots=True)
class MovieRecord:
    """A film."""

    id: str
    title: str
    original_title: str | None
    synopsis: str | None
    genres: list[str]
    directors: list[str]
    runtime_minutes: int | None
    certificate: str | None
    release_date: date | None
    rating: float | None
    poster_url: str | None


@dataclass(frozen=True, slots=True)
class CinemaRecord:
    """A cinema."""

    id: str
    name: str
    city: str
    address: str | None
    time_zone: str


@dataclass(frozen=True, slots=True)
class ShowtimeRecord:
    """A showtime; see the model for what the columns mean. `prices`: minor units by category's name."""

    id: str
    movie_id: str
    cinema_id: str
    auditorium_id: str
    starts_at: datetime
    ends_at: datetime
    sale_starts_at: datetime
    sale_ends_at: datetime
    currency: str
    prices: dict[str, int]
    hold_seconds: int
    hold_cap_seconds: int
    refund_seconds: int
    revision: int
    cancelled_at: datetime | None


MOVIE_COLUMNS: Final = (
    Movie.id,
    Movie.title,
    Movie.original_title,
    Movie.synopsis,
    Movie.genres,
    Movie.directors,
    Movie.runtime_minutes,
    Movie.certificate,
    Movie.release_date,
    Movie.rating,
    Movie.poster_url,
)
CINEMA_COLUMNS: Final = (Cinema.id, Cinema.name, Cinema.city, Cinema.address, Cinema.time_zone)
SHOWTIME_COLUMNS: Final = (
    Showtime.id,
    Showtime.movie_id,
    Showtime.cinema_id,
    Showtime.auditorium_id,
    Showtime.starts_at,
    Showtime.ends_at,
    Showtime.sale_starts_at,
    Showtime.sale_ends_at,
    Showtime.currency,
    Showtime.prices,
    Showtime.hold_seconds,
    Showtime.hold_cap_seconds,
    Showtime.refund_seconds,
    Showtime.revision,
    Showtime.cancelled_at,
)
