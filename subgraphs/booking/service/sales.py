"""The services of sales, as a request or a command finds them."""

from __future__ import annotations

from dataclasses import dataclass

from subgraphs.booking.service.bookings import BookingService
from subgraphs.booking.service.cancelling import CancellingService
from subgraphs.booking.service.changing import ChangingService
from subgraphs.booking.service.driver import Driver
from subgraphs.booking.service.paying import PayingService
from subgraphs.booking.service.people import PeopleService
from subgraphs.booking.service.sale_seeding import SaleSeeder
from subgraphs.booking.service.tickets import TicketService
from subgraphs.booking.service.watching import WatchingService
from subgraphs.booking.service.webhooks import WebhookService


@dataclass(frozen=True, slots=True)
class Sales:
    """Bookings, payments, tickets."""

    bookings: BookingService
    paying: PayingService
    changing: ChangingService
    cancelling: CancellingService
    tickets: TicketService
    watching: WatchingService
    people: PeopleService
    webhooks: WebhookService
    seeder: SaleSeeder
    driver: Driver
