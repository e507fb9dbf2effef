"""Mutations answer with a payload: the thing, or null and at least one user error."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from strawberry.extensions.field_extension import FieldExtension
from strawberry.types import Info

from subgraphs.common.errors import DomainError
from subgraphs.common.graphql_types import UserError, user_error_of


class Refusable(Protocol):
    """A payload type that can be built from user errors alone."""

    @classmethod
    def refused(cls, user_errors: list[UserError]) -> Any:
        """Build the payload without the thing."""
        ...


class Refusals(FieldExtension):
    """Turns a `DomainError` that a mutation raises into the payload's `userErrors`.

    Use it on the field: `@strawberry.mutation(extensions=[Refusals(HoldPayload)])`.
    """

    def __init__(self, payload: type[Refusable]) -> None:
        self._payload = payload

    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: Info[Any, Any], **kwargs: Any
    ) -> Any:
        try:
            return await next_(source, info, **kwargs)
        except DomainError as error:
            return self._payload.refused([user_error_of(error)])
