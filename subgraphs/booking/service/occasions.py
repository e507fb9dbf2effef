"""What people are written about, as it lies in the outbox."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


class BookingEvent(enum.Enum):
    """What a person is written about; each is told once a booking and occasion."""

    CONFIRMED = "CONFIRMED"
    CHANGED = "CHANGED"
    CANCELLED = "CANCELLED"
    SHOWTIME_CANCELLED = "SHOWTIME_CANCELLED"
    PAID_TOO_LATE = "PAID_TOO_LATE"


@dataclass(frozen=True, slots=True)
class Occasion:
    """What happened.

    Attributes:
        id: names this mail for ever: a mail that is sent again after a crash bears the same Message-ID.
        at: when it happened.
        refunded_minor: what goes back to the person.
    """

    id: str
    event: BookingEvent
    at: datetime
    refunded_minor: int = 0

    def to_payload(self) -> dict[str, Any]:
        """Give it as it lies in the outbox."""
        return {
            "id": self.id,
            "event": self.event.value,
            "at": self.at.isoformat(),
            "refundedMinor": self.refunded_minor,
        }

    @classmethod
    def of_payload(cls, payload: Mapping[str, Any]) -> Occasion:
        """Read what `to_payload` gave."""
        return cls(
            payload["id"],
            BookingEvent(payload["event"]),
            datetime.fromisoformat(payload["at"]),
            payload["refundedMinor"],
        )
