"""What of people stands in booking's database, and how it changes hands or goes."""

from __future__ import annotations

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from subgraphs.booking.models.base import IdempotencyKeyRow
from subgraphs.booking.models.sales import Booking
from subgraphs.booking.models.states import BookingStatus


class PeopleRepository:
    """Writes within one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def adopt(self, guest_id: str, *, user_id: str) -> list[str]:
        """Give a guest's bookings, and the answers to its keys, to a user; gives the bookings' ids."""
        query = select(Booking.id).where(Booking.user_id == guest_id)
        booking_ids = list(await self._session.scalars(query))
        await self._session.execute(update(Booking).where(Booking.user_id == guest_id).values(user_id=user_id))
        taken = aliased(IdempotencyKeyRow)
        key = IdempotencyKeyRow
        same = exists().where(
            taken.scope == key.scope, taken.person_id == user_id, taken.operation == key.operation, taken.key == key.key
        )
        await self._session.execute(
            update(key)
            .where(key.person_id == guest_id, ~same)
            .values(person_id=user_id)
            .execution_options(synchronize_session=False)
        )
        return booking_ids

    async def unpaid(self, user_id: str) -> list[str]:
        """Find bookings that wait for their person's payment."""
        waiting = (BookingStatus.PENDING_PAYMENT, BookingStatus.CONFIRMING)
        query = select(Booking.id).where(Booking.user_id == user_id, Booking.status.in_(waiting))
        return list(await self._session.scalars(query))

    async def forget(self, user_id: str) -> None:
        """Remove what tells who somebody is; bookings and payments stay, as the ledger of the house."""
        await self._session.execute(update(Booking).where(Booking.user_id == user_id).values(contact_email=None))
        await self._session.execute(delete(IdempotencyKeyRow).where(IdempotencyKeyRow.person_id == user_id))
