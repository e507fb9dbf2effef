"""The enums of the programme, as GraphQL shows them."""

from __future__ import annotations

import strawberry

from subgraphs.booking.models import SeatCategory, ShowtimeStatus
from subgraphs.booking.models.states import BookingStatus, PaymentStatus
from subgraphs.booking.repository.movie_search import MovieOrder

strawberry.enum(SeatCategory, description="What kind of place a seat is.")
strawberry.enum(ShowtimeStatus, description="Whether tickets are to be had; told by the clock.")
strawberry.enum(MovieOrder, description="How films are ordered.")
strawberry.enum(BookingStatus, description="Where a booking stands.")
strawberry.enum(PaymentStatus, description="Where an attempt to pay stands.")

__all__ = ["BookingStatus", "MovieOrder", "PaymentStatus", "SeatCategory", "ShowtimeStatus"]
