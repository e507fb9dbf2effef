"""Values read from the tables: frozen, so that what was read is not mistaken for what is."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from subgraphs.seat.seating.statuses import Change, Counts


class HoldState(enum.Enum):
    """What became of a hold. All but LIVE are final."""

    LIVE = "LIVE"
    CLAIMED = "CLAIMED"
    RELEASED = "RELEASED"
    EXPIRED = "EXPIRED"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class ShowtimeRecord:
    """A showtime and its map as of one version. `now` is the database's time of the read."""

    id: str
    cinema_id: str
    auditorium_id: str
    layout_id: str
    sale_starts_at: datetime
    sale_ends_at: datetime
    hold_seconds: int
    hold_cap_seconds: int
    revision: int
    closed_at: datetime | None
    version: int
    statuses: str
    counts: Counts
    now: datetime

    @property
    def is_closed(self) -> bool:
        """Cancelled: nobody gets a seat any more."""
        return self.closed_at is not None


@dataclass(frozen=True, slots=True)
class HoldRecord:
    """A hold.

    Attributes:
        fence: the showtime's version at which its seats were taken.
        is_live: not ended, and pinned or not past its time, by the database's clock at `now`.
    """

    id: str
    showtime_id: str
    cinema_id: str
    layout_id: str
    owner_id: str
    positions: tuple[int, ...]
    fence: int
    state: HoldState
    booking_id: str | None
    pinned: bool
    expires_at: datetime
    max_expires_at: datetime
    is_live: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """A seat's claim. `is_lapsed`: held, and past its time by the database's clock."""

    position: int
    status: str
    hold_id: str | None
    booking_id: str | None
    fence: int | None
    is_lapsed: bool


@dataclass(frozen=True, slots=True)
class SeatEvent:
    """A row of the event log."""

    version: int
    at: datetime
    cause: str
    subject: str
    actor: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class SeatDelta:
    """What one transaction changed of a showtime's map, to be announced once it is committed."""

    showtime_id: str
    layout_id: str
    from_version: int
    to_version: int
    changes: tuple[Change, ...]
    counts: Counts


@dataclass(frozen=True, slots=True)
class AuditoriumRecord:
    """A room and its newest layout."""

    id: str
    cinema_id: str
    name: str
    capacity: int
    layout_id: str
    layout_version: int


@dataclass(frozen=True, slots=True)
class ShowtimeSpec:
    """What opens a showtime, or changes its times when `revision` is newer."""

    showtime_id: str
    auditorium_id: str
    starts_at: datetime
    ends_at: datetime
    sale_starts_at: datetime
    sale_ends_at: datetime
    hold_seconds: int
    hold_cap_seconds: int
    revision: int
