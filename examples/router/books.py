"""Books: a subgraph in Strawberry."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import strawberry
from strawberry.asgi import GraphQL


@strawberry.federation.type(keys=["id"])
class Book:
    """What other subgraphs may add fields to: they know a book by its id."""

    id: strawberry.ID
    title: str
    pages: int

    @classmethod
    def resolve_reference(cls, id: strawberry.ID) -> Book | None:
        """Find a book that the router asks for by its key."""
        return BOOKS.get(id)


BOOKS = {
    book.id: book
    for book in (
        Book(id=strawberry.ID("1"), title="The Hobbit", pages=310),
        Book(id=strawberry.ID("2"), title="Dune", pages=412),
    )
}


@strawberry.type
class Query:
    """Where queries start."""

    @strawberry.field
    def books(self) -> list[Book]:
        """List all books."""
        return list(BOOKS.values())

    @strawberry.field
    def book(self, id: strawberry.ID) -> Book | None:
        """Find one book."""
        return BOOKS.get(id)


@strawberry.type
class Subscription:
    """What one can wait for."""

    @strawberry.subscription
    async def published(self) -> AsyncGenerator[Book, None]:
        """Tell of each book that is published."""
        for book in BOOKS.values():
            yield book


schema = strawberry.federation.Schema(query=Query, subscription=Subscription)
app = GraphQL[None, None](schema)
