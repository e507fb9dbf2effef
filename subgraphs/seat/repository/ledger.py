"""Collects what one transaction does to a showtime's seats: pure, apart from the transaction that writes it.

Each `record` is one version and one row of the log; several of them, of one command or of many, are written together.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from subgraphs.seat.models.records import SeatDelta, ShowtimeRecord
from subgraphs.seat.seating.statuses import Change, Counts, packed_changes


class ShowtimeLedger:
    """The changes to one locked showtime."""

    def __init__(self, showtime: ShowtimeRecord) -> None:
        self.showtime = showtime
        self.events: list[dict[str, Any]] = []
        self._letters = list(showtime.statuses)
        self._changes: dict[int, str] = {}
        self._version = showtime.version

    @property
    def version(self) -> int:
        """The version after what was recorded so far."""
        return self._version

    @property
    def statuses(self) -> str:
        """The packed map after what was recorded so far."""
        return "".join(self._letters)

    def record(self, cause: str, changes: Iterable[Change], *, subject: str, actor: str) -> int:
        """Add one version; gives its number.

        Args:
            cause: why: `hold`, `expire`, `release`, `claim`, …
            changes: positions and their new letters.
            subject: id of the hold, booking or showtime that it is about.
            actor: a user's id, `service:<name>` or `system`.
        """
        ordered = sorted(changes)
        for position, letter in ordered:
            self._letters[position] = letter
            self._changes[position] = letter
        self._version += 1
        self.events.append(
            {
                "showtime_id": self.showtime.id,
                "version": self._version,
                "cause": cause,
                "subject": subject,
                "actor": actor,
                "changes": packed_changes(ordered),
            }
        )
        return self._version

    def delta(self) -> SeatDelta | None:
        """Give what is to be announced after the commit; None when nothing was recorded."""
        if not self.events:
            return None
        return SeatDelta(
            showtime_id=self.showtime.id,
            layout_id=self.showtime.layout_id,
            from_version=self.showtime.version,
            to_version=self._version,
            changes=tuple(sorted(self._changes.items())),
            counts=Counts.of(self.statuses),
        )
