"""User errors of the seat subgraph that have data of their own."""

from __future__ import annotations

from datetime import datetime

import strawberry

from subgraphs.common.graphql_types import ErrorCode, UserError, user_error_of
from subgraphs.seat import errors
from subgraphs.seat.schema.rooms import Seat
from subgraphs.seat.seating.category import SeatCategory


@strawberry.type(description="Seats side by side that were free a moment ago.")
class SeatSuggestion:
    """See `seating.best.Suggestion`."""

    seats: list[Seat] = strawberry.field(description="The seats, in layout order.")
    category: SeatCategory = strawberry.field(description="What kind of places they are.")


@strawberry.type(description="Not all of the seats can be had; none is held.")
class SeatsUnavailableError(UserError):
    """See `errors.SeatsUnavailable`."""

    seat_ids: list[strawberry.ID] = strawberry.field(description="Those that cannot be had.")
    alternatives: list[SeatSuggestion] = strawberry.field(description="What could be chosen instead, best first.")


@strawberry.federation.type(shareable=True, description="The hold's time is over; its seats are free.")
class HoldExpiredError(UserError):
    """See `errors.HoldExpired`."""

    expired_at: datetime = strawberry.field(description="When it was over.")


@strawberry.type(description="More than one person may hold.")
class HoldLimitError(UserError):
    """See `errors.HoldLimit`."""

    limit: int = strawberry.field(description="How many are allowed.")


def _path(error: errors.SeatsUnavailable | errors.HoldExpired | errors.HoldLimit) -> list[str] | None:
    return list(error.field) if error.field is not None else None


@user_error_of.register
def _seats_unavailable(error: errors.SeatsUnavailable) -> SeatsUnavailableError:
    return SeatsUnavailableError(
        code=ErrorCode.SEATS_UNAVAILABLE,
        message=error.message,
        field=_path(error),
        retryable=error.retryable,
        seat_ids=[strawberry.ID(seat_id) for seat_id in error.seat_ids],
        alternatives=[
            SeatSuggestion(seats=[Seat.of(seat) for seat in block.seats], category=block.category)
            for block in error.alternatives
        ],
    )


@user_error_of.register
def _hold_expired(error: errors.HoldExpired) -> HoldExpiredError:
    return HoldExpiredError(
        code=ErrorCode.HOLD_EXPIRED,
        message=error.message,
        field=_path(error),
        retryable=error.retryable,
        expired_at=error.expired_at,
    )


@user_error_of.register
def _hold_limit(error: errors.HoldLimit) -> HoldLimitError:
    return HoldLimitError(
        code=ErrorCode.HOLD_LIMIT,
        message=error.message,
        field=_path(error),
        retryable=error.retryable,
        limit=error.limit,
    )
