"""What resolvers get with each request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from subgraphs.common.errors import AccessError, Forbidden
from subgraphs.common.identity import Principal


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request and what came beside it.

    Attributes:
        request_id: goes through every log line and back to the client.
        address: the client's IP address, as far as known (the router hands it on).
        identity: the verified person; None when signed out; the error when a token came that is not valid.
        service: the name of the service that calls, where a valid service token came; else why not.
    """

    request_id: str
    address: str
    identity: Principal | AccessError | None
    service: str | AccessError | None

    @property
    def principal(self) -> Principal | None:
        """The person, None when signed out.

        Raises:
            Unauthenticated: a token came that has expired or is not valid.
        """
        if isinstance(self.identity, AccessError):
            raise self.identity
        return self.identity

    @property
    def principal_if_valid(self) -> Principal | None:
        """The person; None when signed out or when the token is not valid (for login and refresh)."""
        return None if isinstance(self.identity, AccessError) else self.identity

    def require_service(self) -> str:
        """Give the name of the calling service.

        Raises:
            Forbidden: the caller is not one of the services.
        """
        if isinstance(self.service, AccessError):
            raise self.service
        if self.service is None:
            raise Forbidden("This is for calls between services.")
        return self.service


@dataclass(slots=True)
class BaseContext:
    """What a resolver finds in `info.context`. Each subgraph adds its services and loaders.

    Attributes:
        caller: who asks.
        long_lived: the context of a WebSocket, which serves many operations and events: loaders made for it must batch
            but not remember (`DataLoader(cache=False)`), or they would show what was true when the socket opened.
        connection_params: the payload of `connection_init`, set by Strawberry.
    """

    caller: Caller
    long_lived: bool
    connection_params: dict[str, object] | None = field(default=None, kw_only=True)


def headers_of(raw: list[tuple[bytes, bytes]]) -> Mapping[str, str]:
    """Decode ASGI headers; of a repeated one the last counts."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in raw}
