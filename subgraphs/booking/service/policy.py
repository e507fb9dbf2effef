"""What a showtime's policy says about cancelling."""

from __future__ import annotations

from datetime import datetime, timedelta

from subgraphs.booking.repository.records import ShowtimeRecord


def is_refundable(showtime: ShowtimeRecord, *, now: datetime) -> bool:
    """Tell whether cancelling refunds in full now: until a set time before the start, and whenever it was cancelled."""
    return showtime.cancelled_at is not None or now < showtime.starts_at - timedelta(seconds=showtime.refund_seconds)
