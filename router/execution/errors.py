"""The errors of one response: subgraphs' errors and failures, as clients may see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from router.planning.plan import FieldProjection, ObjectProjection

__all__ = ["DEFAULT_SUBGRAPH_CODE", "ErrorLog", "client_path"]

DEFAULT_SUBGRAPH_CODE = "SUBGRAPH_ERROR"

_MESSAGES = {
    "SUBGRAPH_TIMEOUT": "The subgraph did not answer in time.",
    "SUBGRAPH_UNREACHABLE": "The subgraph cannot be reached.",
    "SUBGRAPH_BAD_RESPONSE": "The subgraph gave no valid answer.",
    "SUBGRAPH_RESPONSE_TOO_LARGE": "The subgraph's answer is too long.",
    "RESPONSE_TOO_LARGE": "The operation gathers more data than one may: ask for less at a time.",
}
_REDACTED = "The subgraph reported an error."


def client_path(projection: ObjectProjection, place: Sequence[str | int]) -> tuple[str | int, ...]:
    """Translate internal keys to response keys; where a key is not the client's, the path ends at what holds it."""
    path: list[str | int] = []
    selection: ObjectProjection | None = projection
    for part in place:
        if isinstance(part, int):
            path.append(part)
            continue
        field = _field_with_source(selection, part) if selection is not None else None
        if field is None:
            break
        path.append(field.response_key)
        selection = field.selection
    return tuple(path)


def _field_with_source(selection: ObjectProjection, source: str) -> FieldProjection | None:
    return next((field for field in selection.fields if field.source == source and field.constant is None), None)


class ErrorLog:
    """Collects the errors of one response, at most `limit` of them.

    Attributes:
        errors: in the shape of the GraphQL specification, section 7.1.2.
    """

    __slots__ = ("_left_out", "_limit", "_redact", "errors")

    def __init__(self, *, limit: int, redact: bool = False) -> None:
        self.errors: list[dict[str, Any]] = []
        self._limit = limit
        self._redact = redact
        self._left_out = 0

    def another(self) -> ErrorLog:
        """Give an empty log with the same habits."""
        return ErrorLog(limit=self._limit, redact=self._redact)

    def add(
        self, message: str, *, code: str, path: Sequence[str | int] | None = None, service: str | None = None
    ) -> None:
        """Add an error of the router's own."""
        extensions = {"code": code} if service is None else {"code": code, "service": service}
        self._append(message, path, extensions)

    @property
    def is_full(self) -> bool:
        """Whether what is added from now on is only counted; `leave_out` does that at once for many."""
        return len(self.errors) >= self._limit

    def leave_out(self, count: int = 1) -> None:
        """Count errors for which there is no room."""
        self._left_out += count

    def add_failure(self, code: str, *, service: str, path: Sequence[str | int] | None) -> None:
        """Add that a subgraph gave no usable answer; why is for the log alone."""
        self.add(_MESSAGES.get(code, "The request to the subgraph failed."), code=code, path=path, service=service)

    def add_subgraph_error(self, error: Any, *, service: str, path: Sequence[str | int] | None) -> None:
        """Pass on what a subgraph reported.

        Args:
            error: the subgraph's error as it came: anything at all.
            service: the subgraph's name.
            path: the client's path, None where unknown.
        """
        message = error.get("message") if type(error) is dict else None
        given = error.get("extensions") if type(error) is dict else None
        extensions = dict(given) if type(given) is dict else {}
        code = extensions.get("code")
        if type(code) is not str or not code:
            code = DEFAULT_SUBGRAPH_CODE
        if self._redact or type(message) is not str:
            message = _REDACTED
        if self._redact:
            extensions = {}
        self._append(message, path, extensions | {"code": code, "service": service})

    def _append(self, message: str, path: Sequence[str | int] | None, extensions: dict[str, Any]) -> None:
        if self.is_full:
            self.leave_out()
            return
        error: dict[str, Any] = {"message": message}
        if path:
            error["path"] = list(path)
        error["extensions"] = extensions
        self.errors.append(error)

    def finished(self) -> list[dict[str, Any]]:
        """Give all errors; where there were too many, a last one says how many are left out."""
        if self._left_out:
            message = f"{self._left_out} more errors are left out."
            return [*self.errors, {"message": message, "extensions": {"code": "TOO_MANY_ERRORS"}}]
        return self.errors

    def codes(self) -> tuple[str, ...]:
        """Give the codes of `finished`, in order."""
        return tuple(error["extensions"]["code"] for error in self.finished())
