"""Who sends a request: the seam at which something outside makes a caller of a token, a cookie or a proxy's headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from router.execution.request import RequestContext
from router.supergraph import Caller

__all__ = ["Callers", "Identify"]

Identify = Callable[[Mapping[str, str]], Awaitable[Caller]]
"""Makes a caller of a client's headers (lower-case names; of a WebSocket, what `connection_init` carries wins).

It raises `RequestError` where they are no good: the request is then refused with that error. Nobody is refused for
having none; whoever is not known is `ANONYMOUS`.
"""


class Callers:
    """Says of each request who sends it.

    Args:
        identify: tells callers; None where everybody is anonymous.
        label_header: the header whose value draws progressive override labels; None draws for each request anew.
    """

    def __init__(self, identify: Identify | None = None, *, label_header: str | None = None) -> None:
        self._identify = identify
        self._label_header = label_header

    async def complete(
        self, context: RequestContext, headers: Mapping[bytes, bytes], payload: Mapping[str, Any] | None = None
    ) -> RequestContext:
        """Add the caller to a context, and what labels are drawn by.

        Args:
            context: of the request, or of all operations of a WebSocket.
            headers: of the HTTP request or of the handshake.
            payload: of `connection_init`.

        Raises:
            RequestError: the caller is refused.
        """
        if self._identify is None and self._label_header is None:
            return context
        given = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()}
        given |= _texts(payload or {})
        if self._label_header is not None:
            context = replace(context, label_key=given.get(self._label_header, context.label_key))
        if self._identify is not None:
            context = replace(context, caller=await self._identify(given))
        return context


def _texts(payload: Mapping[str, Any]) -> dict[str, str]:
    """Give the headers in a payload: under its key `headers`, or by name in any case."""
    nested = payload.get("headers")
    sources = (nested, payload) if isinstance(nested, Mapping) else (payload,)
    return {str(name).lower(): value for source in sources for name, value in source.items() if isinstance(value, str)}
