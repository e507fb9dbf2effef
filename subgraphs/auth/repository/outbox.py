"""SQL about what waits in the outbox for one mailbox or person, beyond what `subgraphs.common.outbox` does."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.auth.models import OutboxMessage


async def forget_partitions(session: AsyncSession, partitions: Sequence[str]) -> None:
    """Delete what waits in these partitions: mails to a person who leaves."""
    await session.execute(delete(OutboxMessage).where(OutboxMessage.partition.in_(partitions)))
