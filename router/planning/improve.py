"""Stage 5, choose, second thoughts: other choices are tried, a bounded number of times, and kept where better."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from router.errors import PlanningError
from router.planning.choose import Draft, Preferences
from router.planning.effort import Effort, PlanningBounds
from router.planning.fetch_graph import depth_of
from router.planning.fetch_tree import FetchNode, Group

__all__ = ["improve"]

_TRIALS = 16

Outcome = tuple[Draft, list[Group]]
_Score = tuple[int, int, int, int, int]
_Choose = Callable[[Preferences, Effort], Outcome]


def improve(
    choose: _Choose,
    *,
    bounds: PlanningBounds,
    starts: Sequence[Preferences] = (),
    clock: Callable[[], float] = time.monotonic,
) -> Outcome:
    """Choose, then flip single choices while that makes the plan shallower, or its requests fewer, or smaller.

    Args:
        choose: makes a plan that follows preferences.
        bounds: how much may be tried.
        starts: where to start from if nothing can be had without preferences.
        clock: gives seconds.

    Raises:
        PlanningError: from the first round; a trial that leads nowhere, or too far, is dropped.
    """
    deadline = clock() + bounds.seconds
    effort = Effort(bounds.effort, deadline=deadline, clock=clock)
    preferences: dict[tuple[str, ...], str] = {}
    try:
        best = choose(preferences, effort)
    except PlanningError:
        best, preferences = _start(choose, starts, effort)
    score = _score(best[1])
    # A trial takes about as much as the first round did: one that would not be finished is not begun.
    trials = min(_TRIALS, bounds.improvement // (1 + effort.spent))
    effort = Effort(bounds.improvement, deadline=deadline, clock=clock)
    tried: set[tuple[tuple[str, ...], str]] = set()
    while trials > 0 and score[-2] > 1 and (flip := _next(best[0], tried)) is not None:
        tried.add(flip)
        trials -= 1
        try:
            other = choose({**preferences, flip[0]: flip[1]}, effort)
        except PlanningError:
            continue
        if (found := _score(other[1])) < score:
            best, score = other, found
            preferences[flip[0]] = flip[1]
    return best


def _start(
    choose: _Choose, starts: Sequence[Preferences], effort: Effort
) -> tuple[Outcome, dict[tuple[str, ...], str]]:
    for start in starts:
        try:
            return choose(start, effort), dict(start)
        except PlanningError:
            continue
    return choose({}, effort), {}


def _next(draft: Draft, tried: set[tuple[tuple[str, ...], str]]) -> tuple[tuple[str, ...], str] | None:
    """Give the most promising flip that was not tried: the smallest sacrifice, nearest to the root.

    A choice that costs no request at all is never worth flipping.
    """
    flips = [
        (cost[0] - choice.candidates[0][1][0], len(choice.path), choice.path, subgraph)
        for choice in draft.choices
        for subgraph, cost in choice.candidates
        if choice.candidates[0][1][0] and subgraph != choice.subgraph and (choice.path, subgraph) not in tried
    ]
    useful = [flip for flip in flips if flip[0] <= 1]
    if not useful:
        return None
    _, _, path, subgraph = min(useful)
    return path, subgraph


def _score(groups: list[Group]) -> _Score:
    """Tell how deep and how many the requests are, those for the first response alone before all, and how large."""
    fields = 0
    nodes: list[FetchNode] = [group.root for group in groups if group.root is not None]
    nodes += [entry.node for group in groups for entry in group.entries]
    while nodes:
        node = nodes.pop()
        fields += len(node.fields)
        nodes += [item.child for item in node.fields.values() if item.child is not None]
    first = [group for group in groups if not group.delivery]
    return depth_of(first), len(first), depth_of(groups), len(groups), fields
