"""Puts the auth subgraph together."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

from fastapi import Response
from fastapi.responses import JSONResponse

from subgraphs.auth.context import AuthContext, AuthServices
from subgraphs.auth.models import OutboxMessage
from subgraphs.auth.schema import schema
from subgraphs.auth.service.credentials import Credentials
from subgraphs.auth.service.guests import Guests
from subgraphs.auth.service.housekeeping import Housekeeping
from subgraphs.auth.service.key_cipher import KeyCipher, secret_in
from subgraphs.auth.service.letters import Letters
from subgraphs.auth.service.mails import Mails, MailSending
from subgraphs.auth.service.membership import Membership
from subgraphs.auth.service.neighbours import Neighbours, neighbour_handlers
from subgraphs.auth.service.password_hasher import PasswordHasher
from subgraphs.auth.service.people import People
from subgraphs.auth.service.profiles import Profiles
from subgraphs.auth.service.recovery import Recovery
from subgraphs.auth.service.registration import Registration
from subgraphs.auth.service.session_issuer import SessionIssuer
from subgraphs.auth.service.sessions import Sessions
from subgraphs.auth.service.signing_keys import SigningKeys
from subgraphs.auth.service.throttle import Limits, Throttle
from subgraphs.auth.settings import AuthSettings
from subgraphs.common.app import Service, ServiceParts
from subgraphs.common.context import BaseContext, Caller
from subgraphs.common.database import Database
from subgraphs.common.endpoint import Callers, GraphQLEndpoint
from subgraphs.common.identity import TokenVerifier
from subgraphs.common.mailer import Mailer, mailer_for
from subgraphs.common.migrations import require_current
from subgraphs.common.outbox import MAIL_LEASE, MAILS_AT_ONCE, Outbox
from subgraphs.common.wiring import Surroundings, tokens_of

MIGRATIONS: Final[Path] = Path(__file__).parent / "migrations"
# Verifiers and caches may keep the key set so long; `key_publish_ahead_seconds` covers both.
_JWKS_CACHE: Final = "public, max-age=60"


class AuthService(Service):
    """The auth subgraph as an application.

    Attributes:
        services: what it can do, for `eventio`: accounts with a role, rotation of keys.
    """

    def __init__(self, parts: ServiceParts, services: AuthServices) -> None:
        super().__init__(parts)
        self.services = services
        self.web.add_api_route("/.well-known/jwks.json", self._jwks, methods=["GET"], response_model=None)

    async def _jwks(self) -> Response:
        return JSONResponse(await self.services.keys.jwks(), headers={"cache-control": _JWKS_CACHE})


def create_service(settings: AuthSettings, surroundings: Surroundings, *, mailer: Mailer | None = None) -> AuthService:
    """Build the service: nothing runs and no database is touched until it is started.

    Args:
        settings: see there.
        surroundings: bus, clock, and the way to the other services.
        mailer: sends mail; without one, the settings say how.
    """
    clock = surroundings.clock
    database = Database(settings.database_url_for("auth"), clock=clock, pool_size=settings.pool_size)
    tokens = tokens_of("auth", settings)
    seat = surroundings.client_of("seat", settings, tokens)
    booking = surroundings.client_of("booking", settings, tokens)
    sending = MailSending(
        database,
        mailer or mailer_for(settings),
        Letters(settings, clock=clock),
        settings=settings,
        clock=clock,
    )
    outbox = Outbox(database, OutboxMessage, neighbour_handlers(seat=seat, booking=booking), clock=clock)
    mail_outbox = Outbox(database, OutboxMessage, sending.handlers, clock=clock, batch=MAILS_AT_ONCE, lease=MAIL_LEASE)
    hasher = _hasher(settings)
    keys = _keys(settings, database, surroundings)
    services = _services(
        settings, surroundings, database=database, outbox=outbox, mails=Mails(mail_outbox), hasher=hasher, keys=keys
    )
    housekeeping = Housekeeping(database, keys, key_life=timedelta(days=settings.key_life_days), clock=clock)

    def make_context(caller: Caller, long_lived: bool) -> BaseContext:  # noqa: FBT001 - a callable has no keywords
        return AuthContext.of(caller, services, long_lived=long_lived)

    async def check_migrations() -> None:
        await require_current(database, MIGRATIONS)

    parts = ServiceParts(
        name="auth",
        graphql=GraphQLEndpoint(schema, Callers(TokenVerifier(keys.jwks, clock=clock), tokens), make_context),
        checks={"database": database.check},
        start=(check_migrations, keys.ensure),
        background={"outbox": outbox.run, "mails": mail_outbox.run, "housekeeping": housekeeping.run},
        stop=(database.close, seat.close, booking.close, hasher.close),
    )
    return AuthService(parts, services)


def _hasher(settings: AuthSettings) -> PasswordHasher:
    return PasswordHasher(
        memory_kib=settings.argon2_memory_kib,
        passes=settings.argon2_passes,
        lanes=settings.argon2_lanes,
        threads=settings.hash_threads,
        queue=settings.hash_queue,
    )


def _keys(settings: AuthSettings, database: Database, surroundings: Surroundings) -> SigningKeys:
    secret = settings.key_secret.get_secret_value() or secret_in(settings.data_dir)
    return SigningKeys(
        database,
        KeyCipher(secret),
        clock=surroundings.clock,
        publish_ahead=timedelta(seconds=settings.key_publish_ahead_seconds),
        token_life=timedelta(seconds=settings.access_token_seconds),
    )


def _services(
    settings: AuthSettings,
    surroundings: Surroundings,
    *,
    database: Database,
    outbox: Outbox,
    mails: Mails,
    hasher: PasswordHasher,
    keys: SigningKeys,
) -> AuthServices:
    clock = surroundings.clock
    throttle, limits = Throttle(database, clock=clock), Limits(settings)
    neighbours = Neighbours(outbox)
    guests = Guests(neighbours, clock=clock)
    credentials = Credentials(database, hasher, throttle, limits)
    issuer = SessionIssuer(
        keys,
        clock=clock,
        access_life=timedelta(seconds=settings.access_token_seconds),
        refresh_life=timedelta(days=settings.refresh_token_days),
    )
    return AuthServices(
        database=database,
        sessions=Sessions(database, issuer, hasher, throttle=throttle, limits=limits, guests=guests, clock=clock),
        registration=Registration(
            database, issuer, hasher, throttle=throttle, limits=limits, guests=guests, clock=clock
        ),
        profiles=Profiles(database, credentials, mails, throttle=throttle, limits=limits, clock=clock),
        recovery=Recovery(
            database,
            credentials,
            hasher,
            issuer=issuer,
            mails=mails,
            throttle=throttle,
            limits=limits,
            clock=clock,
        ),
        membership=Membership(database, credentials, mails, neighbours=neighbours, clock=clock),
        people=People(database),
        keys=keys,
        outbox=outbox,
        mails=mails,
    )
