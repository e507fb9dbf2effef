"""Plans that differ by who asks: what a plan depends on beside the operation (rule 40, progressive overrides)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from router.supergraph import Caller, Requirement

__all__ = ["PLAIN", "Variant", "Variation"]


@dataclass(frozen=True, slots=True)
class Variant:
    """One of an operation's plans.

    Attributes:
        unmet: of what its fields ask of the caller, that which this caller has not got.
        labels: of the override labels that matter to it, those that are active.
    """

    unmet: frozenset[Requirement] = frozenset()
    labels: frozenset[str] = frozenset()


PLAIN = Variant()
"""Everything may be had, and no label is active."""


@dataclass(frozen=True, slots=True)
class Variation:
    """What a plan depends on: two callers for whom all this is alike share a plan.

    Attributes:
        requirements: what any field of the operation asks of the caller.
        labels: the progressive override labels of any field that the operation could have fetched.
    """

    requirements: frozenset[Requirement]
    labels: frozenset[str]

    def variant(self, caller: Caller, active: Callable[[frozenset[str]], frozenset[str]]) -> Variant:
        """Pick the plan for a caller; `active` says which of some labels are active, where there are any."""
        unmet = frozenset(item for item in self.requirements if not item.is_met(caller))
        return Variant(unmet, active(self.labels) if self.labels else frozenset())
