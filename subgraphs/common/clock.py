"""Time as a dependency: aware, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Give the present moment, aware and in UTC."""
        ...

    @property
    def offset(self) -> timedelta:
        """How far this clock is from the machine's: added to a database's own time, so that both agree."""
        ...


class SystemClock:
    """The machine's clock, shifted by a fixed offset (0 outside tests and fault drills)."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self._offset = offset

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    @property
    def offset(self) -> timedelta:
        return self._offset


class ShiftingClock:
    """A clock that tests move by hand; it runs on between moves."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    @property
    def offset(self) -> timedelta:
        return self._offset

    def advance(self, by: timedelta) -> None:
        """Move forward."""
        self._offset += by
