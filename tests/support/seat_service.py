"""The seat subgraph with people, time and a bus that tests can hold in their hands."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from subgraphs.common.bus import Bus, MemoryBus
from subgraphs.common.clock import ShiftingClock
from subgraphs.common.identity import ACCESS_ALGORITHM, AUDIENCE, ISSUER, Principal, Role, ServiceTokens
from subgraphs.common.ids import new_id, new_scoped_id
from subgraphs.common.service_client import SERVICE_TOKEN_HEADER
from subgraphs.common.wiring import Surroundings, tokens_of
from subgraphs.seat.app import MIGRATIONS, SeatService, create_service
from subgraphs.seat.models.records import AuditoriumRecord, HoldRecord, ShowtimeRecord, ShowtimeSpec
from subgraphs.seat.seating.layout import seat_id
from subgraphs.seat.seating.plan import RowPlan
from subgraphs.seat.service.holds import HoldSeats
from subgraphs.seat.service.services import Services
from subgraphs.seat.settings import SeatSettings
from tests.support.databases import prepare
from tests.support.statements import collected_statements

_KEY = ec.generate_private_key(ec.SECP256R1())
_JWKS = {"keys": [{**ECAlgorithm.to_jwk(_KEY.public_key(), as_dict=True), "kid": "k1", "alg": ACCESS_ALGORITHM}]}
ROOM = (RowPlan("A", "ssssssss"), RowPlan("B", "pppp.ppp"), RowPlan("C", "wc.ssrrr"))
"""Positions: A 0 to 7 standard; B 8 to 14 premium, a gap after 11; C 15 w, 16 c, 17 and 18 standard, 19 on recliner."""


def person(*, role: Role = Role.CUSTOMER, aliases: Sequence[str] = (), cinemas: Sequence[str] = ()) -> Principal:
    """Make somebody new."""
    return Principal(new_id(), role, cinema_ids=frozenset(cinemas), aliases=frozenset(aliases))


def token_of(somebody: Principal, *, expires_in: float = 600, **changes: Any) -> str:
    """Give an access token as auth signs it."""
    now = ShiftingClock().now().timestamp()
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": somebody.id,
        "role": somebody.role.value,
        "cinemas": sorted(somebody.cinema_ids),
        "aka": sorted(somebody.aliases),
        "iat": int(now),
        "exp": int(now + expires_in),
        **changes,
    }
    return jwt.encode(claims, _KEY, algorithm=ACCESS_ALGORITHM, headers={"kid": "k1"})


@dataclass
class SeatSystem:
    """The running subgraph and what is around it."""

    service: SeatService
    clock: ShiftingClock
    bus: Bus
    client: httpx.AsyncClient
    tokens: ServiceTokens
    keys: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def services(self) -> Services:
        """The services below the schema."""
        return self.service.services

    async def room(self, rows: Sequence[RowPlan] = ROOM, *, cinema_id: str | None = None) -> AuditoriumRecord:
        """Make a cinema's room."""
        [made] = await self.services.rooms.add_in_bulk(cinema_id or new_id(), [("Room 1", rows)], actor="test")
        return made

    def spec(self, auditorium_id: str, **changes: Any) -> ShowtimeSpec:
        """Give a showtime that is on sale."""
        now = self.clock.now()
        values: dict[str, Any] = {
            "showtime_id": new_id(),
            "auditorium_id": auditorium_id,
            "starts_at": now + timedelta(days=1),
            "ends_at": now + timedelta(days=1, hours=2),
            "sale_starts_at": now - timedelta(days=1),
            "sale_ends_at": now + timedelta(days=1),
            "hold_seconds": 480,
            "hold_cap_seconds": 1_200,
            "revision": 1,
        }
        return ShowtimeSpec(**{**values, **changes})

    async def showtime(self, rows: Sequence[RowPlan] = ROOM, **changes: Any) -> ShowtimeRecord:
        """Open a showtime that is on sale, in a room of its own."""
        spec = self.spec((await self.room(rows)).id, **changes)
        assert await self.services.showtimes.open(spec, actor="test") == 1
        return await self.map(spec.showtime_id)

    async def map(self, showtime_id: str) -> ShowtimeRecord:
        """Read a showtime's map."""
        return (await self.services.showtimes.maps([showtime_id]))[showtime_id]

    async def statuses(self, showtime_id: str) -> str:
        """Read a showtime's packed map."""
        return (await self.map(showtime_id)).statuses

    async def hold(
        self, showtime: ShowtimeRecord, *positions: int, owner: Principal | None = None, key: str | None = None
    ) -> HoldRecord:
        """Hold seats."""
        seat_ids = tuple(seat_id(showtime.layout_id, position) for position in positions)
        command = HoldSeats(showtime.id, seat_ids, key or f"key-{next(self.keys)}")
        return await self.services.holds.hold(owner or person(), command)

    async def bound(
        self, showtime: ShowtimeRecord, *positions: int, booking_id: str | None = None
    ) -> tuple[HoldRecord, str]:
        """Hold seats and make them a booking's; gives the hold and the booking's id."""
        owner = person()
        hold = await self.hold(showtime, *positions, owner=owner)
        booking_id = booking_id or new_scoped_id(showtime.id)
        outcome = await self.services.steps.bind(hold.id, booking_id=booking_id, owners=[owner.id], actor="test")
        assert outcome.status.value == "DONE"
        return hold, booking_id

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(seconds=seconds))

    async def all_is_well(self) -> None:
        """Assert that every log replays to its map and every map agrees with its claims."""
        assert await self.services.replay.check_all() == []

    async def send(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        by: Principal | None = None,
        token: str | None = None,
        service: bool = False,
    ) -> dict[str, Any]:
        """Run an operation over the ASGI application; gives the whole answer."""
        headers = {"content-type": "application/json"}
        if by is not None or token is not None:
            headers["authorization"] = f"Bearer {token or token_of(by or person())}"
        if service:
            headers[SERVICE_TOKEN_HEADER] = self.tokens.issue("seat")
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
        answer = await self.send(query, variables, **who)
        [error] = answer["errors"]
        return str(error["extensions"]["code"])

    def statements(self) -> contextlib.AbstractContextManager[list[str]]:
        """Collect the SQL statements that run inside."""
        return collected_statements(self.service.database)


@contextlib.asynccontextmanager
async def running_seat(
    database_url: str, *, bus: Bus | None = None, clock: ShiftingClock | None = None, **changes: Any
) -> AsyncIterator[SeatSystem]:
    """Migrate a database and run the subgraph on it. Its sweeper sleeps, unless `sweep_seconds` says otherwise."""
    settings = SeatSettings(database_url=database_url, **{"sweep_seconds": 60, "feed_poll_seconds": 0.2, **changes})
    clock, bus = clock or ShiftingClock(), bus or MemoryBus()
    auth = httpx.MockTransport(lambda _request: httpx.Response(200, json=_JWKS))
    service = create_service(settings, Surroundings(bus=bus, clock=clock, transports={"auth": auth}))
    await prepare(service.database, MIGRATIONS)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(service), base_url="http://seat")
    async with service.running(), client:
        yield SeatSystem(service, clock, bus, client, tokens_of("booking", settings))
