"""SQL about people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.auth.models import Session, User
from subgraphs.auth.repository.upsert import insert_into
from subgraphs.common.identity import Role


class UserRepository:
    """Reads and writes `users`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def many(self, ids: Sequence[str]) -> dict[str, User]:
        """Give the users that exist, by id: one statement."""
        rows = await self._session.scalars(select(User).where(User.id.in_(ids)))
        return {user.id: user for user in rows}

    async def one(self, user_id: str, *, locked: bool = False) -> User | None:
        """Give a user who has not left; locked, they do not leave before the unit of work ends."""
        statement = select(User).where(User.id == user_id, User.deleted_at.is_(None))
        return await self._session.scalar(statement.with_for_update() if locked else statement)

    async def by_email(self, email_key: str) -> User | None:
        """Give the user of a mailbox."""
        return await self._session.scalar(select(User).where(User.email_key == email_key))

    async def in_session(self, user_id: str, session_id: str | None, *, locked: bool = False) -> User | None:
        """Give a user who has not left and whose session has not ended; locked as in `one`."""
        statement = (
            select(User)
            .join(Session, Session.user_id == User.id)
            .where(User.id == user_id, User.deleted_at.is_(None), Session.id == session_id, Session.ended_at.is_(None))
        )
        return await self._session.scalar(statement.with_for_update(of=User) if locked else statement)

    async def add(self, user: User) -> bool:
        """Insert a user; False when the address is taken."""
        values = {column.key: getattr(user, column.key) for column in User.__table__.columns}
        statement = insert_into(self._session, User).values(values).on_conflict_do_nothing(index_elements=["email_key"])
        return await self._session.scalar(statement.returning(User.id)) is not None

    async def set_password(self, user_id: str, password_hash: str, *, instead_of: str | None = None) -> bool:
        """Store a new hash; with `instead_of` only in place of that one, False when another came first."""
        statement = update(User).where(User.id == user_id, User.deleted_at.is_(None))
        if instead_of is not None:
            statement = statement.where(User.password_hash == instead_of)
        changed = statement.values(password_hash=password_hash).returning(User.id)
        return await self._session.scalar(changed) is not None

    async def set_name(self, user_id: str, name: str) -> None:
        """Store a new name."""
        await self._session.execute(update(User).where(User.id == user_id).values(name=name))

    async def set_email(self, user_id: str, *, email: str, email_key: str) -> bool:
        """Store a new address; False when it is taken."""
        try:
            async with self._session.begin_nested():
                await self._session.execute(
                    update(User).where(User.id == user_id).values(email=email, email_key=email_key)
                )
        except IntegrityError:
            return False
        return True

    async def set_role(self, user_id: str, role: Role, cinema_ids: Sequence[str]) -> None:
        """Store a role and the cinemas it is tied to."""
        values = {"role": role.value, "cinema_ids": list(cinema_ids)}
        await self._session.execute(update(User).where(User.id == user_id).values(values))

    async def admins_locked(self) -> list[str]:
        """Give the ids of all admins, locked until the unit of work ends: of two who leave at once, one is last."""
        statement = (
            select(User.id)
            .where(User.role == Role.ADMIN.value, User.deleted_at.is_(None))
            .order_by(User.id)
            .with_for_update()
        )
        return list(await self._session.scalars(statement))

    async def link_guest(self, guest_id: str, user_id: str) -> bool:
        """Note that a guest became this user; False when the guest is none or was linked before."""
        statement = (
            update(User)
            .where(
                User.id == guest_id,
                User.role == Role.GUEST.value,
                User.merged_into.is_(None),
                User.deleted_at.is_(None),
            )
            .values(merged_into=user_id)
        )
        return await self._session.scalar(statement.returning(User.id)) is not None

    async def guests_of(self, user_id: str) -> list[str]:
        """Give the guests that this user was, youngest first (ids sort by time)."""
        statement = select(User.id).where(User.merged_into == user_id).order_by(User.id.desc())
        return list(await self._session.scalars(statement))

    async def erase(self, user_id: str, *, now: datetime) -> bool:
        """Turn a user into a tombstone; False when they left before."""
        statement = (
            update(User)
            .where(User.id == user_id, User.deleted_at.is_(None))
            .values(
                email=None,
                email_key=None,
                name=None,
                password_hash=None,
                role=Role.CUSTOMER.value,
                cinema_ids=[],
                deleted_at=now,
            )
        )
        return await self._session.scalar(statement.returning(User.id)) is not None
