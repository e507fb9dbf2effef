"""What a subgraph needs of the others and of its process: the same for a process each and for all in one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import httpx

from subgraphs.common.bus import Bus, bus_for
from subgraphs.common.clock import Clock, SystemClock
from subgraphs.common.identity import ServiceTokens, TokenVerifier
from subgraphs.common.service_client import ServiceClient
from subgraphs.common.settings import ServiceSettings


@dataclass(frozen=True)
class Surroundings:
    """What the process provides.

    Attributes:
        bus: shared by all services of the process.
        clock: decides about time.
        transports: httpx transports by service name, for services in the same process; others are called over HTTP.
    """

    bus: Bus
    clock: Clock = field(default_factory=SystemClock)
    transports: Mapping[str, httpx.AsyncBaseTransport] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: ServiceSettings) -> Surroundings:
        """Give the surroundings of a service in a process of its own."""
        return cls(bus=bus_for(settings.bus_url), clock=SystemClock(timedelta(seconds=settings.clock_offset_seconds)))

    def client_of(self, service: str, settings: ServiceSettings, tokens: ServiceTokens) -> ServiceClient:
        """Make the client for another service."""
        urls = {"auth": settings.auth_url, "booking": settings.booking_url, "seat": settings.seat_url}
        return ServiceClient(service, base_url=urls[service], tokens=tokens, transport=self.transports.get(service))


def tokens_of(service: str, settings: ServiceSettings) -> ServiceTokens:
    """Make the issuer and checker of tokens between services."""
    return ServiceTokens(settings.service_secret.get_secret_value(), service=service)


def verifier_from(auth: ServiceClient, *, clock: Clock) -> TokenVerifier:
    """Make the verifier of access tokens, with keys from auth."""
    return TokenVerifier(lambda: auth.get_json("/.well-known/jwks.json"), clock=clock)
