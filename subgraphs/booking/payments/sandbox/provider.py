"""The sandbox as a payment provider. It keeps its own books, which survive a restart and answer reconciliation."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.booking.models.sandbox import SandboxPayment, SandboxRefund
from subgraphs.booking.money import Amount
from subgraphs.booking.payments.provider import (
    ForgedWebhook,
    NextAction,
    PaymentOrder,
    ProviderEvent,
    ProviderPayment,
    ProviderRefused,
    ProviderStatus,
    ProviderUnavailable,
)
from subgraphs.booking.payments.sandbox.behaviours import BEHAVIOURS, Answer, Behaviour
from subgraphs.booking.payments.sandbox.events import SandboxEvents
from subgraphs.booking.payments.sandbox.signature import SIGNATURE_HEADER, is_signed
from subgraphs.common.database import Database
from subgraphs.common.ids import new_id

ACTION_PATH: Final = "/pay/sandbox"
_VOIDABLE: Final = frozenset({"authorized", "requires_action", "processing"})
_LONGEST_ID: Final = 80


class SandboxProvider:
    """Implements `PaymentProvider` on tables of its own.

    Args:
        database: where its books are.
        events: tells the webhook.
        webhook_secret: signs what it tells.
        page_url: base address of the page for the second step.
        late: how long a late answer takes.
    """

    name = "sandbox"

    def __init__(
        self, database: Database, events: SandboxEvents, *, webhook_secret: str, page_url: str, late: timedelta
    ) -> None:
        self._database = database
        self._events = events
        self._webhook_secret = webhook_secret
        self._page_url = page_url.rstrip("/")
        self._late = late

    async def authorize(self, order: PaymentOrder) -> ProviderPayment:
        behaviour = BEHAVIOURS.get(order.method)
        if behaviour is None:
            raise ProviderRefused("invalid_payment_method")
        try:
            payment, fresh = await self._ordered(order, behaviour)
        except IntegrityError as error:
            # The same order arrived twice at once: the other one is being answered.
            raise ProviderUnavailable("the sandbox is busy with this order") from error
        self._events.wake()
        if (fresh and behaviour.answer is not Answer.PROMPT) or payment.visible_at > self._now():
            raise ProviderUnavailable("the sandbox does not answer")
        return self._seen(payment)

    async def capture(self, payment_id: str, reference: str) -> ProviderPayment:  # noqa: ARG002 - the Protocol's
        async with self._database.write() as session:
            payment = await self._known(session, reference)
            behaviour = BEHAVIOURS[payment.method]
            first = payment.status == "authorized"
            if first and behaviour.capture != "blocked":
                self._move(session, payment, "voided" if behaviour.capture == "refused" else "captured")
        self._events.wake()
        if payment.status != "captured":
            raise ProviderRefused("payment_not_capturable")
        if first and behaviour.capture == "lost":
            raise ProviderUnavailable("the sandbox does not answer")
        return self._seen(payment)

    async def void(self, payment_id: str, reference: str) -> ProviderPayment:  # noqa: ARG002 - the Protocol's
        async with self._database.write() as session:
            payment = await self._known(session, reference)
            if payment.status in _VOIDABLE:
                self._move(session, payment, "voided")
        self._events.wake()
        return self._seen(payment)

    async def refund(self, refund_id: str, reference: str, amount: Amount) -> str:
        async with self._database.write() as session:
            payment = await self._known(session, reference)
            refund = await session.get(SandboxRefund, refund_id)
            first = refund is None
            if refund is None:
                refund = self._pay_back(session, payment, refund_id, amount)
        self._events.wake()
        if first and BEHAVIOURS[payment.method].refund == "lost":
            raise ProviderUnavailable("the sandbox does not answer")
        return refund.id

    async def look_up(
        self,
        payment_id: str,
        reference: str | None,  # noqa: ARG002 - the Protocol's
    ) -> ProviderPayment | None:
        async with self._database.read() as session:
            query = select(SandboxPayment).where(SandboxPayment.idempotency_key == payment_id)
            payment = await session.scalar(query)
        if payment is None or payment.visible_at > self._now():
            return None
        return self._seen(payment)

    async def close(self) -> None:
        """Nothing is open."""

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> ProviderEvent:
        now = int(self._now().timestamp())
        if not is_signed(headers.get(SIGNATURE_HEADER, ""), body, secret=self._webhook_secret, now=now):
            raise ForgedWebhook("the signature is not the sandbox's")
        event = orjson.loads(body)
        if not isinstance(event, dict) or not _is_short_text(event.get("id")) or not _is_short_text(event.get("type")):
            raise ValueError("not an event")
        payment = event.get("payment")
        told = payment if isinstance(payment, dict) else {}
        payment_id, status = told.get("idempotency_key"), str(told.get("status")).upper()
        return ProviderEvent(
            event["id"],
            event["type"],
            payment_id if _is_short_text(payment_id) else None,
            ProviderStatus[status] if status in ProviderStatus.__members__ else None,
        )

    async def waiting_action(self, token: str) -> ProviderPayment | None:
        """Give the payment whose second step a page's token is for; None for an unknown one."""
        async with self._database.read() as session:
            query = select(SandboxPayment).where(SandboxPayment.action_token == token)
            payment = await session.scalar(query)
        return None if payment is None else self._seen(payment)

    async def complete_action(self, token: str, *, approve: bool) -> ProviderPayment | None:
        """Be the person at their bank: approve or refuse. What was decided before stays; None for an unknown token."""
        async with self._database.write() as session:
            query = select(SandboxPayment).where(SandboxPayment.action_token == token).with_for_update()
            payment = await session.scalar(query)
            if payment is None:
                return None
            if payment.status == "requires_action":
                payment.decline_code = None if approve else "authentication_failed"
                self._move(session, payment, "authorized" if approve else "declined")
        self._events.wake()
        return self._seen(payment)

    async def _ordered(self, order: PaymentOrder, behaviour: Behaviour) -> tuple[SandboxPayment, bool]:
        async with self._database.write() as session:
            payment = await self._by_key(session, order.payment_id)
            if payment is None:
                return self._register(session, order, behaviour), True
            if (payment.amount_minor, payment.currency) != (order.amount.minor, order.amount.currency):
                raise ProviderRefused("idempotency_key_in_use")
            return payment, False

    def _register(self, session: AsyncSession, order: PaymentOrder, behaviour: Behaviour) -> SandboxPayment:
        now = self._now()
        captured = order.amount.minor if behaviour.status == "captured" else 0
        payment = SandboxPayment(
            id=f"sbx_{new_id()}",
            idempotency_key=order.payment_id,
            status=behaviour.status,
            method=order.method,
            currency=order.amount.currency,
            amount_minor=order.amount.minor,
            captured_minor=captured,
            refunded_minor=0,
            decline_code=behaviour.decline_code,
            action_token=secrets.token_urlsafe(24) if behaviour.status == "requires_action" else None,
            visible_at=now + self._late if behaviour.answer is Answer.LATE else now,
            created_at=now,
        )
        session.add(payment)
        self._tell(session, payment, first=True)
        return payment

    def _move(self, session: AsyncSession, payment: SandboxPayment, status: str) -> None:
        payment.status = status
        if status == "captured":
            payment.captured_minor = payment.amount_minor
        self._tell(session, payment)

    def _pay_back(
        self, session: AsyncSession, payment: SandboxPayment, refund_id: str, amount: Amount
    ) -> SandboxRefund:
        if amount.currency != payment.currency:
            raise ProviderRefused("currency_mismatch")
        if payment.refunded_minor + amount.minor > payment.captured_minor:
            raise ProviderRefused("refund_exceeds_capture")
        payment.refunded_minor += amount.minor
        refund = SandboxRefund(
            idempotency_key=refund_id,
            id=f"sbr_{new_id()}",
            payment_id=payment.id,
            amount_minor=amount.minor,
            created_at=self._now(),
        )
        session.add(refund)
        self._tell(session, payment, kind="refund.done")
        return refund

    def _tell(
        self, session: AsyncSession, payment: SandboxPayment, *, kind: str | None = None, first: bool = False
    ) -> None:
        behaviour = BEHAVIOURS[payment.method]
        due_at = payment.visible_at if first else self._now()
        if first and behaviour.reordered:
            due_at += timedelta(seconds=2)
        content: dict[str, Any] = {
            "type": kind or f"payment.{payment.status}",
            "payment": {
                "id": payment.id,
                "idempotency_key": payment.idempotency_key,
                "status": payment.status,
                "amount": payment.amount_minor,
                "currency": payment.currency,
            },
        }
        self._events.put(session, content, due_at=due_at, copies=behaviour.copies)

    async def _by_key(self, session: AsyncSession, key: str) -> SandboxPayment | None:
        query = select(SandboxPayment).where(SandboxPayment.idempotency_key == key).with_for_update()
        return await session.scalar(query)

    async def _known(self, session: AsyncSession, reference: str) -> SandboxPayment:
        payment = await session.get(SandboxPayment, reference, with_for_update=True)
        if payment is None or payment.visible_at > self._now():
            raise ProviderRefused("no_such_payment")
        return payment

    def _seen(self, payment: SandboxPayment) -> ProviderPayment:
        waiting = payment.status == "requires_action"
        action = NextAction(f"{self._page_url}{ACTION_PATH}/{payment.action_token}", None) if waiting else None
        return ProviderPayment(
            reference=payment.id,
            status=ProviderStatus[payment.status.upper()],
            amount=Amount(payment.amount_minor, payment.currency),
            decline_code=payment.decline_code,
            next_action=action,
        )

    def _now(self) -> datetime:
        return self._database.clock.now()


def _is_short_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ID
