"""SQL about the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.auth.models import AuditEntry
from subgraphs.common.ids import new_id


class AuditRepository:
    """Writes `audit_log`, in the transaction of what it tells about."""

    def __init__(self, session: AsyncSession, *, now: datetime) -> None:
        self._session = session
        self._now = now

    def note(
        self,
        action: str,
        *,
        actor: str,
        subject: str,
        before: str | None = None,
        after: str | None = None,
        details: dict[str, Any] | None = None,
    ) -> None:
        """Add an entry. `details` may not hold personal data: entries outlive the person's account."""
        self._session.add(
            AuditEntry(
                id=new_id(),
                at=self._now,
                actor=actor,
                subject=subject,
                action=action,
                before=before,
                after=after,
                details=details,
            )
        )
