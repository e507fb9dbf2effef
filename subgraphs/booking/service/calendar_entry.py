"""The calendar entry of a booking (RFC 5545)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import icalendar


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """An evening at the cinema.

    Attributes:
        uid: the same for every version of the entry.
        sequence: grows with every version: calendars replace the older one.
        starts_at: aware.
        time_zone: of the cinema; the entry carries its rules, so that a change of clocks moves nothing.
        is_cancelled: takes the entry out of calendars.
        stamp: when this version was written.
    """

    uid: str
    sequence: int
    title: str
    place: str
    description: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    is_cancelled: bool
    stamp: datetime

    @property
    def method(self) -> str:
        """What a calendar does with it (RFC 5546, section 1.4)."""
        return "CANCEL" if self.is_cancelled else "PUBLISH"

    def to_ical(self) -> str:
        """Write it as a document, lines ended by CR LF."""
        zone = ZoneInfo(self.time_zone)
        event = icalendar.Event()
        event.add("uid", self.uid)
        event.add("dtstamp", self.stamp)
        event.add("sequence", self.sequence)
        start = self.starts_at.astimezone(zone)
        # Where clocks go back, an hour comes twice, and its local time means the first (RFC 5545, section 3.3.5): a
        # start in the second is told in UTC, and the end as a duration, which is exact.
        event.add("dtstart", self.starts_at.astimezone(UTC) if start.fold else start)
        event.add("duration", self.ends_at - self.starts_at)
        event.add("summary", self.title)
        event.add("location", self.place)
        event.add("description", self.description)
        event.add("status", "CANCELLED" if self.is_cancelled else "CONFIRMED")
        event.add("transp", "OPAQUE")
        calendar = icalendar.Calendar()
        calendar.add("prodid", "-//Eventio//Bookings//EN")
        calendar.add("version", "2.0")
        calendar.add("method", self.method)
        calendar.add_component(event)
        calendar.add_missing_timezones()
        document: bytes = calendar.to_ical()
        return document.decode()
