"""Requests refused as a whole: GraphQL *request errors*, several at once where there are several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphql import GraphQLError

from router.errors import RequestError
from router.execution.encoding import encode
from router.execution.request import GraphQLResult

__all__ = ["InvalidRequest", "formatted_errors", "refusal"]


class InvalidRequest(RequestError):
    """A document or its variables are wrong in one or more ways.

    Attributes:
        errors: each of them.
    """

    def __init__(self, errors: Sequence[RequestError]) -> None:
        first = errors[0]
        super().__init__(first.message, code=first.code, locations=first.locations, path=first.path)
        self.errors = tuple(errors)

    @classmethod
    def of(cls, errors: Sequence[GraphQLError], *, code: str) -> InvalidRequest:
        """Make it of graphql-core's errors."""
        return cls(
            [
                RequestError(
                    error.message,
                    code=code,
                    locations=tuple((place.line, place.column) for place in error.locations or ()),
                )
                for error in errors
            ]
        )


def formatted_errors(error: RequestError) -> list[dict[str, Any]]:
    """Give the entries of a response's `errors` (GraphQL specification, section 7.1.2)."""
    errors = error.errors if isinstance(error, InvalidRequest) else (error,)
    return [each.formatted() for each in errors]


def refusal(error: RequestError) -> GraphQLResult:
    """Give the response to a refused request: errors without a `data` entry."""
    errors = formatted_errors(error)
    return GraphQLResult(
        body=encode({"errors": errors}),
        has_data=False,
        is_request_error=True,
        error_codes=tuple(each["extensions"]["code"] for each in errors),
    )
