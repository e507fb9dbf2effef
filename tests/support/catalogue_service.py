"""The booking subgraph as the programme's tests run it: the real application, a small seat, the keys of auth."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from subgraphs.booking.app import MIGRATIONS, BookingService, create_service
from subgraphs.booking.settings import BookingSettings
from subgraphs.common.bus import Bus, MemoryBus
from subgraphs.common.clock import ShiftingClock
from subgraphs.common.identity import AUDIENCE, ISSUER, Role
from subgraphs.common.ids import new_id
from subgraphs.common.service_client import SERVICE_TOKEN_HEADER
from subgraphs.common.wiring import Surroundings, tokens_of
from tests.support.databases import prepare
from tests.support.statements import collected_statements

_KEY = ec.generate_private_key(ec.SECP256R1())
_KEY_ID = "test"


def token_of(role: Role, *, user_id: str | None = None, cinema_ids: tuple[str, ...] = ()) -> str:
    """Issue an access token as auth would."""
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": user_id or new_id(),
        "role": role.value,
        "exp": datetime.now(UTC) + timedelta(days=365),
        "cinemas": list(cinema_ids),
    }
    return jwt.encode(claims, _KEY, algorithm="ES256", headers={"kid": _KEY_ID})


def _auth() -> httpx.MockTransport:
    key = {**ECAlgorithm.to_jwk(_KEY.public_key(), as_dict=True), "kid": _KEY_ID, "alg": "ES256", "use": "sig"}
    return httpx.MockTransport(lambda _request: httpx.Response(200, json={"keys": [key]}))


@dataclass
class SlowAnswer:
    """Seat's next answer, which waits to be let go; what it says was true when it was asked."""

    is_asked: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class SmallSeat:
    """Answers the programme's internal calls, and keeps them.

    Attributes:
        rooms: auditorium facts by id, as GraphQL gives them.
        available: free seats by showtime, as `availability` gives them.
        calls: field and input of each mutation.
        is_down: whether it answers with a fault.
        slow: its next answer, where that is to wait.
    """

    settings: BookingSettings
    rooms: dict[str, dict[str, Any]] = field(default_factory=dict)
    available: dict[str, int] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    is_down: bool = False
    slow: SlowAnswer | None = None

    def answers_slowly(self) -> SlowAnswer:
        """Make the next answer wait."""
        self.slow = SlowAnswer()
        return self.slow

    def add_room(self, cinema_id: str, *, categories: tuple[str, ...] = ("STANDARD", "PREMIUM")) -> str:
        """Make an auditorium; gives its id."""
        room_id = new_id()
        self.rooms[room_id] = {
            "id": room_id,
            "cinemaId": cinema_id,
            "name": "Room 1",
            "capacity": 120,
            "layoutId": new_id(),
            "layoutVersion": 1,
            "categories": list(categories),
        }
        return room_id

    def told(self, name: str) -> list[dict[str, Any]]:
        """Give the inputs of the calls of one field."""
        return [value for called, value in self.calls if called == name]

    def transport(self) -> httpx.MockTransport:
        """Give the seam to put it in."""
        return httpx.MockTransport(self._answer)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        assert tokens_of("seat", self.settings).check(request.headers[SERVICE_TOKEN_HEADER]) == "booking"
        if self.is_down:
            return httpx.Response(503, text="down")
        body = orjson.loads(request.content)
        data = self._data(body["query"], body["variables"])
        if self.slow is not None:
            slow, self.slow = self.slow, None
            slow.is_asked.set()
            await slow.go_on.wait()
        return httpx.Response(200, json={"data": data})

    def _data(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        if "auditoriumFacts" in query:
            return {"auditoriumFacts": self.rooms.get(variables["id"])}
        if "_entities" in query:
            return {"_entities": [self._availability(one["id"]) for one in variables["of"]]}
        name, value = query.partition("{ ")[2].partition("(")[0], variables["input"]
        self.calls.append((name, value))
        answers: dict[str, dict[str, Any]] = {
            "registerCinema": {"done": True},
            "openShowtime": {"opened": value.get("auditoriumId") in self.rooms},
            "closeShowtime": {"done": True},
        }
        return {name: answers[name]}

    def _availability(self, showtime_id: str) -> dict[str, Any] | None:
        free = self.available.get(showtime_id)
        return None if free is None else {"id": showtime_id, "availability": {"available": free}}


@dataclass
class Programme:
    """The running subgraph and what is around it."""

    service: BookingService
    settings: BookingSettings
    clock: ShiftingClock
    seat: SmallSeat
    bus: Bus
    client: httpx.AsyncClient
    admin: str = field(default_factory=lambda: token_of(Role.ADMIN))
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def send(
        self, query: str, variables: Mapping[str, Any] | None = None, *, token: str | None = None
    ) -> dict[str, Any]:
        """Run an operation; gives the whole answer."""
        headers = {"content-type": "application/json"}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        body = orjson.dumps({"query": query, "variables": dict(variables or {})})
        response = await self.client.post("/graphql", content=body, headers=headers)
        answer: dict[str, Any] = orjson.loads(response.content)
        return answer

    async def data(self, query: str, *, token: str | None = None, **variables: Any) -> Any:
        """Run an operation that has to succeed; gives its data."""
        answer = await self.send(query, variables, token=token)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def code(self, query: str, *, token: str | None = None, **variables: Any) -> str:
        """Run an operation that fails as a whole; gives the code of its one error."""
        [error] = (await self.send(query, variables, token=token))["errors"]
        assert error["message"]
        return str(error["extensions"]["code"])

    async def do(self, mutation: str, *, token: str | None = None, **values: Any) -> Any:
        """Run a staff mutation (by its document in `MUTATIONS`) that has to succeed; gives the thing."""
        payload = (await self.data(MUTATIONS[mutation], token=token or self.admin, input=values))["answer"]
        assert payload.pop("userErrors") == []
        [thing] = payload.values()
        return thing

    async def refused(self, mutation: str, *, token: str | None = None, **values: Any) -> tuple[str, list[str] | None]:
        """Run a staff mutation that is refused; gives code and field of its one user error."""
        payload = (await self.data(MUTATIONS[mutation], token=token or self.admin, input=values))["answer"]
        [error] = payload.pop("userErrors")
        assert list(payload.values()) == [None]
        assert error["message"]
        return error["code"], error["field"]

    async def movie(self, title: str = "Metropolis", **values: Any) -> str:
        """Make a film; gives its id."""
        return str((await self.do("createMovie", title=title, **values))["id"])

    async def cinema(self, name: str = "Astra", *, city: str = "Berlin") -> str:
        """Make a cinema; gives its id."""
        return str((await self.do("createCinema", name=name, city=city, timeZone="Europe/Berlin"))["id"])

    async def room(self, *, city: str = "Berlin") -> str:
        """Make a cinema with one room; gives the room's id."""
        return self.seat.add_room(await self.cinema(f"Cinema {next(self.numbers)}", city=city))

    async def showtime(
        self, movie_id: str, room_id: str, *, hours: float = 24, starts_at: str | None = None, **values: Any
    ) -> Any:
        """Plan a showtime at a moment, or some hours from now; gives what the mutation answers."""
        return await self.do(
            "scheduleShowtime",
            movieId=movie_id,
            auditoriumId=room_id,
            startsAt=starts_at or self.later(hours),
            prices=values.pop("prices", PRICES),
            **values,
        )

    def later(self, hours: float) -> str:
        """Give the moment some hours from now, as clients send it."""
        return (self.clock.now() + timedelta(hours=hours)).isoformat()

    def statements(self) -> contextlib.AbstractContextManager[list[str]]:
        """Collect the SQL statements that run inside."""
        return collected_statements(self.service.database)


PRICES = [
    {"category": "STANDARD", "amount": "11.50", "currency": "EUR"},
    {"category": "PREMIUM", "amount": "15.00", "currency": "EUR"},
]

_MOVIE = "movie { id title originalTitle synopsis genres directors runtimeMinutes certificate releaseDate posterUrl }"
_CINEMA = "cinema { id name city address timeZone }"
_SHOWTIME = """showtime { id startsAt endsAt saleStartsAt saleEndsAt status auditorium { id } cinema { id } movie { id }
  prices { category price { amount currency } } }"""


def _mutation(name: str, thing: str) -> str:
    input_type = f"{name[0].upper()}{name[1:]}Input"
    return (
        f"mutation ($input: {input_type}!) {{ answer: {name}(input: $input) "
        f"{{ {thing} userErrors {{ code message field retryable }} }} }}"
    )


MUTATIONS = {
    **{name: _mutation(name, _MOVIE) for name in ("createMovie", "updateMovie")},
    **{name: _mutation(name, _CINEMA) for name in ("createCinema", "updateCinema")},
    **{name: _mutation(name, _SHOWTIME) for name in ("scheduleShowtime", "updateShowtime", "cancelShowtime")},
}
"""Each staff mutation of the programme, its payload under `answer`."""


@contextlib.asynccontextmanager
async def running_programme(database_url: str, data_dir: Path, **changes: Any) -> AsyncIterator[Programme]:
    """Migrate a fresh database and run the subgraph on it.

    Args:
        database_url: of an empty database.
        data_dir: an empty folder.
        changes: settings that differ.
    """
    settings = BookingSettings(database_url=database_url, data_dir=data_dir, pool_size=3, **changes)
    clock, seat, bus = ShiftingClock(), SmallSeat(settings), MemoryBus()
    surroundings = Surroundings(bus=bus, clock=clock, transports={"auth": _auth(), "seat": seat.transport()})
    service = create_service(settings, surroundings)
    await prepare(service.database, MIGRATIONS)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(service), base_url="http://booking")
    async with service.running(), client:
        yield Programme(service, settings, clock, seat, bus, client)
