"""The seat subgraph's GraphQL schema."""

from __future__ import annotations

from subgraphs.common.schema import build_schema
from subgraphs.seat.schema.entities import Showtime, User
from subgraphs.seat.schema.errors import HoldExpiredError, HoldLimitError, SeatsUnavailableError
from subgraphs.seat.schema.mutations import Mutation
from subgraphs.seat.schema.queries import Query
from subgraphs.seat.schema.rooms import Auditorium, Cinema, Seat
from subgraphs.seat.schema.subscriptions import Subscription

schema = build_schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[
        Auditorium,
        Cinema,
        Seat,
        Showtime,
        User,
        HoldExpiredError,
        HoldLimitError,
        SeatsUnavailableError,
    ],
)
