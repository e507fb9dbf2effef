"""Signing in, staying signed in, signing out."""

from __future__ import annotations

import structlog

from subgraphs.auth.errors import InvalidCredentials
from subgraphs.auth.models import User
from subgraphs.auth.repository.audit import AuditRepository
from subgraphs.auth.repository.sessions import SessionRepository
from subgraphs.auth.repository.users import UserRepository
from subgraphs.auth.service.email_address import EmailAddress
from subgraphs.auth.service.guests import Guests
from subgraphs.auth.service.password_hasher import PasswordHasher
from subgraphs.auth.service.password_policy import readable_password
from subgraphs.auth.service.secret_tokens import hash_of
from subgraphs.auth.service.session_issuer import OpenSession, SessionIssuer, SignedIn
from subgraphs.auth.service.throttle import Limits, Taken, Throttle
from subgraphs.common.clock import Clock
from subgraphs.common.database import Database
from subgraphs.common.identity import Principal, Role
from subgraphs.common.ids import new_id

log = structlog.get_logger(__name__)


class Sessions:
    """Everything that opens, continues or ends one session."""

    def __init__(
        self,
        database: Database,
        issuer: SessionIssuer,
        hasher: PasswordHasher,
        *,
        throttle: Throttle,
        limits: Limits,
        guests: Guests,
        clock: Clock,
    ) -> None:
        self._database = database
        self._issuer = issuer
        self._hasher = hasher
        self._throttle = throttle
        self._limits = limits
        self._guests = guests
        self._clock = clock

    async def login(self, email: str, password: str, *, guest: Principal | None, address: str) -> SignedIn:
        """Sign a person in. An unknown address costs the same time and gives the same answer as a wrong password.

        Raises:
            InvalidInput: no address or password looks so.
            InvalidCredentials: they do not belong together.
            RateLimited: too many wrong passwords, for this account or from this address.
        """
        wanted = EmailAddress.parse(email)
        readable = readable_password(password, field=["password"])
        taken = await self._throttle.take(self._limits.passwords(wanted.key, address))
        async with self._database.read() as session:
            user = await UserRepository(session).by_email(wanted.key)
        matches = await self._hasher.verify(readable, user.password_hash if user is not None else None)
        if user is None or not matches:
            log.info("login.refused", address=address)
            raise InvalidCredentials
        await self._rehash(user, readable)
        opened, adopted = await self._open(user, taken, guest=guest)
        if adopted:
            await self._guests.tell(user.id)
        return await self._issuer.sign(opened)

    async def _open(self, known: User, taken: Taken, *, guest: Principal | None) -> tuple[OpenSession, bool]:
        async with self._database.write() as session:
            await self._throttle.give_back(session, taken)
            user = await UserRepository(session).one(known.id)
            if user is None or user.password_hash != known.password_hash:
                # The password was changed, or the person left, while this one was being verified.
                raise InvalidCredentials
            adopted = await self._guests.adopt(session, guest, user)
            opened = await self._issuer.open(session, user)
            AuditRepository(session, now=self._clock.now()).note(
                "session.opened", actor=user.id, subject=opened.session_id
            )
        return opened, adopted

    async def _rehash(self, user: User, password: str) -> None:
        if user.password_hash is None or not self._hasher.is_outdated(user.password_hash):
            return
        stronger = await self._hasher.hash(password)
        async with self._database.write() as session:
            if await UserRepository(session).set_password(user.id, stronger, instead_of=user.password_hash):
                user.password_hash = stronger

    async def create_guest(self, *, address: str) -> SignedIn:
        """Make a guest: a principal of its own, without a password.

        Raises:
            RateLimited: too many guests from this address.
        """
        now = self._clock.now()
        guest = User(id=new_id(), role=Role.GUEST.value, cinema_ids=[], created_at=now)
        async with self._database.write() as session:
            await self._throttle.count(session, self._limits.guests(address))
            await UserRepository(session).add(guest)
            opened = await self._issuer.open(session, guest)
            AuditRepository(session, now=now).note(
                "user.created", actor=guest.id, subject=guest.id, after=Role.GUEST.value
            )
        return await self._issuer.sign(opened)

    async def refresh(self, refresh_token: str) -> SignedIn:
        """Rotate a refresh token. One that was used before is a sign of theft: it ends its whole family.

        Raises:
            InvalidCredentials: used before, expired, ended, or never was.
        """
        token_hash = hash_of(refresh_token)
        opened = None if token_hash is None else await self._rotate(token_hash)
        if opened is None:
            raise InvalidCredentials("This session has ended: sign in again.", field=["refreshToken"])
        return await self._issuer.sign(opened)

    async def _rotate(self, token_hash: str) -> OpenSession | None:
        now = self._clock.now()
        async with self._database.write() as session:
            sessions = SessionRepository(session)
            session_id = await sessions.use_token(token_hash, now=now)
            if session_id is not None:
                user = await sessions.user_of(session_id)
                return None if user is None else await self._issuer.renew(session, user, session_id)
            family = await sessions.of_used_token(token_hash)
            if family is not None and await sessions.end(family[0], now=now):
                AuditRepository(session, now=now).note("session.replayed", actor=family[1], subject=family[0])
                log.warning("session.replayed", session_id=family[0], user_id=family[1])
        return None

    async def logout(self, principal: Principal) -> None:
        """End the caller's session; once ended, it stays so and this does nothing."""
        if principal.session_id is None:
            return
        now = self._clock.now()
        async with self._database.write() as session:
            if await SessionRepository(session).end(principal.session_id, now=now):
                AuditRepository(session, now=now).note(
                    "session.ended", actor=principal.id, subject=principal.session_id
                )
