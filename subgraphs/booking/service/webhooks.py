"""What payment providers tell: verified, recorded once, taken as a reason to ask. In any order, any number of times."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.booking.models.states import PaymentStatus
from subgraphs.booking.payments.provider import ProviderEvent
from subgraphs.booking.repository.sale_records import PaymentRecord
from subgraphs.booking.repository.sales import SalesRepository
from subgraphs.booking.repository.webhook_events import WebhookEventRepository
from subgraphs.booking.service.driver import Driver
from subgraphs.booking.service.sale_context import SaleContext
from subgraphs.common.ids import is_scoped_id

log = structlog.get_logger(__name__)
_KEPT: Final = timedelta(days=30)
_PURGE_PAUSE_SECONDS: Final = 3_600.0
_FINAL: Final = frozenset({PaymentStatus.CAPTURED, PaymentStatus.REFUND_PENDING, PaymentStatus.REFUNDED})


class UnknownProvider(LookupError):
    """No provider has this name here."""


class WebhookService:
    """Takes webhooks."""

    def __init__(self, context: SaleContext, driver: Driver) -> None:
        self._context = context
        self._driver = driver

    async def take(self, provider_name: str, headers: Mapping[str, str], body: bytes) -> str:
        """Take one webhook; gives what came of it, in a word.

        Raises:
            UnknownProvider: nobody of this name.
            ForgedWebhook: not the provider's; nothing is recorded.
            ValueError: signed, but not an event.
        """
        provider = self._context.providers.named(provider_name)
        if provider is None:
            raise UnknownProvider(provider_name)
        event = provider.read_webhook(headers, body)
        async with self._context.writing(f"provider:{provider_name}") as (session, ledger):
            payment = await self._payment(session, event)
            outcome = _outcome(event, payment)
            events = WebhookEventRepository(session)
            if not await events.add(provider_name, event, outcome=outcome, now=ledger.now):
                return "repeated"
            if payment is not None and outcome == "asking":
                # The event may be old: it changes nothing itself, the provider is asked what is true now.
                await ledger.touch_payment(payment, ask_at=ledger.now)
                await ledger.make_due(payment.booking_id, showtime_id=payment.showtime_id)
        log.info("webhook.taken", provider=provider_name, event_id=event.event_id, kind=event.kind, outcome=outcome)
        if outcome == "asking":
            self._driver.wake()
        return outcome

    async def run(self) -> None:
        """Forget old events every hour, until cancelled."""
        while True:
            await self.purge()
            await asyncio.sleep(_PURGE_PAUSE_SECONDS)

    async def purge(self) -> None:
        """Forget events that are older than any provider repeats them."""
        async with self._context.database.write() as session:
            await WebhookEventRepository(session).purge(before=self._context.now() - _KEPT)

    async def _payment(self, session: AsyncSession, event: ProviderEvent) -> PaymentRecord | None:
        if event.payment_id is None or not is_scoped_id(event.payment_id):
            return None
        return await SalesRepository(session).payment(event.payment_id)


def _outcome(event: ProviderEvent, payment: PaymentRecord | None) -> str:
    if payment is None:
        return "unknown_payment"
    if payment.status in _FINAL:
        return "nothing_new"
    if event.status is not None and event.status.value == payment.status.value:
        return "nothing_new"
    return "asking"
