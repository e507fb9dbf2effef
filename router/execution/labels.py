"""Progressive overrides: which labels are active for one request."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable

__all__ = ["OverrideLabels"]

_PERCENT = re.compile(r"percent\((?P<share>\d{1,3}(?:\.\d{1,8})?)\)")

Draw = Callable[[], float]


class OverrideLabels:
    """Decides labels: `percent(x)` by one draw for each request, others by name.

    One draw decides all of a request's percentages: whoever is within `percent(10)` is within `percent(20)` too, and
    fields that move together are never asked for half here, half there.

    Args:
        active: labels that are active for every request.
        draw: gives a number from 0 to 1 (1 excluded).
    """

    def __init__(self, active: frozenset[str] = frozenset(), *, draw: Draw = random.random) -> None:
        self._active = active
        self._draw = draw

    def among(self, labels: frozenset[str], *, given: frozenset[str], key: str | None) -> frozenset[str]:
        """Name those of some labels that are active for a request.

        Args:
            labels: those that matter to its operation.
            given: what the request itself says is active.
            key: makes the draw the same for all requests that have it; None draws anew.
        """
        found = labels & (self._active | given)
        shares = {label: float(match["share"]) for label in labels - found if (match := _PERCENT.fullmatch(label))}
        if not shares:
            return found
        drawn = 100 * (self._draw() if key is None else _stable(key))
        return found | {label for label, share in shares.items() if drawn < share}


def _stable(key: str) -> float:
    """Give a number from 0 to 1 that follows from a text, on every machine alike."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=6).digest(), "big") / 2**48
