"""Tickets: what stands on them, and letting people in, once each."""

from __future__ import annotations

from dataclasses import replace

from subgraphs.booking.models.states import TicketStatus
from subgraphs.booking.repository.sale_records import TicketRecord
from subgraphs.booking.repository.sales import SalesRepository
from subgraphs.booking.repository.showtimes import ShowtimeRepository
from subgraphs.booking.service.sale_context import SaleContext
from subgraphs.booking.service.ticket_codes import QrPictures, TicketCodes
from subgraphs.common.errors import NotAllowedNow, NotFound
from subgraphs.common.identity import Principal, require_staff


class TicketService:
    """Shows tickets and checks them in."""

    def __init__(self, context: SaleContext, codes: TicketCodes) -> None:
        self._context = context
        self._codes = codes
        self._pictures = QrPictures()

    def code_of(self, ticket: TicketRecord) -> str:
        """Give a ticket's signed code."""
        return self._codes.code_of(ticket.id)

    async def qr_svg_of(self, ticket: TicketRecord) -> str:
        """Give the picture of a ticket's code."""
        return await self._pictures.svg_of(self.code_of(ticket))

    async def check_in(self, staff: Principal, code: str) -> TicketRecord:
        """Let somebody in with a ticket (invariant I17).

        Raises:
            NotFound: the code is not one of ours.
            Forbidden: the ticket is for a cinema that the caller does not work for.
            NotAllowedNow: it was used, cancelled or refunded.
        """
        ticket_id = self._codes.ticket_of(code)
        if ticket_id is None:
            raise _no_such_ticket()
        async with self._context.database.read() as session:
            ticket = await SalesRepository(session).ticket(ticket_id)
            if ticket is None:
                raise _no_such_ticket()
            showtime = (await ShowtimeRepository(session).by_ids([ticket.showtime_id]))[ticket.showtime_id]
        require_staff(staff, cinema_id=showtime.cinema_id)
        async with self._context.writing(staff.id) as (_, ledger):
            if await ledger.check_in(ticket.id, showtime_id=ticket.showtime_id, by=staff.id):
                return replace(ticket, checked_in_at=ledger.now, checked_in_by=staff.id)
        raise await self._refusal(ticket_id)

    async def _refusal(self, ticket_id: str) -> NotAllowedNow:
        async with self._context.database.read() as session:
            ticket = await SalesRepository(session).ticket(ticket_id)
        if ticket is None or ticket.status is TicketStatus.VOID or ticket.checked_in_at is None:
            return NotAllowedNow(
                "This ticket is not valid any more: its booking was cancelled or changed.", field=["code"]
            )
        return NotAllowedNow(
            f"This ticket was used already, at {ticket.checked_in_at:%H:%M:%S} UTC: let nobody in with it.",
            field=["code"],
        )


def _no_such_ticket() -> NotFound:
    return NotFound("This is not the code of a ticket.", field=["code"])
