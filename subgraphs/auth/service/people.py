"""Reading people, many at once."""

from __future__ import annotations

from collections.abc import Sequence

from subgraphs.auth.repository.users import UserRepository
from subgraphs.auth.service.person import Person
from subgraphs.common.database import Database
from subgraphs.common.ids import is_id


class People:
    """Reads people."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def many(self, ids: Sequence[str]) -> list[Person | None]:
        """Give the people of these ids in their order, None where there is none: one statement, or none at all."""
        known = [user_id for user_id in ids if is_id(user_id)]
        if not known:
            return [None] * len(ids)
        async with self._database.read() as session:
            users = await UserRepository(session).many(known)
        return [Person.of(users[user_id]) if user_id in users else None for user_id in ids]
