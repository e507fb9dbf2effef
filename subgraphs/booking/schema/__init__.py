"""The booking subgraph's GraphQL schema."""

from __future__ import annotations

import strawberry

from subgraphs.booking.schema.catalogue_query import CatalogueQuery
from subgraphs.common.schema import build_schema


@strawberry.type
class Query(CatalogueQuery):
    """What may be asked."""


schema = build_schema(query=Query)
