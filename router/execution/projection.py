"""Projection: the merged tree to the response, compiled for operations that come again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from router.execution.attribution import Attribution
from router.execution.completion import Completion, holds
from router.execution.errors import ErrorLog
from router.execution.generated import Amiss, Projection, compile_projection
from router.execution.paths import Place
from router.planning.plan import Conditions, FetchStep, ObjectProjection

__all__ = ["Projector"]

_USES_BEFORE_COMPILING = 1
"""An operation that comes once is not worth a compilation: it costs more than the slow way."""


class Projector:
    """Projects merged trees of one operation."""

    __slots__ = ("_attribution", "_conditions", "_projection", "_quick", "_uses")

    def __init__(self, projection: ObjectProjection, steps: Sequence[FetchStep]) -> None:
        self._projection = projection
        self._uses = 0
        self._quick: Projection | None = None
        self._conditions: tuple[Conditions, ...] = ()
        self._attribution = Attribution(steps)

    def project(
        self,
        tree: dict[str, Any],
        variables: Mapping[str, Any],
        errors: ErrorLog,
        *,
        at: tuple[Place, Place] = ((), ()),
        is_large: bool = False,
    ) -> dict[str, Any] | None:
        """Give the response's data, None where null bubbled up to the root; add to `errors` why.

        Args:
            tree: the merged tree; the data may share leaves with it.
            variables: coerced, defaults applied.
            errors: what is known to have failed.
            at: for an object that is not the root, the client's path to it and that in the merged tree; `tree` is
                then this object.
            is_large: whether the tree is so large that the compiled way pays even if it is never used again.
        """
        if self._quick is None:
            self._uses += 1
            if is_large or self._uses > _USES_BEFORE_COMPILING:
                self._quick, self._conditions = compile_projection(self._projection)
        if self._quick is not None:
            try:
                return self._quick(tree, [holds(conditions, variables) for conditions in self._conditions])
            except (Amiss, KeyError, TypeError, RecursionError):
                # Something is null, absent, hidden or misshapen: completion finds out what, and says so.
                pass
        return self._complete(tree, variables, errors, at)

    def _complete(
        self, tree: dict[str, Any], variables: Mapping[str, Any], errors: ErrorLog, at: tuple[Place, Place]
    ) -> dict[str, Any] | None:
        completion = Completion(variables, errors=errors, attribution=self._attribution, at=at)
        try:
            return completion.root(self._projection, tree)
        except RecursionError:
            errors.add("The response is nested too deeply.", code="RESPONSE_TOO_DEEP")
            return None
