"""Stock: a subgraph in graphene, with graphene-federation, behind a Starlette endpoint."""

from __future__ import annotations

from typing import Any

import graphene
from graphene_federation import LATEST_VERSION, build_schema, key
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

COPIES = {"1": 7, "2": 0}


@key("id")
class Book(graphene.ObjectType):
    """A book as the stock knows it."""

    id = graphene.ID(required=True)
    copies = graphene.Int(required=True)

    def resolve_copies(self, _: Any) -> int:
        """Count the copies in stock."""
        return COPIES.get(self.id, 0)

    def __resolve_reference(self, _: Any, **__: Any) -> Book:
        return Book(id=self.id)


class Query(graphene.ObjectType):
    """Where queries start."""

    sold_out = graphene.List(graphene.NonNull(Book), required=True)

    def resolve_sold_out(self, _: Any) -> list[Book]:
        """List the books of which no copy is left."""
        return [Book(id=identifier) for identifier, copies in COPIES.items() if copies == 0]


schema = build_schema(query=Query, federation_version=LATEST_VERSION)


async def graphql(request: Request) -> JSONResponse:
    """Answer a GraphQL request."""
    body = await request.json()
    result = await schema.execute_async(body["query"], variable_values=body.get("variables"))
    return JSONResponse(result.formatted)


app = Starlette(routes=[Route("/graphql", graphql, methods=["POST"])])
