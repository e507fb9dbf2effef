"""Guests who become users: what they hold and booked is carried over."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.auth.models import User
from subgraphs.auth.repository.audit import AuditRepository
from subgraphs.auth.repository.sessions import SessionRepository
from subgraphs.auth.repository.users import UserRepository
from subgraphs.auth.service.neighbours import Neighbours
from subgraphs.common.clock import Clock
from subgraphs.common.identity import Principal, Role


class Guests:
    """Links guests to users."""

    def __init__(self, neighbours: Neighbours, *, clock: Clock) -> None:
        self._neighbours = neighbours
        self._clock = clock

    async def adopt(self, session: AsyncSession, guest: Principal | None, user: User) -> bool:
        """Link the guest who signs in to the user, in the caller's unit of work; tells whether there was one.

        A guest is linked once: who signs in elsewhere with the same guest's token gets nothing of it.
        """
        if guest is None or guest.role is not Role.GUEST or guest.id == user.id:
            return False
        if not await UserRepository(session).link_guest(guest.id, user.id):
            return False
        now = self._clock.now()
        await SessionRepository(session).end_all(guest.id, now=now)
        self._neighbours.adopt_guest(session, guest_id=guest.id, user_id=user.id)
        AuditRepository(session, now=now).note(
            "guest.adopted", actor=user.id, subject=guest.id, before=Role.GUEST.value, after=user.id
        )
        return True

    async def tell(self, user_id: str) -> None:
        """Tell the other services, after the commit and before the answer: the tokens' `aka` covers a failure."""
        await self._neighbours.tell(user_id)
