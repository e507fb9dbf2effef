"""The router's errors.

::

    RouterError
    ├── ConfigError             a setting or file the operator has to mend
    ├── SupergraphError         the supergraph SDL cannot be served
    ├── RequestError            the client's request is refused before anything is sent; becomes a GraphQL error
    │   └── PlanningError       no plan answers the operation (rule 23: unsatisfiable)
    └── TransportError          a subgraph gave no usable answer; never shown as it is
        ├── SubgraphTimeout
        ├── SubgraphUnreachable
        ├── SubgraphBadResponse
        │   └── SubgraphResponseTooLarge
        └── ResponseTooLarge    the operation has gathered what one may: not the fault of the subgraph asked last

Only a `RequestError`'s message may reach a client: what the others carry is for the log.
"""

from __future__ import annotations

from typing import Any, ClassVar


class RouterError(Exception):
    """The root of all errors that the router raises on purpose.

    Attributes:
        details: what an operator should know beside the message, a line each. It may name subgraphs and addresses, so
            it is never shown to clients.
    """

    details: tuple[str, ...] = ()


class ConfigError(RouterError):
    """A setting is missing or wrong; the message names it and says what to do."""


class SupergraphError(RouterError):
    """The supergraph SDL is malformed or holds a directive that this router does not understand."""

    def in_file(self, name: str) -> SupergraphError:
        """Give the same error with the file's name before it."""
        return SupergraphError(f"{name}: {self}")


class RequestError(RouterError):
    """The request is refused as a whole: a GraphQL *request error* (GraphQL specification, section 7.1.2).

    Attributes:
        code: goes to `extensions.code`.
        locations: line and column pairs in the document, where known.
        path: the response path, where one field is at fault.
    """

    code: str = "BAD_REQUEST"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        locations: tuple[tuple[int, int], ...] = (),
        path: tuple[str | int, ...] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code
        self.locations = locations
        self.path = path

    def formatted(self) -> dict[str, Any]:
        """Give the error in the shape of the GraphQL specification's section 7.1.2."""
        error: dict[str, Any] = {"message": self.message}
        if self.locations:
            error["locations"] = [{"line": line, "column": column} for line, column in self.locations]
        if self.path is not None:
            error["path"] = list(self.path)
        error["extensions"] = {"code": self.code}
        return error


class PlanningError(RequestError):
    """No plan can answer the operation, or none was found within the planner's bound.

    The details say what was tried, and why it failed.
    """

    code = "UNSATISFIABLE_OPERATION"

    def __init__(self, message: str, *, code: str | None = None, details: tuple[str, ...] = ()) -> None:
        super().__init__(message, code=code)
        self.details = details


class TransportError(RouterError):
    """A subgraph gave no usable answer. `code` reaches the client, the message does not."""

    code: ClassVar[str] = "SUBGRAPH_REQUEST_FAILED"

    def __init__(self, subgraph: str, message: str) -> None:
        super().__init__(f"{subgraph}: {message}")
        self.subgraph = subgraph


class SubgraphTimeout(TransportError):
    """The deadline passed before the answer was complete."""

    code = "SUBGRAPH_TIMEOUT"


class SubgraphUnreachable(TransportError):
    """No connection, or one that ended half-way."""

    code = "SUBGRAPH_UNREACHABLE"


class SubgraphBadResponse(TransportError):
    """An answer that is no GraphQL response: HTML, half a JSON, `data` missing, wrong lengths."""

    code = "SUBGRAPH_BAD_RESPONSE"


class SubgraphResponseTooLarge(SubgraphBadResponse):
    """An answer that is longer than one may be; no more of it was read."""

    code = "SUBGRAPH_RESPONSE_TOO_LARGE"


class ResponseTooLarge(TransportError):
    """With this fetch, the operation would gather more than one may."""

    code = "RESPONSE_TOO_LARGE"
