"""The entity `User`."""

from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry.types import Info

from subgraphs.auth.context import AuthContext
from subgraphs.auth.schema.role import Role
from subgraphs.auth.service.person import Person

_STAFF = frozenset({Role.STAFF, Role.ADMIN})


@strawberry.federation.type(keys=["id"], description="A person, or a guest. One who left is an empty User.")
class User:
    """See `Person`. Personal fields are shown to the person and to staff; to others they are null."""

    id: strawberry.ID = strawberry.field(description="Opaque.")
    role: Role = strawberry.field(description="What this person may do.")
    created_at: datetime = strawberry.field(description="When the account, or the guest, was made.")
    person: strawberry.Private[Person]
    is_proved: strawberry.Private[bool]

    @strawberry.field(description="The email address; for the person and for staff, null to others.")
    def email(self, info: Info[AuthContext, None]) -> str | None:
        # booking writes to people who named no address with their booking.
        may_see = info.context.caller.service == "booking" or self._is_shown(info.context)
        return self.person.email if may_see else None

    @strawberry.field(description="The name; for the person and for staff, null to others.")
    def name(self, info: Info[AuthContext, None]) -> str | None:
        return self.person.name if self._is_shown(info.context) else None

    @classmethod
    def of(cls, person: Person, *, is_proved: bool = False) -> User:
        """Translate a person.

        Args:
            person: who it is.
            is_proved: whether this very request proved that the caller is the person, as a login does.
        """
        return cls(
            id=strawberry.ID(person.id),
            role=person.role,
            created_at=person.created_at,
            person=person,
            is_proved=is_proved,
        )

    @classmethod
    async def resolve_reference(cls, info: Info[AuthContext, None], id: strawberry.ID) -> User | None:
        """Find the entity of a reference; None for an id that is unknown or malformed."""
        person = await info.context.users.load(id)
        return None if person is None else cls.of(person)

    def _is_shown(self, context: AuthContext) -> bool:
        viewer = context.caller.principal_if_valid
        return self.is_proved or (viewer is not None and (viewer.role in _STAFF or viewer.owns(self.person.id)))
