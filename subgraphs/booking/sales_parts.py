"""Puts the selling half of the booking subgraph together."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from fastapi import FastAPI

from subgraphs.booking.payments.registry import Providers
from subgraphs.booking.payments.routes import WEBHOOK_PATH, mount_sandbox_page, mount_webhooks
from subgraphs.booking.payments.sandbox.events import SandboxEvents
from subgraphs.booking.payments.sandbox.provider import SandboxProvider
from subgraphs.booking.seat_client import SeatClient
from subgraphs.booking.service.bookings import BookingService
from subgraphs.booking.service.cancelling import CancellingService
from subgraphs.booking.service.changing import ChangingService
from subgraphs.booking.service.driver import Driver
from subgraphs.booking.service.mails import BookingMails
from subgraphs.booking.service.paying import PayingService
from subgraphs.booking.service.people import PeopleService
from subgraphs.booking.service.sale_context import BOOKING_MAIL, RELEASE_SEATS, Patience, SaleContext
from subgraphs.booking.service.sale_seeding import SaleSeeder
from subgraphs.booking.service.sales import Sales
from subgraphs.booking.service.telling_seat import CANCEL_BOOKINGS
from subgraphs.booking.service.ticket_codes import TicketCodes
from subgraphs.booking.service.tickets import TicketService
from subgraphs.booking.service.watching import WatchingService
from subgraphs.booking.service.webhooks import WebhookService
from subgraphs.booking.settings import BookingSettings
from subgraphs.common.bus import Bus
from subgraphs.common.database import Database
from subgraphs.common.idempotency import IdempotencyStore
from subgraphs.common.mailer import mailer_for
from subgraphs.common.outbox import Outbox
from subgraphs.common.service_client import ServiceClient


@dataclass(frozen=True)
class Selling:
    """The selling half.

    Attributes:
        sales: its services.
        sandbox: the payment provider.
        events: delivers the sandbox's webhooks.
        webhook_client: reaches this service's own webhook.
        codes: the tickets' keys, read when the service starts.
        providers: whoever takes payments.
    """

    sales: Sales
    sandbox: SandboxProvider
    events: SandboxEvents
    webhook_client: OwnWebhook
    codes: TicketCodes
    providers: Providers

    @property
    def background(self) -> dict[str, Callable[[], Coroutine[Any, Any, None]]]:
        """Loops that run as long as the service does."""
        return {
            "sales.driver": self.sales.driver.run,
            "sales.webhooks": self.sales.webhooks.run,
            "sandbox.events": self.events.run,
        }

    async def start(self) -> None:
        """Read the keys that sign tickets."""
        self.codes.load()

    def mount(self, web: FastAPI) -> None:
        """Serve the addresses of payments, and let the sandbox call them."""
        mount_webhooks(web, self.sales.webhooks.take)
        mount_sandbox_page(web, self.sandbox)
        self.webhook_client.connect(web)


class OwnWebhook:
    """Sends the sandbox's events to this service's own webhook, within the process: it needs no address for that."""

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None

    def connect(self, web: FastAPI) -> None:
        """Say where the webhook is."""
        transport = httpx.ASGITransport(web)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://booking", trust_env=False)

    async def deliver(self, body: bytes, headers: dict[str, str]) -> int:
        """Send one event; gives the status of the answer."""
        if self._client is None:
            raise ConnectionError("the webhook is not mounted yet")
        return (await self._client.post(f"{WEBHOOK_PATH}/sandbox", content=body, headers=headers)).status_code

    async def close(self) -> None:
        """Close the client."""
        if self._client is not None:
            await self._client.aclose()


def build_selling(
    settings: BookingSettings,
    *,
    database: Database,
    seat: SeatClient,
    auth: ServiceClient,
    bus: Bus,
    outbox: Outbox,
    mails: Outbox,
    keys: IdempotencyStore,
) -> Selling:
    """Build it and give its handlers to the outboxes; nothing is opened before it starts."""
    secret = _webhook_secret(settings)
    own = OwnWebhook()
    events = SandboxEvents(database, webhook_secret=secret, deliver=own.deliver)
    sandbox = SandboxProvider(
        database,
        events,
        webhook_secret=secret,
        page_url=settings.payment_page_url or settings.public_url,
        late=timedelta(seconds=settings.sandbox_late_seconds),
    )
    providers = _providers(settings, sandbox)
    context = SaleContext(
        database=database,
        seat=seat,
        providers=providers,
        outbox=outbox,
        mails=mails,
        bus=bus,
        patience=Patience(
            grace=timedelta(seconds=settings.payment_grace_seconds),
            action=timedelta(seconds=settings.payment_action_seconds),
        ),
    )
    codes = TicketCodes(settings.ticket_secret.get_secret_value(), settings.data_dir)
    sales = _services(context, keys, codes)
    letters = BookingMails(
        database,
        auth=auth,
        seat=seat,
        mailer=mailer_for(settings),
        codes=codes,
        sender=settings.mail_from,
        clock=database.clock,
    )
    mails.handle(BOOKING_MAIL, letters.send)
    outbox.handle(RELEASE_SEATS, context.release_seats)
    outbox.handle(CANCEL_BOOKINGS, sales.cancelling.handle_cancelled_showtime)
    return Selling(sales, sandbox, events, own, codes, providers)


def _providers(settings: BookingSettings, sandbox: SandboxProvider) -> Providers:
    """Give who takes payments. The sandbox stays for payments that it took before, as those of demo data."""
    if settings.payment_provider != "stripe":
        return Providers(sandbox)
    # Its package takes a second and a half to import: only who uses it waits for that.
    from subgraphs.booking.payments.stripe.provider import StripeProvider  # noqa: PLC0415

    stripe = StripeProvider(
        secret_key=settings.stripe_secret_key.get_secret_value(),
        webhook_secret=settings.stripe_webhook_secret.get_secret_value(),
        return_url=settings.payment_return_url or settings.public_url,
        api_url=settings.stripe_api_url,
    )
    return Providers(stripe, sandbox)


def _services(context: SaleContext, keys: IdempotencyStore, codes: TicketCodes) -> Sales:
    driver = Driver(context)
    bookings = BookingService(context, keys)
    cancelling = CancellingService(context, keys, driver)
    return Sales(
        bookings=bookings,
        paying=PayingService(context, keys, driver),
        changing=ChangingService(context, keys, driver),
        cancelling=cancelling,
        tickets=TicketService(context, codes),
        watching=WatchingService(context, bookings),
        people=PeopleService(context, cancelling),
        webhooks=WebhookService(context, driver),
        seeder=SaleSeeder(context.database),
        driver=driver,
    )


def _webhook_secret(settings: BookingSettings) -> str:
    given = settings.sandbox_webhook_secret.get_secret_value()
    if given:
        return given
    root = settings.service_secret.get_secret_value().encode()
    return hmac.new(root, b"eventio sandbox webhook", hashlib.sha256).hexdigest()
