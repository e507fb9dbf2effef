"""Tables of the programme: films, cinemas, showtimes."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, Date, Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from subgraphs.booking.models.base import Base
from subgraphs.common.database import UtcDateTime

# Sorts by code point on both databases, so that a page's cursor means the same everywhere.
_SORTED_TEXT = String(600, collation="C").with_variant(String(600), "sqlite")


class SeatCategory(enum.Enum):
    """What kind of place a seat is; the seat subgraph has the same values."""

    STANDARD = "STANDARD"
    PREMIUM = "PREMIUM"
    RECLINER = "RECLINER"
    WHEELCHAIR = "WHEELCHAIR"
    COMPANION = "COMPANION"


class ShowtimeStatus(enum.Enum):
    """Where a showtime stands; told by the clock, only the cancellation is stored."""

    SCHEDULED = "SCHEDULED"
    ON_SALE = "ON_SALE"
    SALE_ENDED = "SALE_ENDED"
    CANCELLED = "CANCELLED"


class Movie(Base):
    """A film.

    `title_folded` is the title and `search_text` title and original title, both without case and accents. `popularity`
    is how many people rated it: it breaks ties. `source_key` names a film that was imported, `source_hash` what its row
    said.
    """

    __tablename__ = "movies"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    original_title: Mapped[str | None] = mapped_column(String(300))
    title_folded: Mapped[str] = mapped_column(_SORTED_TEXT)
    search_text: Mapped[str] = mapped_column(Text)
    synopsis: Mapped[str | None] = mapped_column(Text)
    genres: Mapped[list[str]] = mapped_column(JSON)
    directors: Mapped[list[str]] = mapped_column(JSON)
    runtime_minutes: Mapped[int | None]
    certificate: Mapped[str | None] = mapped_column(String(20))
    release_date: Mapped[date | None] = mapped_column(Date)
    rating: Mapped[float | None] = mapped_column(Float(53))
    popularity: Mapped[int] = mapped_column(default=0)
    poster_url: Mapped[str | None] = mapped_column(String(2000))
    source_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    source_hash: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_movies_title_folded_id", "title_folded", "id"),)


class MovieGenre(Base):
    """One genre of a film, folded: for filters. The film's row has the genres as they are shown."""

    __tablename__ = "movie_genres"

    genre: Mapped[str] = mapped_column(String(120), primary_key=True)
    movie_id: Mapped[str] = mapped_column(ForeignKey("movies.id", ondelete="CASCADE"), primary_key=True, index=True)

    __table_args__ = ({"sqlite_with_rowid": False},)


class MovieTrigram(Base):
    """Three letters in a row that a film's titles have: the search that forgives typing errors, on both databases."""

    __tablename__ = "movie_trigrams"

    trigram: Mapped[str] = mapped_column(String(3), primary_key=True)
    movie_id: Mapped[str] = mapped_column(ForeignKey("movies.id", ondelete="CASCADE"), primary_key=True, index=True)

    __table_args__ = ({"sqlite_with_rowid": False},)


class Cinema(Base):
    """A place where films are shown. `time_zone` is an IANA name."""

    __tablename__ = "cinemas"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    name_folded: Mapped[str] = mapped_column(_SORTED_TEXT)
    city: Mapped[str] = mapped_column(String(120))
    city_folded: Mapped[str] = mapped_column(String(360), index=True)
    address: Mapped[str | None] = mapped_column(String(300))
    time_zone: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_cinemas_name_folded_id", "name_folded", "id"),)


class Room(Base):
    """An auditorium of the seat subgraph, as far as the programme needs it.

    Its row is the lock under which a showtime gets its time in the room: two that overlap cannot both pass.
    """

    __tablename__ = "rooms"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    cinema_id: Mapped[str] = mapped_column(ForeignKey("cinemas.id"))
    plans: Mapped[int] = mapped_column(default=0)  # how often its programme changed


class Showtime(Base):
    """A film in a room at a time.

    `prices` maps categories to amounts in the currency's minor unit. `revision` grows with every change that the seat
    subgraph has to know. `refund_seconds`: cancelling refunds in full until so long before the start. `available` is a
    figure for searching, from seat's events: `available_version` is the seat map's version it stands for,
    `available_at` when it was learnt.
    """

    __tablename__ = "showtimes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    movie_id: Mapped[str] = mapped_column(ForeignKey("movies.id"))
    cinema_id: Mapped[str] = mapped_column(ForeignKey("cinemas.id"))
    auditorium_id: Mapped[str] = mapped_column(ForeignKey("rooms.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sale_starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sale_ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    currency: Mapped[str] = mapped_column(String(3))
    prices: Mapped[dict[str, int]] = mapped_column(JSON)
    hold_seconds: Mapped[int]
    hold_cap_seconds: Mapped[int]
    refund_seconds: Mapped[int]
    revision: Mapped[int] = mapped_column(default=1)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_reason: Mapped[str | None] = mapped_column(String(500))
    available: Mapped[int]
    available_version: Mapped[int] = mapped_column(BigInteger, default=-1)
    available_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_showtimes_starts_at_id", "starts_at", "id"),
        Index("ix_showtimes_movie_id_starts_at", "movie_id", "starts_at"),
        Index("ix_showtimes_cinema_id_starts_at", "cinema_id", "starts_at"),
        Index("ix_showtimes_auditorium_id_starts_at", "auditorium_id", "starts_at"),
    )
