"""Conditions on client variables, in disjunctive normal form: what @include and @skip come to."""

from __future__ import annotations

from collections.abc import Iterable

from router.planning.plan import ALWAYS, Condition, Conditions

__all__ = ["NEVER", "both", "either", "implies", "negated", "print_conditions"]

NEVER: Conditions = ()

_MOST = 16  # conjunctions kept; beyond that a fetch is made unconditionally, which the projection makes up for


def both(left: Conditions, right: Conditions) -> Conditions:
    """Give the conditions under which both hold."""
    if left == ALWAYS:
        return right
    if right == ALWAYS:
        return left
    return _simplified(_conjunction(a, b) for a in left for b in right)


def either(left: Conditions, right: Conditions) -> Conditions:
    """Give the conditions under which at least one holds."""
    if left == right:
        return left
    if ALWAYS in (left, right):
        return ALWAYS
    return _simplified((*left, *right))


def negated(conditions: Conditions) -> Conditions:
    """Give the conditions under which these do not hold."""
    result = ALWAYS
    for conjunction in conditions:
        result = both(result, tuple((Condition(item.variable, not item.expected),) for item in conjunction))
    return result


def implies(left: Conditions, right: Conditions) -> bool:
    """Whether `left` surely holds only where `right` does (a sufficient test)."""
    return right == ALWAYS or all(any(set(b) <= set(a) for b in right) for a in left)


def print_conditions(conditions: Conditions) -> str:
    """Write conditions for people: `$a and not $b or $c`; empty when they always hold."""
    if conditions == ALWAYS:
        return ""
    words = (
        " and ".join(f"${item.variable}" if item.expected else f"not ${item.variable}" for item in conjunction)
        for conjunction in conditions
    )
    return " or ".join(words) or "never"


def _conjunction(left: tuple[Condition, ...], right: tuple[Condition, ...]) -> tuple[Condition, ...] | None:
    merged = {item.variable: item.expected for item in left}
    for item in right:
        if merged.setdefault(item.variable, item.expected) != item.expected:
            return None
    return tuple(Condition(name, merged[name]) for name in sorted(merged))


def _simplified(conjunctions: Iterable[tuple[Condition, ...] | None]) -> Conditions:
    kept: list[tuple[Condition, ...]] = []
    waiting = [item for item in conjunctions if item is not None]
    while waiting:
        item = waiting.pop(0)
        if any(set(other) <= set(item) for other in kept):
            continue
        resolved = next((found for other in kept if (found := _resolvent(item, other)) is not None), None)
        if resolved is not None:
            waiting.append(resolved)
            continue
        kept = [other for other in kept if not set(item) <= set(other)]
        kept.append(item)
    return tuple(kept) if len(kept) <= _MOST else ALWAYS


def _resolvent(left: tuple[Condition, ...], right: tuple[Condition, ...]) -> tuple[Condition, ...] | None:
    """`a and b or a and not b` is `a`."""
    difference = set(left) ^ set(right)
    if len(difference) == 2 and len({item.variable for item in difference}) == 1:  # noqa: PLR2004  # one variable, both ways
        return tuple(item for item in left if item not in difference)
    return None
