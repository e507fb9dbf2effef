"""The audit log: one row for every change of state, in the transaction of the change (invariant I16)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.booking.models import AuditEntry
from subgraphs.common.ids import new_id


class AuditLog:
    """Writes audit rows within one unit of work."""

    def __init__(self, session: AsyncSession, *, now: datetime) -> None:
        self._session = session
        self._now = now

    async def record(
        self,
        subject: str,
        action: str,
        *,
        actor: str,
        before: str | None = None,
        after: str | None = None,
        details: dict[str, Any] | None = None,
    ) -> None:
        """Write one row: `actor` (a user's id, `system`, `service:<name>`) did `action` to `subject`."""
        row = self._row(subject, action, actor=actor, before=before, after=after, details=details)
        await self._session.execute(insert(AuditEntry), [row])

    async def record_many(self, entries: Sequence[tuple[str, str, str | None]], *, actor: str) -> None:
        """Write a row for each subject, action and state after it."""
        rows = [self._row(subject, action, actor=actor, after=after) for subject, action, after in entries]
        if rows:
            await self._session.execute(insert(AuditEntry), rows)

    def _row(
        self,
        subject: str,
        action: str,
        *,
        actor: str,
        before: str | None = None,
        after: str | None = None,
        details: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        return {
            "id": new_id(),
            "at": self._now,
            "actor": actor,
            "subject": subject,
            "action": action,
            "before": before,
            "after": after,
            "details": details,
        }
