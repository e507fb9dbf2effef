"""The auth subgraph with neighbours, mail and time that tests can hold in their hands."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import orjson
import strawberry
from sqlalchemy import select
from strawberry.types import Info
from strawberry.utils.str_converters import to_camel_case

from subgraphs.auth.app import MIGRATIONS, AuthService, create_service
from subgraphs.auth.models import AuditEntry
from subgraphs.auth.settings import AuthSettings
from subgraphs.common.bus import MemoryBus
from subgraphs.common.clock import ShiftingClock
from subgraphs.common.context import BaseContext, Caller
from subgraphs.common.endpoint import Callers, GraphQLEndpoint
from subgraphs.common.errors import ServiceUnavailable
from subgraphs.common.identity import Role, TokenVerifier
from subgraphs.common.schema import SubgraphSchema, build_schema
from subgraphs.common.wiring import Surroundings, tokens_of
from tests.support.databases import prepare
from tests.support.statements import collected_statements

PASSWORD = "seven green lanterns"
SIGNED_IN = """accessToken accessTokenExpiresAt refreshToken user { id email name role }
    userErrors { __typename code message field retryable }"""
LOGIN = f"mutation($input: LoginInput!) {{ answer: login(input: $input) {{ {SIGNED_IN} }} }}"
REGISTER = f"mutation($input: RegisterInput!) {{ answer: register(input: $input) {{ {SIGNED_IN} }} }}"
REFRESH = f"mutation($input: RefreshSessionInput!) {{ answer: refreshSession(input: $input) {{ {SIGNED_IN} }} }}"
GUEST = f"mutation {{ answer: createGuestSession {{ {SIGNED_IN} }} }}"


@dataclass
class Neighbour:
    """A seat or booking subgraph that only notes what it is told.

    Attributes:
        calls: (field, input) in the order of arrival.
        is_down: while set, nothing is understood.
    """

    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    is_down: bool = False


@dataclass(slots=True)
class _NeighbourContext(BaseContext):
    neighbour: Neighbour


@strawberry.type
class Acknowledgement:
    """What neighbours answer."""

    done: bool


@strawberry.input
class AdoptGuestInput:
    """What both are told of a guest."""

    guest_id: strawberry.ID
    user_id: strawberry.ID


@strawberry.input
class ForgetPersonInput:
    """What both are told of a person who leaves."""

    user_id: strawberry.ID


@strawberry.input
class AdoptGuestBookingsInput(AdoptGuestInput):
    """Booking's name for it."""


@strawberry.input
class ForgetPersonBookingsInput(ForgetPersonInput):
    """Booking's name for it."""


_NeighbourInfo = Info[_NeighbourContext, None]


def _noted(info: _NeighbourInfo, told: AdoptGuestInput | ForgetPersonInput) -> Acknowledgement:
    assert info.context.caller.require_service() == "auth"
    neighbour = info.context.neighbour
    if neighbour.is_down:
        raise ServiceUnavailable
    neighbour.calls.append((info.field_name, {to_camel_case(name): value for name, value in asdict(told).items()}))
    return Acknowledgement(done=True)


@strawberry.type(name="Mutation")
class _SeatMutation:
    @strawberry.mutation
    def adopt_guest(self, info: _NeighbourInfo, input: AdoptGuestInput) -> Acknowledgement:  # noqa: A002 - GraphQL's name
        return _noted(info, input)

    @strawberry.mutation
    def forget_person(self, info: _NeighbourInfo, input: ForgetPersonInput) -> Acknowledgement:  # noqa: A002 - GraphQL's name
        return _noted(info, input)


@strawberry.type(name="Mutation")
class _BookingMutation:
    @strawberry.mutation
    def adopt_guest_bookings(self, info: _NeighbourInfo, input: AdoptGuestBookingsInput) -> Acknowledgement:  # noqa: A002 - GraphQL's name
        return _noted(info, input)

    @strawberry.mutation
    def forget_person_bookings(self, info: _NeighbourInfo, input: ForgetPersonBookingsInput) -> Acknowledgement:  # noqa: A002 - GraphQL's name
        return _noted(info, input)


@strawberry.type(name="Query")
class _NeighbourQuery:
    is_up: bool = True


_SEAT_SCHEMA = build_schema(query=_NeighbourQuery, mutation=_SeatMutation)
_BOOKING_SCHEMA = build_schema(query=_NeighbourQuery, mutation=_BookingMutation)


def _transport(neighbour: Neighbour, schema: SubgraphSchema, callers: Callers) -> httpx.ASGITransport:
    def make_context(caller: Caller, long_lived: bool) -> BaseContext:  # noqa: FBT001 - as the endpoint calls it
        return _NeighbourContext(caller=caller, long_lived=long_lived, neighbour=neighbour)

    return httpx.ASGITransport(GraphQLEndpoint(schema, callers, make_context))


class Mailbox:
    """A mailer that keeps what it is given."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.is_down = False

    async def send(self, message: EmailMessage) -> None:
        if self.is_down:
            raise OSError("no mail server")
        self.messages.append(message)

    def token_for(self, address: str) -> str:
        """Give the token in the latest mail to an address that has one."""
        for message in reversed(self.messages):
            found = re.search(r"^\s+([A-Za-z0-9_-]{43})$", message.get_content(), re.MULTILINE)
            if found and message["To"] == address:
                return found[1]
        raise AssertionError(f"no mail with a token to {address}")

    def subjects_to(self, address: str) -> list[str]:
        """Give the subjects of the mails to an address."""
        return [message["Subject"] for message in self.messages if message["To"] == address]


@dataclass(frozen=True)
class Account:
    """Somebody who is signed in."""

    id: str
    email: str
    access_token: str
    refresh_token: str


@dataclass
class AuthSystem:
    """The running subgraph and what is around it."""

    service: AuthService
    settings: AuthSettings
    clock: ShiftingClock
    seat: Neighbour
    booking: Neighbour
    mailbox: Mailbox
    client: httpx.AsyncClient
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def send(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        token: str | None = None,
        address: str | None = None,
    ) -> dict[str, Any]:
        """Run an operation; gives the whole answer."""
        headers = {"content-type": "application/json"}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        # Each call comes from an address of its own, unless a test is about addresses.
        number = next(self.numbers)
        headers["x-forwarded-for"] = address or f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        body = orjson.dumps({"query": query, "variables": dict(variables or {})})
        response = await self.client.post("/graphql", content=body, headers=headers)
        answer: dict[str, Any] = orjson.loads(response.content)
        return answer

    async def answer(self, query: str, access_token: str | None = None, /, **values: Any) -> Any:
        """Run a mutation whose field is aliased to `answer`, with an input of these values; gives its payload."""
        result = await self.send(query, {"input": values} if values else None, token=access_token)
        assert "errors" not in result, result
        return result["data"]["answer"]

    async def refused(
        self, query: str, access_token: str | None = None, /, **values: Any
    ) -> tuple[str, list[str] | None]:
        """Run a mutation that is refused; gives the code and the field of its one user error."""
        payload = await self.answer(query, access_token, **values)
        [error] = payload["userErrors"]
        assert all(not value for name, value in payload.items() if name != "userErrors"), payload
        assert error["message"]
        return error["code"], error["field"]

    async def denied(self, query: str, access_token: str | None = None, /, **values: Any) -> str:
        """Run an operation that fails as a whole; gives the code of its one error."""
        result = await self.send(query, {"input": values} if values else None, token=access_token)
        [error] = result["errors"]
        return str(error["extensions"]["code"])

    async def register(
        self, email: str = "ada@example.com", *, name: str = "Ada Byron", token: str | None = None
    ) -> Account:
        """Make an account."""
        payload = await self.answer(REGISTER, token, email=email, password=PASSWORD, name=name)
        assert payload["userErrors"] == []
        return Account(payload["user"]["id"], email, payload["accessToken"], payload["refreshToken"])

    async def login(self, email: str = "ada@example.com", password: str = PASSWORD) -> Account:
        """Sign in."""
        payload = await self.answer(LOGIN, email=email, password=password)
        assert payload["userErrors"] == []
        return Account(payload["user"]["id"], email, payload["accessToken"], payload["refreshToken"])

    async def guest(self) -> Account:
        """Become a guest."""
        payload = await self.answer(GUEST)
        return Account(payload["user"]["id"], "", payload["accessToken"], payload["refreshToken"])

    async def person(self, role: Role, *, email: str | None = None) -> Account:
        """Make somebody with a role, and sign them in."""
        address = email or f"{role.value.lower()}@eventio.example"
        await self.service.services.registration.create_user(address, PASSWORD, "Some Body", role=role)
        return await self.login(address)

    async def delivered(self) -> None:
        """Wait until the relays have emptied the outbox."""
        async with asyncio.timeout(5):
            services = self.service.services
            while await services.outbox.pending() or await services.mails.pending():  # noqa: ASYNC110 - relays tell nobody when they are done
                await asyncio.sleep(0.01)

    async def audit(self, subject: str) -> list[str]:
        """Give the actions in the audit log about a subject, oldest first."""
        async with self.service.services.database.read() as session:
            rows = await session.scalars(
                select(AuditEntry.action).where(AuditEntry.subject == subject).order_by(AuditEntry.id)
            )
            return list(rows)

    def statements(self) -> contextlib.AbstractContextManager[list[str]]:
        """Collect the SQL statements that run inside."""
        return collected_statements(self.service.services.database)


@contextlib.asynccontextmanager
async def running_auth(database_url: str, data_dir: Path, **changes: Any) -> AsyncIterator[AuthSystem]:
    """Migrate a fresh database and run the subgraph on it, with cheap password hashes.

    Args:
        database_url: of an empty database.
        data_dir: an empty folder.
        changes: settings that differ.
    """
    values = {"argon2_memory_kib": 8, "argon2_passes": 1, **changes}
    settings = AuthSettings(database_url=database_url, data_dir=data_dir, **values)
    clock, seat, booking, mailbox = ShiftingClock(), Neighbour(), Neighbour(), Mailbox()
    transports = {
        "seat": _transport(seat, _SEAT_SCHEMA, _callers("seat", settings)),
        "booking": _transport(booking, _BOOKING_SCHEMA, _callers("booking", settings)),
    }
    surroundings = Surroundings(bus=MemoryBus(), clock=clock, transports=transports)
    service = create_service(settings, surroundings, mailer=mailbox)
    await prepare(service.services.database, MIGRATIONS)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(service), base_url="http://auth")
    async with service.running(), client:
        yield AuthSystem(service, settings, clock, seat, booking, mailbox, client)


def _callers(service: str, settings: AuthSettings) -> Callers:
    async def no_keys() -> dict[str, Any]:
        return {"keys": []}

    return Callers(TokenVerifier(no_keys, clock=ShiftingClock()), tokens_of(service, settings))
