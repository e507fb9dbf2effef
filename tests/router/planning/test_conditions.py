"""Conditions are combined without losing or inventing a case."""

from __future__ import annotations

from itertools import product

import pytest

from router.planning.conditions import NEVER, both, either, implies, print_conditions
from router.planning.plan import ALWAYS, Condition, Conditions

A: Conditions = ((Condition("a", expected=True),),)
NOT_A: Conditions = ((Condition("a", expected=False),),)
B: Conditions = ((Condition("b", expected=True),),)
C: Conditions = ((Condition("c", expected=True),),)
SOME = [ALWAYS, NEVER, A, NOT_A, B, both(A, B), either(NOT_A, B), either(both(A, B), both(NOT_A, C))]


def holds(conditions: Conditions, **values: bool) -> bool:
    return any(all(values[item.variable] is item.expected for item in conjunction) for conjunction in conditions)


@pytest.mark.parametrize(("left", "right"), list(product(SOME, SOME)))
def test_combinations_hold_when_their_parts_say_so(left: Conditions, right: Conditions) -> None:
    for a, b, c in product((True, False), repeat=3):
        one, other = holds(left, a=a, b=b, c=c), holds(right, a=a, b=b, c=c)
        assert holds(both(left, right), a=a, b=b, c=c) is (one and other)
        assert holds(either(left, right), a=a, b=b, c=c) is (one or other)
        if implies(left, right):
            assert not one or other


def test_a_condition_and_its_opposite_always_hold_together_and_never_both() -> None:
    assert either(A, NOT_A) == ALWAYS
    assert both(A, NOT_A) == NEVER


def test_what_follows_is_absorbed() -> None:
    assert either(A, both(A, B)) == A
    assert either(both(A, B), both(NOT_A, B)) == B


def test_a_condition_implies_what_is_wider() -> None:
    assert implies(both(A, B), A)
    assert implies(A, ALWAYS)
    assert implies(NEVER, A)
    assert not implies(A, both(A, B))


def test_too_many_cases_become_unconditional() -> None:
    many: Conditions = NEVER
    for number in range(40):
        many = either(many, ((Condition(f"x{number}", expected=True),),))
    assert many == ALWAYS


def test_conditions_are_printed_for_people() -> None:
    assert print_conditions(ALWAYS) == ""
    assert print_conditions(NEVER) == "never"
    assert print_conditions(either(both(A, B), C)) == "$a and $b or $c"
