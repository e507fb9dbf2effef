"""The keys of access tokens: made, published before they sign, published on until their last token has expired."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from subgraphs.auth.models import SigningKeyRow
from subgraphs.auth.repository.audit import AuditRepository
from subgraphs.auth.repository.signing_keys import SigningKeyRepository
from subgraphs.auth.service.key_cipher import KeyCipher
from subgraphs.common.clock import Clock
from subgraphs.common.database import Database
from subgraphs.common.identity import ACCESS_ALGORITHM
from subgraphs.common.ids import new_id

log = structlog.get_logger(__name__)
_REMEMBERED_SECONDS: Final = 30
# A token may be checked by a clock that is behind ours.
_CLOCK_LEEWAY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What signs access tokens at the moment."""

    kid: str
    private: ec.EllipticCurvePrivateKey


class SigningKeys:
    """The keys in the database, remembered for half a minute: other processes rotate them too.

    Args:
        database: auth's.
        cipher: protects private keys at rest.
        clock: decides which key signs.
        publish_ahead: how long a new key is published before it signs.
        token_life: how long a token is valid.
    """

    def __init__(
        self, database: Database, cipher: KeyCipher, *, clock: Clock, publish_ahead: timedelta, token_life: timedelta
    ) -> None:
        self._database = database
        self._cipher = cipher
        self._clock = clock
        self._publish_ahead = publish_ahead
        self._token_life = token_life
        self._rows: list[SigningKeyRow] = []
        self._read_at = float("-inf")
        self._private: dict[str, ec.EllipticCurvePrivateKey] = {}

    async def ensure(self) -> None:
        """Make the first key when there is none, and check that the keys can be decrypted.

        Raises:
            KeySecretChanged: they cannot.
        """
        if not await self._published(anew=True):
            await self._make(1, signs_from=self._clock.now(), actor="system")
        await self.signing_key()

    async def rotate(self, *, actor: str = "system") -> str:
        """Make and publish the next key; gives its id. It signs once every cache of the key set has had time to get it.

        Nobody is logged out: the keys before it stay published until the last token that they signed has expired.
        """
        now = self._clock.now()
        rows = await self._published(anew=True)
        generation = rows[-1].generation + 1 if rows else 1
        await self._make(generation, signs_from=now + self._publish_ahead if rows else now, actor=actor)
        return (await self._published())[-1].kid

    async def rotate_when_old(self, life: timedelta) -> None:
        """Rotate when the youngest key was made longer ago than `life`."""
        rows = await self._published(anew=True)
        if rows and rows[-1].created_at + life < self._clock.now():
            await self.rotate()

    async def signing_key(self) -> SigningKey:
        """Give the key that signs now."""
        now = self._clock.now()
        row = [row for row in await self._published() if row.signs_from <= now][-1]
        if row.kid not in self._private:
            self._private[row.kid] = self._decrypted(row)
        return SigningKey(row.kid, self._private[row.kid])

    async def jwks(self) -> dict[str, Any]:
        """Give the key set (RFC 7517, section 5): what signs, what signed, what will sign."""
        now = self._clock.now()
        rows = await self._published()
        return {"keys": [row.public_jwk for row in rows if row.published_until is None or row.published_until > now]}

    async def purge(self) -> None:
        """Delete keys that are no longer published."""
        async with self._database.write() as session:
            await SigningKeyRepository(session).purge(now=self._clock.now())

    async def _published(self, *, anew: bool = False) -> list[SigningKeyRow]:
        if anew or not self._rows or time.monotonic() - self._read_at > _REMEMBERED_SECONDS:
            async with self._database.read() as session:
                self._rows = await SigningKeyRepository(session).published(now=self._clock.now())
            self._read_at = time.monotonic()
        return self._rows

    async def _make(self, generation: int, *, signs_from: datetime, actor: str) -> None:
        kid, now = new_id(), self._clock.now()
        private = ec.generate_private_key(ec.SECP256R1())
        async with self._database.write() as session:
            repository = SigningKeyRepository(session)
            made = await repository.add(
                {
                    "kid": kid,
                    "generation": generation,
                    "public_jwk": _public_jwk(private, kid=kid),
                    "private_key": self._cipher.encrypt(_as_bytes(private), kid=kid),
                    "created_at": now,
                    "signs_from": signs_from,
                }
            )
            if made:
                until = signs_from + self._token_life + _CLOCK_LEEWAY
                await repository.retire_before(generation, published_until=until)
                AuditRepository(session, now=now).note("key.made", actor=actor, subject=kid)
        if made:
            log.info("keys.made", kid=kid, signs_from=signs_from.isoformat())
        await self._published(anew=True)

    def _decrypted(self, row: SigningKeyRow) -> ec.EllipticCurvePrivateKey:
        key = serialization.load_der_private_key(self._cipher.decrypt(row.private_key, kid=row.kid), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("the stored signing key is not an elliptic curve key")
        return key


def _as_bytes(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _public_jwk(private: ec.EllipticCurvePrivateKey, *, kid: str) -> dict[str, Any]:
    public: dict[str, Any] = ECAlgorithm.to_jwk(private.public_key(), as_dict=True)
    return {**public, "kid": kid, "use": "sig", "alg": ACCESS_ALGORITHM}
