"""Cross-origin resource sharing: which other sites' pages may read answers (Fetch standard, section 3.2)."""

from __future__ import annotations

from router.config import CorsSettings
from router.server.refusals import Header

_VARY = (b"vary", b"Origin")


class CorsPolicy:
    """Says what a browser may do for another origin's page. No cookie means anything here, so none is allowed for."""

    def __init__(self, settings: CorsSettings) -> None:
        self._any = "*" in settings.origins
        self._origins = frozenset(origin.rstrip("/").encode("latin-1", "replace") for origin in settings.origins)
        self._max_age = str(settings.max_age_seconds).encode()

    def allows(self, origin: bytes) -> bool:
        """Tell whether pages of this origin may call."""
        return self._any or origin in self._origins

    def headers(self, origin: bytes) -> tuple[Header, ...]:
        """Give what is added to an answer to a page of this origin."""
        if not self.allows(origin):
            return (_VARY,)
        return (
            (b"access-control-allow-origin", b"*" if self._any else origin),
            (b"access-control-expose-headers", b"x-request-id"),
            _VARY,
        )

    def preflight(self, origin: bytes, wanted_headers: bytes | None) -> tuple[Header, ...]:
        """Give what answers the browser's question whether a page of this origin may send these headers."""
        if not self.allows(origin):
            return ()
        return (
            (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
            (b"access-control-allow-headers", wanted_headers or b"content-type, authorization, x-request-id"),
            (b"access-control-max-age", self._max_age),
        )


def is_own_origin(origin: bytes, host: bytes | None) -> bool:
    """Tell whether an `origin` header names the host that the request was sent to."""
    _, separator, authority = origin.partition(b"://")
    return bool(separator) and host is not None and authority.lower() == host.lower()
