"""The booking subgraph with a real seat subgraph beside it; calls between them can be made to fail at any line."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
from sqlalchemy import text

from eventio.checking.books import Breach
from eventio.checking.check import Check, Patience
from eventio.checking.reading import BookReader
from subgraphs.booking.app import MIGRATIONS, BookingService, create_service
from subgraphs.booking.models import Cinema, Movie, Room, Showtime
from subgraphs.booking.settings import BookingSettings
from subgraphs.common.bus import MemoryBus
from subgraphs.common.clock import ShiftingClock
from subgraphs.common.identity import Principal, ServiceTokens
from subgraphs.common.ids import new_id
from subgraphs.common.service_client import SERVICE_TOKEN_HEADER
from subgraphs.common.wiring import Surroundings, tokens_of
from subgraphs.seat.models.records import ShowtimeRecord
from tests.support.databases import prepare
from tests.support.seat_service import _JWKS, ROOM, SeatSystem, person, running_seat, token_of
from tests.support.statements import collected_statements

PRICES = {"STANDARD": 1_250, "PREMIUM": 1_500, "RECLINER": 2_000, "WHEELCHAIR": 1_000, "COMPANION": 1_000}
BOOKING_FIELDS = """
  id reference status expiresAt confirmedAt cancelledAt total { amount currency }
  user { id } showtime { id } seats { id } lines { seat { id } category price { amount currency } }
  payments { id status provider amount { amount currency } nextAction { url clientSecret } }
  tickets { id code qrSvg checkedInAt seat { id } }
"""
ERROR_FIELDS = """
  __typename code message field retryable
  ... on PaymentDeclinedError { declineCode } ... on HoldExpiredError { expiredAt }
  ... on PriceChangedError { total { amount currency } }
  ... on PaymentActionRequiredError { nextAction { url clientSecret } }
"""


class Cut(httpx.AsyncBaseTransport):
    """A transport that can fail before or after a call, by the name of the field that is called."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.before: set[str] = set()
        self.after: set[str] = set()
        self.calls: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        name = orjson.loads(body)["query"].split("{")[1].split("(")[0].strip()
        self.calls.append(name)
        if name in self.before:
            raise httpx.ConnectError("cut before the call")
        response = await self._inner.handle_async_request(request)
        if name in self.after:
            raise httpx.ReadError("cut after the call")
        return response


@dataclass
class SalesSystem:
    """Both subgraphs and what is around them. Loops do not run by themselves: `settle` runs them until all is quiet."""

    service: BookingService
    seat: SeatSystem
    cut: Cut
    clock: ShiftingClock
    client: httpx.AsyncClient
    tokens: ServiceTokens
    seat_tokens: ServiceTokens
    cinema_id: str = ""
    emails: dict[str, str] = field(default_factory=dict)
    keys: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def key(self) -> str:
        return f"key-{next(self.keys)}"

    async def showtime(
        self, *, starts_in: timedelta = timedelta(days=1), prices: Mapping[str, int] | None = None
    ) -> ShowtimeRecord:
        """Plan a showtime, here and at seat."""
        now = self.clock.now()
        rooms = [(f"Room {next(self.keys)}", ROOM)]
        [room] = await self.seat.services.rooms.add_in_bulk(self.cinema_id, rooms, actor="test")
        spec = self.seat.spec(
            room.id,
            starts_at=now + starts_in,
            ends_at=now + starts_in + timedelta(hours=2),
            sale_ends_at=now + starts_in,
        )
        assert await self.seat.services.showtimes.open(spec, actor="test") == 1
        async with self.service.database.write() as session:
            session.add(Room(id=room.id, cinema_id=self.cinema_id, plans=0))
            await session.flush()
            session.add(
                Showtime(
                    id=spec.showtime_id,
                    movie_id=self.cinema_id,
                    cinema_id=self.cinema_id,
                    auditorium_id=room.id,
                    starts_at=spec.starts_at,
                    ends_at=spec.ends_at,
                    sale_starts_at=spec.sale_starts_at,
                    sale_ends_at=spec.sale_ends_at,
                    currency="EUR",
                    prices=dict(PRICES if prices is None else prices),
                    hold_seconds=480,
                    hold_cap_seconds=1_200,
                    refund_seconds=7_200,
                    revision=1,
                    available=0,
                    available_version=-1,
                    created_at=now,
                )
            )
        return await self.seat.map(spec.showtime_id)

    async def send(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        by: Principal | None = None,
        service: bool = False,
    ) -> dict[str, Any]:
        """Run an operation over the ASGI application; gives the whole answer."""
        headers = {"content-type": "application/json"}
        if by is not None:
            headers["authorization"] = f"Bearer {token_of(by, exp=int(self.clock.now().timestamp()) + 600)}"
        if service:
            headers[SERVICE_TOKEN_HEADER] = self.tokens.issue("booking")
        body = orjson.dumps({"query": query, "variables": dict(variables or {})})
        response = await self.client.post("/graphql", content=body, headers=headers)
        assert response.status_code == httpx.codes.OK, response.text
        answer: dict[str, Any] = orjson.loads(response.content)
        return answer

    async def data(self, query: str, variables: Mapping[str, Any] | None = None, **who: Any) -> dict[str, Any]:
        """Run an operation that succeeds; gives its data."""
        answer = await self.send(query, variables, **who)
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    async def denied(self, query: str, variables: Mapping[str, Any] | None = None, **who: Any) -> str:
        """Run an operation that fails as a whole; gives the code of its one error."""
        [error] = (await self.send(query, variables, **who))["errors"]
        return str(error["extensions"]["code"])

    async def mutate(self, name: str, by: Principal, **value: Any) -> dict[str, Any]:
        """Run a mutation on a booking; gives its payload."""
        input_type = name[0].upper() + name[1:] + "Input"
        query = (
            f"mutation ($input: {input_type}!) {{ {name}(input: $input) "
            f"{{ booking {{ {BOOKING_FIELDS} }} userErrors {{ {ERROR_FIELDS} }} }} }}"
        )
        payload: dict[str, Any] = (await self.data(query, {"input": value}, by=by))[name]
        return payload

    async def done(self, name: str, by: Principal, **value: Any) -> dict[str, Any]:
        """Run a mutation that succeeds; gives the booking."""
        value.setdefault("idempotencyKey", self.key())
        payload = await self.mutate(name, by, **value)
        assert payload["userErrors"] == [], payload
        booking: dict[str, Any] = payload["booking"]
        return booking

    async def refused(self, name: str, by: Principal, **value: Any) -> dict[str, Any]:
        """Run a mutation that is refused; gives its one user error."""
        value.setdefault("idempotencyKey", self.key())
        payload = await self.mutate(name, by, **value)
        assert payload["booking"] is None
        [error] = payload["userErrors"]
        return dict(error)

    async def held(self, by: Principal, showtime: ShowtimeRecord, *positions: int) -> str:
        """Hold seats; gives the hold's id."""
        return (await self.seat.hold(showtime, *positions, owner=by)).id

    async def booked(self, by: Principal, showtime: ShowtimeRecord, *positions: int) -> dict[str, Any]:
        """Hold seats and book them."""
        return await self.done("createBooking", by, holdId=await self.held(by, showtime, *positions))

    async def sold(
        self, by: Principal, showtime: ShowtimeRecord, *positions: int, method: str = "pm_card_visa"
    ) -> dict[str, Any]:
        """Hold seats, book and pay them."""
        booking = await self.booked(by, showtime, *positions)
        return await self.done("payBooking", by, bookingId=booking["id"], paymentMethod=method)

    async def booking(self, booking_id: str, by: Principal) -> dict[str, Any]:
        """Read a booking as its owner."""
        query = f"query ($id: ID!) {{ booking(id: $id) {{ {BOOKING_FIELDS} }} }}"
        return dict((await self.data(query, {"id": booking_id}, by=by))["booking"])

    async def settle(self) -> None:
        """Run every loop until there is nothing left to do now."""
        selling = self.service.selling
        for _ in range(20):
            work = await selling.events.deliver_due()
            work += await self.service.outbox._deliver_batch(None)
            work += await selling.sales.driver.run_due()
            if work == 0:
                return
        raise AssertionError("it never becomes quiet")

    async def send_mails(self) -> None:
        """Have what waits for people written to them, as far as it is due."""
        await self.service.mails._deliver_batch(None)

    async def put_mail_back(self, payload: dict[str, Any] | str) -> None:
        """Put a mail's message into the outbox again, as a crash before its deletion leaves it."""
        content = orjson.loads(payload) if isinstance(payload, str) else payload
        async with self.service.database.write() as session:
            self.service.mails.put(session, "sales.mail", content, partition="again")

    async def later(self, seconds: float) -> None:
        """Let time pass, and everything that is due then happen."""
        self.clock.advance(timedelta(seconds=seconds))
        await self.settle()

    async def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Read from booking's database."""
        async with self.service.database.read() as session:
            return [tuple(row) for row in await session.execute(text(sql), values)]

    async def statuses(self, showtime_id: str) -> str:
        """Read the packed seat map."""
        return await self.seat.statuses(showtime_id)

    async def money(self) -> tuple[int, int, int]:
        """Read the provider's books: captured, refunded, and still reserved, in minor units."""
        sql = (
            "SELECT coalesce(sum(captured_minor), 0), coalesce(sum(refunded_minor), 0), "
            "coalesce(sum(CASE WHEN status IN ('authorized', 'requires_action') THEN amount_minor ELSE 0 END), 0) "
            "FROM sandbox_payments"
        )
        [(captured, refunded, reserved)] = await self.rows(sql)
        return int(captured), int(refunded), int(reserved)

    async def breaches(self) -> list[Breach]:
        """Check both databases as `eventio check` does, with one look."""
        return list((await Check(self.books, patience=Patience(looks=1)).run()).breaches)

    @property
    def books(self) -> BookReader:
        """Both databases, to be checked."""
        return BookReader(self.service.database, self.seat.service.database)

    async def all_is_well(self) -> None:
        """Assert what must hold whenever it is quiet: the invariants that both databases can show."""
        await self.seat.all_is_well()
        assert await self.breaches() == []

    def statements(self) -> contextlib.AbstractContextManager[list[str]]:
        """Collect the SQL statements that run inside."""
        return collected_statements(self.service.database)


@contextlib.asynccontextmanager
async def selling(database_url: str, folder: Path, **changes: Any) -> AsyncIterator[SalesSystem]:
    """Run both subgraphs: booking on the database that is given, seat on SQLite."""
    bus, clock = MemoryBus(), ShiftingClock()
    async with running_seat(f"sqlite+aiosqlite:///{folder / 'seat.sqlite3'}", bus=bus, clock=clock) as seat:
        cut = Cut(httpx.ASGITransport(seat.service))
        emails: dict[str, str] = {}
        auth = httpx.MockTransport(lambda request: _auth(request, emails))
        settings = BookingSettings(database_url=database_url, data_dir=folder, **changes)
        surroundings = Surroundings(bus=bus, clock=clock, transports={"auth": auth, "seat": cut})
        service = create_service(settings, surroundings)
        await prepare(service.database, MIGRATIONS)
        client = httpx.AsyncClient(transport=httpx.ASGITransport(service), base_url="http://booking")
        async with client, _started(service):
            tokens = tokens_of("auth", settings)
            system = SalesSystem(service, seat, cut, clock, client, tokens, seat.tokens, emails=emails)
            await _add_programme(system)
            yield system


def _auth(request: httpx.Request, emails: Mapping[str, str]) -> httpx.Response:
    """Answer as auth does: the key set, and the addresses of people."""
    if request.method == "GET":
        return httpx.Response(200, json=_JWKS)
    [user] = orjson.loads(request.content)["variables"]["of"]
    email = emails.get(user["id"])
    return httpx.Response(200, json={"data": {"_entities": [None if email is None else {"email": email}]}})


@contextlib.asynccontextmanager
async def _started(service: BookingService) -> AsyncIterator[None]:
    """Start the service without its loops: tests say when they run."""
    try:
        for start in service.parts.start:
            await start()
        yield
    finally:
        for stop in reversed(service.parts.stop):
            await stop()


async def _add_programme(system: SalesSystem) -> None:
    now = system.clock.now()
    system.cinema_id = new_id()
    async with system.service.database.write() as session:
        session.add(
            Movie(
                id=system.cinema_id,
                title="Metropolis",
                title_folded="metropolis",
                search_text="metropolis",
                genres=[],
                directors=[],
                popularity=0,
                created_at=now,
                updated_at=now,
            )
        )
        session.add(
            Cinema(
                id=system.cinema_id,
                name="Lux",
                name_folded="lux",
                city="Berlin",
                city_folded="berlin",
                time_zone="Europe/Berlin",
                created_at=now,
                updated_at=now,
            )
        )


__all__ = ["BOOKING_FIELDS", "PRICES", "Cut", "SalesSystem", "person", "selling", "token_of"]
