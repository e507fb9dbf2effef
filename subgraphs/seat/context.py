"""What the seat subgraph's resolvers find in `info.context`."""

from __future__ import annotations

from dataclasses import dataclass

from strawberry.types import Info as StrawberryInfo

from subgraphs.common.context import BaseContext
from subgraphs.seat.loaders import Loaders
from subgraphs.seat.service.services import Services
from subgraphs.seat.settings import SeatSettings


@dataclass(slots=True)
class SeatContext(BaseContext):
    """The caller, the services and this request's loaders."""

    services: Services
    loaders: Loaders
    settings: SeatSettings


Info = StrawberryInfo[SeatContext, None]
