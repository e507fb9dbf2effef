"""The booking subgraph's GraphQL schema."""

from __future__ import annotations

import strawberry

from subgraphs.booking.schema.catalogue_mutation import CatalogueMutation
from subgraphs.booking.schema.catalogue_query import CatalogueQuery
from subgraphs.booking.schema.sales_errors import SALES_ERRORS
from subgraphs.booking.schema.sales_roots import SalesMutation, SalesQuery, SalesSubscription
from subgraphs.booking.schema.sales_types import User
from subgraphs.common.schema import build_schema


@strawberry.type(description="Everything that can be read.")
class Query(CatalogueQuery, SalesQuery):
    """What may be asked."""


@strawberry.type(description="Everything that can be done.")
class Mutation(CatalogueMutation, SalesMutation):
    """What may be done."""


@strawberry.type(description="Everything that can be followed.")
class Subscription(SalesSubscription):
    """What may be followed."""


schema = build_schema(query=Query, mutation=Mutation, subscription=Subscription, types=[User, *SALES_ERRORS])
