"""Opens and continues sessions, and signs their access tokens."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import jwt
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.auth.models import User
from subgraphs.auth.repository.sessions import SessionRepository
from subgraphs.auth.repository.users import UserRepository
from subgraphs.auth.service.person import Person
from subgraphs.auth.service.secret_tokens import new_token
from subgraphs.auth.service.signing_keys import SigningKeys
from subgraphs.common.clock import Clock
from subgraphs.common.identity import ACCESS_ALGORITHM, AUDIENCE, ISSUER
from subgraphs.common.ids import new_id

# What older guests owned has long been told to the other services; a token must not grow for ever.
_MOST_ALIASES: Final = 16


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session in the database, whose access token is not signed yet."""

    person: Person
    session_id: str
    refresh_token: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a client gets: who it is, and the tokens that say so."""

    person: Person
    access_token: str
    access_token_expires_at: datetime
    refresh_token: str


class SessionIssuer:
    """Makes sessions and tokens.

    Args:
        keys: sign access tokens.
        clock: the tokens' time.
        access_life: how long an access token is valid.
        refresh_life: how long a refresh token waits for its use.
    """

    def __init__(self, keys: SigningKeys, *, clock: Clock, access_life: timedelta, refresh_life: timedelta) -> None:
        self._keys = keys
        self._clock = clock
        self._access_life = access_life
        self._refresh_life = refresh_life

    async def open(self, session: AsyncSession, user: User) -> OpenSession:
        """Begin a session in the caller's unit of work."""
        now, session_id = self._clock.now(), new_id()
        await SessionRepository(session).open(session_id, user.id, now=now, expires_at=now + self._refresh_life)
        return await self.renew(session, user, session_id)

    async def renew(self, session: AsyncSession, user: User, session_id: str) -> OpenSession:
        """Add the next refresh token to a session, in the caller's unit of work."""
        token = new_token()
        token_hash = hashlib.sha256(token.encode()).hexdigest()
        expires_at = self._clock.now() + self._refresh_life
        await SessionRepository(session).add_token(session_id, token_hash, expires_at=expires_at)
        guests = await UserRepository(session).guests_of(user.id)
        return OpenSession(Person.of(user), session_id, token, tuple(guests[:_MOST_ALIASES]))

    async def sign(self, opened: OpenSession) -> SignedIn:
        """Make the access token, after the session was committed."""
        # Whole seconds, as the token counts: the client is told the moment that its token names.
        now = self._clock.now().replace(microsecond=0)
        expires_at = now + self._access_life
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": opened.person.id,
            "role": opened.person.role.value,
            "iat": int(now.timestamp()),
            "exp": int(expires_at.timestamp()),
            "sid": opened.session_id,
        }
        if opened.person.cinema_ids:
            claims["cinemas"] = list(opened.person.cinema_ids)
        if opened.aliases:
            claims["aka"] = list(opened.aliases)
        key = await self._keys.signing_key()
        token = jwt.encode(claims, key.private, algorithm=ACCESS_ALGORITHM, headers={"kid": key.kid})
        return SignedIn(opened.person, token, expires_at, opened.refresh_token)
