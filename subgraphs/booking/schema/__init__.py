"""The booking subgraph's GraphQL schema."""

from __future__ import annotations

import strawberry

from subgraphs.booking.schema.catalogue_mutation import CatalogueMutation
from subgraphs.booking.schema.catalogue_query import CatalogueQuery
from subgraphs.common.schema import build_schema


@strawberry.type
class Query(CatalogueQuery):
    """What may be asked."""


@strawberry.type
class Mutation(CatalogueMutation):
    """What may be done."""


schema = build_schema(query=Query, mutation=Mutation)
