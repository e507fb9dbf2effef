"""Whether the caller's session still stands, and whether they know their password."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.auth.errors import InvalidCredentials
from subgraphs.auth.models import User
from subgraphs.auth.repository.users import UserRepository
from subgraphs.auth.service.password_hasher import PasswordHasher
from subgraphs.auth.service.password_policy import readable_password
from subgraphs.auth.service.throttle import Limits, Taken, Throttle
from subgraphs.common.database import Database
from subgraphs.common.errors import Forbidden, Unauthenticated
from subgraphs.common.identity import Principal, Role, require_person


def require_account(principal: Principal | None) -> Principal:
    """Give the caller if they have an account.

    Raises:
        Unauthenticated: nobody is signed in.
        Forbidden: it is a guest.
    """
    person = require_person(principal)
    if person.role is Role.GUEST:
        raise Forbidden("A guest has no account: register first.")
    return person


async def standing_user(session: AsyncSession, principal: Principal, *, locked: bool = False) -> User:
    """Give the caller's row. An access token outlives its session by minutes: what changes an account asks here.

    Args:
        session: the caller's unit of work.
        principal: the caller.
        locked: whether the person cannot leave before the unit of work ends.

    Raises:
        Unauthenticated: the session has ended, or the person has left.
    """
    user = await UserRepository(session).in_session(principal.id, principal.session_id, locked=locked)
    if user is None:
        raise Unauthenticated("This session has ended: sign in again.")
    return user


class Credentials:
    """Verifies the password of somebody who is signed in, as throttled as a login."""

    def __init__(self, database: Database, hasher: PasswordHasher, throttle: Throttle, limits: Limits) -> None:
        self._database = database
        self._hasher = hasher
        self._throttle = throttle
        self._limits = limits

    async def confirm(
        self, principal: Principal, password: str, *, address: str, field: Sequence[str]
    ) -> tuple[User, Taken]:
        """Give the caller's row and what the throttle counted, to be given back with the change.

        Raises:
            InvalidInput: no password looks so.
            InvalidCredentials: it is not theirs.
            RateLimited: too many wrong ones.
            Unauthenticated: the session has ended.
        """
        readable = readable_password(password, field=field)
        async with self._database.read() as session:
            user = await standing_user(session, principal)
        taken = await self._throttle.take(self._limits.passwords(user.email_key or user.id, address))
        if not await self._hasher.verify(readable, user.password_hash):
            raise InvalidCredentials("This is not your current password.", field=field)
        return user, taken
