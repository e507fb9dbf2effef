"""Events of payment providers in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CursorResult, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.booking.models.sales import WebhookEvent
from subgraphs.booking.payments.provider import ProviderEvent


class WebhookEventRepository:
    """Records events within one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, provider: str, event: ProviderEvent, *, outcome: str, now: datetime) -> bool:
        """Record an event; False when it was recorded before."""
        insert = sqlite.insert if self._session.get_bind().dialect.name == "sqlite" else postgresql.insert
        statement = insert(WebhookEvent).values(
            provider=provider,
            event_id=event.event_id,
            kind=event.kind[:64],
            payment_id=event.payment_id,
            outcome=outcome,
            received_at=now,
        )
        result = await self._session.execute(statement.on_conflict_do_nothing())
        return isinstance(result, CursorResult) and result.rowcount == 1

    async def purge(self, *, before: datetime) -> None:
        """Delete events older than a moment."""
        await self._session.execute(delete(WebhookEvent).where(WebhookEvent.received_at < before))
