"""Same key, same input: same answer, one effect (invariant I6).

Where the effect is one transaction, `claim` and `answer` are called within it. Where it spans services, `claim` commits
with the intent and `answer` with the outcome; between the two a second call gets `RequestInProgress`, unless its
service knows how to join or resume the first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, cast

import orjson
from sqlalchemy import CursorResult, Table, bindparam, delete, inspect, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.errors import IdempotencyKeyReused, InvalidInput, RequestInProgress
from subgraphs.common.models import IdempotencyKeyMixin

_MAX_KEY_LENGTH: Final = 100
_SCOPE: Final = ("scope", "person_id", "operation", "key")
NO_SHOWTIME: Final = "-"


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """What a key is unique within: the person, the operation, and the showtime (the shard)."""

    scope: str
    person_id: str
    operation: str
    key: str
    input_hash: str

    @classmethod
    def of(
        cls, key: str, *, scope: str, person_id: str, operation: str, input_value: Mapping[str, Any]
    ) -> IdempotencyKey:
        """Build one from a mutation's input (plain JSON values).

        Raises:
            InvalidInput: the key is empty, too long, or has control characters.
        """
        if not key.strip() or len(key) > _MAX_KEY_LENGTH or not key.isprintable():
            raise InvalidInput(
                f"An idempotency key has 1 to {_MAX_KEY_LENGTH} printable characters: a random UUID serves well.",
                field=["idempotencyKey"],
            )
        digest = hashlib.sha256(orjson.dumps(input_value, option=orjson.OPT_SORT_KEYS)).hexdigest()
        return cls(scope, person_id, operation, key, digest)


class IdempotencyStore:
    """Reads and writes one subgraph's keys, always within the caller's unit of work."""

    def __init__(self, model: type[IdempotencyKeyMixin]) -> None:
        self._model = model
        # Every mutation runs these: built once, since to build them costs more than to run them.
        table = cast("Table", inspect(model).local_table)
        self._takings = {
            "sqlite": sqlite.insert(table).on_conflict_do_nothing(),
            "postgresql": postgresql.insert(table).on_conflict_do_nothing(),
        }
        self._finding = select(table.c.input_hash, table.c.answer).where(
            *(table.c[name] == bindparam(f"at_{name}") for name in _SCOPE)
        )

    async def claim(
        self, session: AsyncSession, key: IdempotencyKey, *, now: datetime, answer: dict[str, Any] | None = None
    ) -> dict[str, Any] | None:
        """Take the key, or give the answer that was stored under it.

        Args:
            session: the caller's unit of work.
            key: see `IdempotencyKey`.
            now: when it is taken.
            answer: what to store at once, where the effect is in this very transaction and its answer known before.

        Returns:
            None when the caller is the first and goes on to act; else the first call's answer.

        Raises:
            IdempotencyKeyReused: the key was used with another input.
            RequestInProgress: the first call has not answered yet.
        """
        values: dict[str, Any] = {**asdict(key), "created_at": now}
        if answer is not None:
            values["answer"] = answer
        taken = await session.execute(self._takings[session.get_bind().dialect.name], values)
        if isinstance(taken, CursorResult) and taken.rowcount == 1:
            return None
        before = await self.find(session, key)
        if before is None:
            raise RequestInProgress
        return before

    async def find(self, session: AsyncSession, key: IdempotencyKey) -> dict[str, Any] | None:
        """Give the answer that was stored under the key, without taking it; None when there is none (yet).

        Raises:
            IdempotencyKeyReused: the key was used with another input.
        """
        where = {f"at_{name}": getattr(key, name) for name in _SCOPE}
        row = (await session.execute(self._finding, where)).one_or_none()
        if row is None:
            return None
        if row.input_hash != key.input_hash:
            raise IdempotencyKeyReused
        answer: dict[str, Any] | None = row.answer
        return answer

    async def answer(self, session: AsyncSession, key: IdempotencyKey, answer: dict[str, Any]) -> None:
        """Store the answer under a key taken before."""
        await session.execute(update(self._model).where(*self._is(key)).values(answer=answer))

    async def forget(self, session: AsyncSession, key: IdempotencyKey) -> None:
        """Give the key back: the call had no effect, and the same call may be tried anew."""
        await session.execute(delete(self._model).where(*self._is(key)))

    async def purge(self, session: AsyncSession, *, before: datetime) -> None:
        """Delete keys older than a moment."""
        await session.execute(delete(self._model).where(self._model.created_at < before))

    def _is(self, key: IdempotencyKey) -> tuple[Any, ...]:
        model = self._model
        return (
            model.scope == key.scope,
            model.person_id == key.person_id,
            model.operation == key.operation,
            model.key == key.key,
        )
