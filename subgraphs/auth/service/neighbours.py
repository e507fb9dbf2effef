"""What auth tells the seat and booking subgraphs, through its outbox: a guest became a user, a person left."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.outbox import Handler, Outbox
from subgraphs.common.service_client import ServiceClient

_ADOPT_SEAT: Final = "mutation ($input: AdoptGuestInput!) { adoptGuest(input: $input) { done } }"
_ADOPT_BOOKING: Final = "mutation ($input: AdoptGuestBookingsInput!) { adoptGuestBookings(input: $input) { done } }"
_FORGET_SEAT: Final = "mutation ($input: ForgetPersonInput!) { forgetPerson(input: $input) { done } }"
_FORGET_BOOKING: Final = (
    "mutation ($input: ForgetPersonBookingsInput!) { forgetPersonBookings(input: $input) { done } }"
)
_SECONDS: Final = 2.0


def neighbour_handlers(*, seat: ServiceClient, booking: ServiceClient) -> dict[str, Handler]:
    """Give the outbox's handlers for these messages. Each is idempotent at the receiver."""

    def calling(client: ServiceClient, document: str) -> Handler:
        async def handle(payload: dict[str, Any]) -> None:
            await client.call(document, {"input": payload}, timeout_seconds=_SECONDS)

        return handle

    return {
        "seat.adoptGuest": calling(seat, _ADOPT_SEAT),
        "booking.adoptGuest": calling(booking, _ADOPT_BOOKING),
        "seat.forgetPerson": calling(seat, _FORGET_SEAT),
        "booking.forgetPerson": calling(booking, _FORGET_BOOKING),
    }


class Neighbours:
    """Puts these messages into the outbox, and delivers them at once where an answer is to rest on it.

    A user's messages to one service keep their order; the two services do not wait for each other.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def adopt_guest(self, session: AsyncSession, *, guest_id: str, user_id: str) -> None:
        """Let the user take over what the guest owns."""
        payload = {"guestId": guest_id, "userId": user_id}
        self._outbox.put(session, "seat.adoptGuest", payload, partition=f"seat:{user_id}")
        self._outbox.put(session, "booking.adoptGuest", payload, partition=f"booking:{user_id}")

    def forget_person(self, session: AsyncSession, *, user_id: str, guest_ids: Sequence[str]) -> None:
        """Let both erase a person, and the guests that the person was."""
        for person_id in (*guest_ids, user_id):
            payload = {"userId": person_id}
            self._outbox.put(session, "seat.forgetPerson", payload, partition=f"seat:{user_id}")
            self._outbox.put(session, "booking.forgetPerson", payload, partition=f"booking:{user_id}")

    async def tell(self, user_id: str) -> None:
        """Try to deliver a user's messages now, after the commit. What fails stays for the relay."""
        await asyncio.gather(self._outbox.deliver(f"seat:{user_id}"), self._outbox.deliver(f"booking:{user_id}"))
