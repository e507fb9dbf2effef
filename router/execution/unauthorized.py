"""What the caller may not have (rule 40), as clients are told of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from router.errors import RequestError
from router.execution.completion import NOT_ALLOWED, UNAUTHORIZED, holds
from router.execution.refusal import InvalidRequest
from router.planning.plan import DeniedField

__all__ = ["refuse_denied"]


def refuse_denied(denied: Sequence[DeniedField], variables: Mapping[str, Any]) -> None:
    """Refuse the whole request for fields that are asked for and may not be had.

    Raises:
        InvalidRequest: there is such a field; each is named by its path, without the indices of lists.
    """
    asked = [item for item in denied if holds(item.conditions, variables)]
    if asked:
        raise InvalidRequest([RequestError(NOT_ALLOWED, code=UNAUTHORIZED, path=item.path) for item in asked])
