"""What the seat subgraph refuses, beside the common errors.

::

    DomainError
    ├── SeatsUnavailable     some of the seats are taken; alternatives come along
    ├── HoldExpired          the hold's time is over
    └── HoldLimit            too many seats or too many holds
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from subgraphs.common.errors import DomainError
from subgraphs.seat.seating.best import Suggestion


class SeatsUnavailable(DomainError):
    """Not all of the seats can be had.

    Attributes:
        seat_ids: those that cannot; empty when a search found nothing.
        alternatives: blocks that were free a moment ago.
    """

    code = "SEATS_UNAVAILABLE"
    retryable = True

    def __init__(
        self,
        seat_ids: Sequence[str],
        alternatives: Sequence[Suggestion] = (),
        *,
        message: str = "Some of these seats are taken: choose others, or one of the alternatives.",
        field: Sequence[str] | None = ("seatIds",),
    ) -> None:
        super().__init__(message, field=field)
        self.seat_ids = tuple(seat_ids)
        self.alternatives = tuple(alternatives)


class HoldExpired(DomainError):
    """The hold has ended by time."""

    code = "HOLD_EXPIRED"

    def __init__(self, expired_at: datetime) -> None:
        super().__init__("This hold has expired: choose seats anew.", field=["holdId"])
        self.expired_at = expired_at


class HoldLimit(DomainError):
    """More than one person may hold."""

    code = "HOLD_LIMIT"

    def __init__(self, message: str, *, limit: int, field: Sequence[str] | None = None) -> None:
        super().__init__(message, field=field)
        self.limit = limit
