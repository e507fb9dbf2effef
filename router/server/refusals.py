"""Why the server refuses a request before anything is executed; each refusal is an HTTP status and a GraphQL error.

::

    RequestError
    └── Refusal
        ├── BadRequest                400
        │   ├── BatchingRefused
        │   └── CrossSiteRefused
        ├── UnknownPath               404
        ├── MethodRefused             405
        ├── NothingAcceptable         406
        ├── BodyTooSlow               408
        ├── BodyTooLarge              413
        ├── ContentTypeRefused        415
        ├── InternalError             500
        └── ShuttingDown              503
"""

from __future__ import annotations

from typing import ClassVar

from router.errors import RequestError

Header = tuple[bytes, bytes]


class Refusal(RequestError):
    """The request is answered with `status`, whatever media type the client prefers."""

    status: ClassVar[int] = 400
    headers: tuple[Header, ...] = ()


class BadRequest(Refusal):
    """It is no well-formed GraphQL over HTTP request."""


class BatchingRefused(BadRequest):
    """The body is a list of requests."""

    code = "BATCHING_NOT_SUPPORTED"

    def __init__(self) -> None:
        super().__init__("Batched requests are not supported: send one operation per request.")


class CrossSiteRefused(BadRequest):
    """A browser may have sent this on behalf of another site."""

    code = "CSRF_ERROR"


class UnknownPath(Refusal):
    """Nothing is served there."""

    status = 404
    code = "NOT_FOUND"


class MethodRefused(Refusal):
    """The method is not served at this path, or not for this kind of operation."""

    status = 405
    code = "METHOD_NOT_ALLOWED"

    def __init__(self, message: str, *, allow: str) -> None:
        super().__init__(message)
        self.headers = ((b"allow", allow.encode()),)


class NothingAcceptable(Refusal):
    """No media type that the client accepts can carry the answer."""

    status = 406
    code = "NOT_ACCEPTABLE"


class BodyTooSlow(Refusal):
    """The body did not come in time."""

    status = 408
    code = "REQUEST_TIMEOUT"

    def __init__(self) -> None:
        super().__init__("The request body did not arrive in time.")
        self.headers = ((b"connection", b"close"),)


class BodyTooLarge(Refusal):
    """The body is longer than the limit; nothing more of it is read."""

    status = 413
    code = "PAYLOAD_TOO_LARGE"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The request body is longer than {limit} bytes.")
        # The rest of the body is still under way, so the connection cannot be used again.
        self.headers = ((b"connection", b"close"),)


class ContentTypeRefused(Refusal):
    """The body is not JSON in UTF-8, uncompressed."""

    status = 415
    code = "UNSUPPORTED_MEDIA_TYPE"


class InternalError(Refusal):
    """Something went wrong here; the log has the cause under the request id."""

    status = 500
    code = "INTERNAL_SERVER_ERROR"

    def __init__(self) -> None:
        super().__init__("Internal server error.")


class ShuttingDown(Refusal):
    """The router has been told to stop."""

    status = 503
    code = "SERVICE_UNAVAILABLE"

    def __init__(self) -> None:
        super().__init__("The router is shutting down.")
        self.headers = ((b"retry-after", b"1"),)
