"""How much planning one operation may take: counted, so that the same operation always gives the same plan."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from router.errors import PlanningError

__all__ = ["Effort", "PlanningBounds"]

_UNITS_BETWEEN_LOOKS = 1_024
"""Looking at the clock for each unit would cost more than the unit; these take some ten milliseconds."""


@dataclass(frozen=True, slots=True)
class PlanningBounds:
    """How long planning may look for a plan, and then for a better one.

    Attributes:
        effort: the alternatives that may be weighed for the first plan; one that takes more is refused.
        improvement: the alternatives that may be weighed then for better plans; the best so far is taken.
        seconds: by the clock, for all of it together: the last resort on a machine that is busy.
    """

    effort: int = 500_000
    improvement: int = 1_500
    seconds: float = 10.0


class Effort:
    """Counts the alternatives that are weighed.

    Attributes:
        spent: how many there were so far.
    """

    __slots__ = ("_clock", "_deadline", "_limit", "_look", "spent")

    def __init__(
        self, limit: int, *, deadline: float = float("inf"), clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Allow `limit` alternatives, up to `deadline` by the clock."""
        self.spent = 0
        self._limit = limit
        self._deadline = deadline
        self._clock = clock
        self._look = _UNITS_BETWEEN_LOOKS

    def spend(self, alternatives: int) -> None:
        """Count some more.

        Raises:
            PlanningError: these are too many.
        """
        self.spent += alternatives
        if self.spent > self._limit:
            raise PlanningError("planning the operation takes too much effort", code="PLANNING_LIMIT_EXCEEDED")
        if self.spent >= self._look:
            self._look = self.spent + _UNITS_BETWEEN_LOOKS
            if self._clock() > self._deadline:
                raise PlanningError("planning the operation takes too long", code="PLANNING_LIMIT_EXCEEDED")
