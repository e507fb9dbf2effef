"""A person as the rest of the system may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from subgraphs.auth.models import User
from subgraphs.common.identity import Role


@dataclass(frozen=True, slots=True)
class Person:
    """A user without credentials. `email` and `name` are None for guests and for those who left."""

    id: str
    email: str | None
    name: str | None
    role: Role
    cinema_ids: tuple[str, ...]
    created_at: datetime
    has_left: bool = False

    @classmethod
    def of(cls, user: User) -> Person:
        """Translate a row."""
        return cls(
            user.id,
            user.email,
            user.name,
            Role(user.role),
            tuple(user.cinema_ids),
            user.created_at,
            has_left=user.deleted_at is not None,
        )
