"""Auth's queries."""

from __future__ import annotations

import strawberry
from strawberry.types import Info

from subgraphs.auth.context import AuthContext
from subgraphs.auth.schema.user import User


@strawberry.type(description="Everything that can be read.")
class Query:
    """Auth's fields of the root."""

    @strawberry.field(description="The person who asks; null when signed out.")
    async def me(self, info: Info[AuthContext, None]) -> User | None:
        principal = info.context.caller.principal
        person = None if principal is None else await info.context.users.load(principal.id)
        return None if person is None or person.has_left else User.of(person)
