"""The enums of the programme, as GraphQL shows them."""

from __future__ import annotations

import strawberry

from subgraphs.booking.models import SeatCategory, ShowtimeStatus
from subgraphs.booking.repository.movie_search import MovieOrder

strawberry.enum(SeatCategory, description="What kind of place a seat is.")
strawberry.enum(ShowtimeStatus, description="Whether tickets are to be had; told by the clock.")
strawberry.enum(MovieOrder, description="How films are ordered.")

__all__ = ["MovieOrder", "SeatCategory", "ShowtimeStatus"]
