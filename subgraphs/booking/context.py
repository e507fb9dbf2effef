"""What resolvers of the booking subgraph get with each request."""

from __future__ import annotations

from dataclasses import dataclass

from strawberry.types import Info

from subgraphs.booking.loaders import CatalogueLoaders, SalesLoaders
from subgraphs.booking.service.catalogue import Catalogue
from subgraphs.booking.service.sales import Sales
from subgraphs.common.context import BaseContext


@dataclass(slots=True)
class BookingContext(BaseContext):
    """Services and loaders, beside who is calling."""

    catalogue: Catalogue
    loaders: CatalogueLoaders
    sales: Sales
    sales_loaders: SalesLoaders


BookingInfo = Info[BookingContext, None]
