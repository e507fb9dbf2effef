"""Who may do what, and leaving: roles are granted, accounts deleted, the last admin stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.auth.models import MailTokenPurpose, User
from subgraphs.auth.repository.audit import AuditRepository
from subgraphs.auth.repository.mail_tokens import MailTokenRepository
from subgraphs.auth.repository.sessions import SessionRepository
from subgraphs.auth.repository.users import UserRepository
from subgraphs.auth.service.credentials import Credentials, standing_user
from subgraphs.auth.service.mails import Mails
from subgraphs.auth.service.neighbours import Neighbours
from subgraphs.auth.service.person import Person
from subgraphs.common.clock import Clock
from subgraphs.common.database import Database
from subgraphs.common.errors import Forbidden, InvalidInput, NotAllowedNow, NotFound
from subgraphs.common.identity import Principal, Role
from subgraphs.common.ids import is_id

_MOST_CINEMAS: Final = 50


class Membership:
    """Grants roles and deletes accounts."""

    def __init__(
        self, database: Database, credentials: Credentials, mails: Mails, *, neighbours: Neighbours, clock: Clock
    ) -> None:
        self._database = database
        self._credentials = credentials
        self._mails = mails
        self._neighbours = neighbours
        self._clock = clock

    async def grant(self, admin: Principal, user_id: str, role: Role, cinema_ids: Sequence[str]) -> Person:
        """Give an account a role. It counts from the person's next refresh on, ten minutes later at most.

        Raises:
            Forbidden: the caller is no admin any more.
            InvalidInput: GUEST, or cinemas beside another role than STAFF, or ids that are none.
            NotFound: there is no such account.
            NotAllowedNow: a guest has no account; the last admin stays one.
        """
        cinemas = _checked_cinemas(role, cinema_ids)
        async with self._database.write() as session:
            if Role((await standing_user(session, admin)).role) is not Role.ADMIN:
                raise Forbidden
            users = UserRepository(session)
            user = await users.one(user_id) if is_id(user_id) else None
            if user is None:
                raise NotFound("There is no such account.", field=["userId"])
            if user.role == Role.GUEST.value:
                raise NotAllowedNow("A guest has no account: ask the person to register.", field=["userId"])
            if role is not Role.ADMIN:
                await _require_another_admin(users, user)
            await users.set_role(user.id, role, cinemas)
            AuditRepository(session, now=self._clock.now()).note(
                "role.granted",
                actor=admin.id,
                subject=user.id,
                before=user.role,
                after=role.value,
                details={"cinemaIds": list(cinemas)},
            )
            return Person(user.id, user.email, user.name, role, cinemas, user.created_at)

    async def delete(self, principal: Principal, password: str, *, address: str) -> None:
        """Erase a person: an empty row stays for the ledger, sessions end, the other services erase them too.

        Raises:
            InvalidCredentials: the password is wrong.
            RateLimited: too many wrong ones.
            NotAllowedNow: the last admin stays.
        """
        user, _taken = await self._credentials.confirm(principal, password, address=address, field=["password"])
        async with self._database.write() as session:
            users = UserRepository(session)
            await _require_another_admin(users, user)
            guest_ids = await users.guests_of(user.id)
            if await users.erase(user.id, now=self._clock.now()):
                await self._forget(session, user, guest_ids)
        await self._neighbours.tell(user.id)

    async def _forget(self, session: AsyncSession, user: User, guest_ids: Sequence[str]) -> None:
        sessions = SessionRepository(session)
        for person_id in (*guest_ids, user.id):
            await sessions.forget_all(person_id)
        await MailTokenRepository(session).forget(user.id, *MailTokenPurpose)
        await self._mails.forget(session, user_id=user.id, email_key=user.email_key or "")
        self._neighbours.forget_person(session, user_id=user.id, guest_ids=guest_ids)
        AuditRepository(session, now=self._clock.now()).note(
            "user.deleted", actor=user.id, subject=user.id, before=user.role
        )


async def _require_another_admin(users: UserRepository, user: User) -> None:
    if user.role == Role.ADMIN.value and await users.admins_locked() == [user.id]:
        raise NotAllowedNow("This is the last admin: grant the role to somebody else first.")


def _checked_cinemas(role: Role, cinema_ids: Sequence[str]) -> tuple[str, ...]:
    if role is Role.GUEST:
        raise InvalidInput("The role GUEST cannot be granted.", field=["role"])
    if cinema_ids and role is not Role.STAFF:
        raise InvalidInput("Only STAFF can be tied to cinemas.", field=["cinemaIds"])
    if len(cinema_ids) > _MOST_CINEMAS:
        raise InvalidInput(f"At most {_MOST_CINEMAS} cinemas: leave them out to mean all.", field=["cinemaIds"])
    for index, cinema_id in enumerate(cinema_ids):
        if not is_id(cinema_id):
            raise InvalidInput("This is not a cinema's id.", field=["cinemaIds", str(index)])
    return tuple(dict.fromkeys(cinema_ids))
