"""Which of a client's headers its operations bring to the subgraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

REQUEST_ID_HEADER = "x-request-id"
CLIENT_HEADER = "x-forwarded-for"

_FIELD_VALUE = re.compile(r"[\x20-\x7e\x80-\xff\t]*")


class UnfitHeader(Exception):
    """A value from a `connection_init` payload cannot be a header."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the value of {name!r} cannot be a header")
        self.name = name


class HeaderForwarding:
    """The allow-list at work. The request id and the client's address always go along: they are the router's own."""

    def __init__(self, names: Iterable[str]) -> None:
        own = {REQUEST_ID_HEADER, CLIENT_HEADER}
        self._names = tuple((name.encode("ascii"), name) for name in names if name not in own)

    def from_http(
        self, headers: Mapping[bytes, bytes], request_id: str, *, client: str = ""
    ) -> tuple[tuple[str, str], ...]:
        """Give what goes to subgraphs with an HTTP request from a client's address."""
        return (
            *_own(request_id, client),
            *((name, headers[raw].decode("latin-1")) for raw, name in self._names if raw in headers),
        )

    def from_socket(
        self, headers: Mapping[bytes, bytes], payload: Mapping[str, Any], request_id: str, *, client: str = ""
    ) -> tuple[tuple[str, str], ...]:
        """Give what goes to subgraphs with the operations of a WebSocket.

        Browsers cannot set headers on a WebSocket, so the `connection_init` payload carries them, by name in any case
        or under its key `headers`; it wins over the handshake's own headers.

        Raises:
            UnfitHeader: a value in the payload is no string, or has line breaks or other control characters.
        """
        nested = payload.get("headers")
        sources = (nested, payload) if isinstance(nested, Mapping) else (payload,)
        given = {name.lower(): value for source in sources for name, value in source.items()}
        forwarded = _own(request_id, client)
        for raw, name in self._names:
            value = given.get(name)
            if value is None:
                if raw in headers:
                    forwarded.append((name, headers[raw].decode("latin-1")))
            elif isinstance(value, str) and _FIELD_VALUE.fullmatch(value):
                forwarded.append((name, value))
            else:
                raise UnfitHeader(name)
        return tuple(forwarded)


def _own(request_id: str, client: str) -> list[tuple[str, str]]:
    """Give what the router itself says of a request.

    A client's own `x-forwarded-for` counts for nothing here: the server before this code has looked at it, where it
    comes from a proxy that is trusted.
    """
    return [(REQUEST_ID_HEADER, request_id), *([(CLIENT_HEADER, client)] if client else [])]
