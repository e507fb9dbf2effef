"""What auth tells about people: a guest became a user, somebody left."""

from __future__ import annotations

from subgraphs.booking.repository.people import PeopleRepository
from subgraphs.booking.service.cancelling import CancellingService
from subgraphs.booking.service.sale_context import SaleContext
from subgraphs.common.errors import InvalidInput
from subgraphs.common.ids import is_id


class PeopleService:
    """Adopts and forgets. Both may be called again without a second effect."""

    def __init__(self, context: SaleContext, cancelling: CancellingService) -> None:
        self._context = context
        self._cancelling = cancelling

    async def adopt_guest(self, guest_id: str, *, user_id: str) -> None:
        """Give a guest's bookings to the user that the guest became."""
        _require_ids(guestId=guest_id, userId=user_id)
        async with self._context.writing("service:auth") as (session, ledger):
            booking_ids = await PeopleRepository(session).adopt(guest_id, user_id=user_id)
            for booking_id in booking_ids:
                ledger.note(booking_id, "booking.adopted", details={"from": guest_id, "to": user_id})

    async def forget_person(self, user_id: str) -> None:
        """Cancel what somebody has not paid, and remove addresses and stored answers. The ledger stays."""
        _require_ids(userId=user_id)
        async with self._context.database.read() as session:
            unpaid = await PeopleRepository(session).unpaid(user_id)
        for booking_id in unpaid:
            await self._cancelling.drop_unpaid(booking_id)
        async with self._context.writing("service:auth") as (session, _):
            await PeopleRepository(session).forget(user_id)


def _require_ids(**ids: str) -> None:
    for field, value in ids.items():
        if not is_id(value):
            raise InvalidInput("This is not an id.", field=[field])
