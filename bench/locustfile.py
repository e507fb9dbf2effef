"""Locust's users: they browse, look at a room, hold, book, pay, sometimes cancel, and some only watch.

Started by `make load`; with Locust's own web page: `locust -f bench/locustfile.py --host http://127.0.0.1:4000`.
"""

from __future__ import annotations

import random
import uuid
from typing import Any

from locust import FastHttpUser, between, events, task

from bench import operations

CANCEL = """
mutation Cancel($input: CancelBookingInput!) { cancelBooking(input: $input) { booking { status } userErrors { code } } }
"""
SHOWTIMES = "{ showtimes(first: 100) { nodes { id status } } }"
_EXPECTED_REFUSALS = {"SEATS_UNAVAILABLE", "HOLD_LIMIT"}


class Person(FastHttpUser):
    """One person on their own connection."""

    abstract = True
    token = ""

    def send(self, name: str, query: str, **variables: Any) -> dict[str, Any] | None:
        """Send an operation under a name of the report; None when it failed."""
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        with self.client.post(
            "/graphql", json={"query": query, "variables": variables}, headers=headers, name=name, catch_response=True
        ) as response:
            answer = response.json() if response.status_code == 200 else None
            if answer is None or "errors" in answer:
                response.failure(str(response.text)[:300])
                return None
            return dict(answer["data"])


class Buyer(Person):
    """Goes the whole way."""

    weight = 4
    wait_time = between(0.5, 2.0)

    def on_start(self) -> None:
        """Become a guest and look at the programme."""
        data = self.send("guest", operations.GUEST)
        self.token = data["createGuestSession"]["accessToken"] if data else ""
        shown = self.send("showtimes", SHOWTIMES)
        self.showtimes = [
            node["id"]
            for node in (shown or {"showtimes": {"nodes": []}})["showtimes"]["nodes"]
            if node["status"] == "ON_SALE"
        ]

    @task(5)
    def browse(self) -> None:
        """Search for a film."""
        self.send("search", operations.SEARCH, title=random.choice(operations.TITLES))

    @task(3)
    def look(self) -> None:
        """Open a room."""
        if self.showtimes:
            self.send("seat map", operations.MAP_PACKED, id=random.choice(self.showtimes))

    @task(2)
    def buy(self) -> None:
        """Hold seats, book, pay; one in five thinks again."""
        if not self.showtimes:
            return
        booking_id = self._book(random.choice(self.showtimes))
        if booking_id is None:
            return
        paid = self.send(
            "pay",
            operations.PAY,
            input={"bookingId": booking_id, "paymentMethod": "pm_card_visa", "idempotencyKey": uuid.uuid4().hex},
        )
        if paid and random.random() < 0.2:
            self.send("cancel", CANCEL, input={"bookingId": booking_id, "idempotencyKey": uuid.uuid4().hex})

    def _book(self, showtime_id: str) -> str | None:
        held = self.send(
            "hold",
            "mutation Best($input: HoldBestSeatsInput!) "
            "{ holdBestSeats(input: $input) { hold { id } userErrors { code } } }",
            input={"showtimeId": showtime_id, "count": random.randint(1, 4), "idempotencyKey": uuid.uuid4().hex},
        )
        if held is None or held["holdBestSeats"]["hold"] is None:
            return None
        booked = self.send(
            "book",
            operations.BOOK,
            input={
                "holdId": held["holdBestSeats"]["hold"]["id"],
                "contactEmail": "load@example.com",
                "idempotencyKey": uuid.uuid4().hex,
            },
        )
        if booked is None or booked["createBooking"]["booking"] is None:
            return None
        return str(booked["createBooking"]["booking"]["id"])


class Looker(Person):
    """Only searches and looks at rooms."""

    weight = 2
    wait_time = between(0.2, 1.0)

    @task
    def browse(self) -> None:
        """Search for a film."""
        self.send("search", operations.SEARCH, title=random.choice(operations.TITLES))


@events.quitting.add_listener
def _fail_on_errors(environment: Any, **_: Any) -> None:
    """Let the command end with 1 when requests failed."""
    if environment.stats.total.fail_ratio > 0:
        environment.process_exit_code = 1
