"""Cross-site request forgery: requests that a browser sends for another site's page without asking anybody.

A browser asks first (a *preflight*, which `CorsPolicy` answers) before it posts JSON or sends a header of its own
choosing, so such requests are safe, and a POST has to be JSON anyway. What is left are GET requests, by links, images
and scripts of any page. They run queries only; still, time and size of an answer can tell something. One is let through
when

- it carries a header that only a permitted page could have set, or
- the browser says that it comes from this very origin, or from nobody's page (`sec-fetch-site`), or from an origin that
  is allowed to call, or
- no browser of these years sent it (no `sec-fetch-site`, no `origin`) and `accept` names a GraphQL media type, which
  links, images, scripts and forms cannot, or `sec-fetch-mode` says `cors`: from another site that comes with `origin`.
"""

from __future__ import annotations

from router.config import CsrfSettings
from router.server.cors import CorsPolicy, is_own_origin
from router.server.exchange import Exchange
from router.server.negotiation import Accepted
from router.server.refusals import CrossSiteRefused


class CrossSiteGuard:
    """Refuses GET requests that a page of another site may have caused."""

    def __init__(self, settings: CsrfSettings, cors: CorsPolicy) -> None:
        self._enabled = settings.enabled
        self._headers = tuple(name.encode("ascii") for name in settings.headers)
        self._cors = cors

    def check(self, exchange: Exchange, accepted: Accepted) -> None:
        """Let a GET request pass.

        Raises:
            CrossSiteRefused: it could come from another site's page.
        """
        if not self._enabled or self._is_safe(exchange.headers, accepted):
            return
        names = ", ".join(name.decode() for name in self._headers)
        raise CrossSiteRefused(
            "This GET request could have been sent by a page of another site. Send it with one of the headers "
            f"{names} (any value), with 'content-type: application/json', or use POST."
        )

    def _is_safe(self, headers: dict[bytes, bytes], accepted: Accepted) -> bool:
        if any(name in headers for name in self._headers):
            return True
        if headers.get(b"content-type", b"").split(b";")[0].strip().lower() == b"application/json":
            return True
        origin = headers.get(b"origin")
        if origin is not None:
            return is_own_origin(origin, headers.get(b"host")) or self._cors.allows(origin)
        site = headers.get(b"sec-fetch-site")
        if site is not None:
            return site in {b"same-origin", b"none"}
        return accepted.explicit or headers.get(b"sec-fetch-mode") == b"cors"
