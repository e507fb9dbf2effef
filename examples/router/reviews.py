"""Reviews: a subgraph in Ariadne."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ariadne import QueryType, load_schema_from_path
from ariadne.asgi import GraphQL
from ariadne.contrib.federation import FederatedObjectType, make_federated_schema

REVIEWS = [
    {"stars": 5, "text": "I read it in a hole in the ground.", "book": {"id": "1"}},
    {"stars": 4, "text": "Long, like the way home.", "book": {"id": "1"}},
    {"stars": 5, "text": "Bring water.", "book": {"id": "2"}},
]

query = QueryType()
book = FederatedObjectType("Book")


@query.field("latestReview")
def latest_review(*_: Any) -> dict[str, Any]:
    """Give the last review."""
    return REVIEWS[-1]


@query.field("unpublished")
def unpublished(*_: Any) -> list[dict[str, Any]]:
    """List the reviews that not everybody may see: the router keeps `@authenticated`."""
    return [{"stars": 1, "text": "Too much sand.", "book": {"id": "2"}}]


@book.reference_resolver
def resolve_book(_: Any, __: Any, representation: dict[str, Any]) -> dict[str, Any]:
    """Take a book as the router names it: its type and its key."""
    return representation


@book.field("reviews")
def reviews(parent: dict[str, Any], _: Any) -> list[dict[str, Any]]:
    """List a book's reviews."""
    return [review for review in REVIEWS if review["book"] == {"id": parent["id"]}]


@book.field("rating")
def rating(parent: dict[str, Any], info: Any) -> float | None:
    """Give the mean of the stars."""
    stars = [review["stars"] for review in reviews(parent, info)]
    return sum(stars) / len(stars) if stars else None


schema = make_federated_schema(load_schema_from_path(Path(__file__).with_suffix(".graphql")), query, book)
app = GraphQL(schema)
