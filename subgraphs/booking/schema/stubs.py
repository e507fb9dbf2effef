"""Entities of the seat subgraph that booking only refers to."""

from __future__ import annotations

import strawberry
from strawberry.federation.schema_directives import Key

_REFERENCE = Key(fields=strawberry.federation.types.FieldSet("id"), resolvable=False)


@strawberry.federation.type(keys=[_REFERENCE], description="A room with seats.")
class Auditorium:
    """See the seat subgraph."""

    id: strawberry.ID = strawberry.field(description="Opaque identifier.")


@strawberry.federation.type(keys=[_REFERENCE], description="A place in a room.")
class Seat:
    """See the seat subgraph."""

    id: strawberry.ID = strawberry.field(description="Opaque identifier.")


@strawberry.federation.type(keys=[_REFERENCE], description="Seats that are kept for somebody for some minutes.")
class SeatHold:
    """See the seat subgraph."""

    id: strawberry.ID = strawberry.field(description="Opaque identifier.")
