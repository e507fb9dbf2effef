"""The enums of the programme, as GraphQL shows them."""

from __future__ import annotations

import strawberry

from subgraphs.booking.models import SeatCategory, ShowtimeStatus

strawberry.enum(SeatCategory, description="What kind of place a seat is.")
strawberry.enum(ShowtimeStatus, description="Whether tickets are to be had; told by the clock.")

__all__ = ["SeatCategory", "ShowtimeStatus"]
