"""Stage 5: looking for a plan is bounded, and counted rather than timed."""

from __future__ import annotations

import itertools

import pytest
from graphql import parse

from router.errors import PlanningError
from router.planning import Planner, PlanningBounds, print_plan
from router.planning.effort import Effort
from router.supergraph import Supergraph
from tests.router.planning.graphs import supergraph_of

_UNBOUNDED = PlanningBounds(effort=10**9, improvement=10**9, seconds=10**9)


def effort_for(supergraph: Supergraph, operation: str) -> int:
    """Find the least effort that plans an operation, up to a factor of two."""
    effort = 1
    for _ in range(24):
        effort *= 2
        try:
            Planner(supergraph, bounds=PlanningBounds(effort=effort)).plan(parse(operation))
        except PlanningError:
            continue
        return effort
    raise AssertionError(operation)


def shared_levels(*, subgraphs: int, depth: int) -> Supergraph:
    """Compose entities below each other that every subgraph knows, and each has a field of its own of."""

    def level(number: int, subgraph: int) -> str:
        return (
            f'type L{number} @key(fields: "id") {{ id: ID! @shareable next: L{number + 1} @shareable '
            f"own{subgraph}_{number}: Int }}"
        )

    return supergraph_of(
        **{
            f"s{subgraph}": "type Query { root: L0 @shareable }\n"
            + "\n".join(level(number, subgraph) for number in range(depth))
            + f"\ntype L{depth} @shareable {{ end: Int }}"
            for subgraph in range(subgraphs)
        }
    )


def everything(*, subgraphs: int, depth: int) -> str:
    """Ask every level for every subgraph's own field."""
    inner = ""
    for number in reversed(range(depth)):
        own = " ".join(f"own{subgraph}_{number}" for subgraph in range(subgraphs))
        inner = f"{{ {own} {f'next {inner}' if inner else ''} }}"
    return f"{{ root {inner} }}"


def test_an_operation_that_takes_too_much_effort_is_refused() -> None:
    supergraph = shared_levels(subgraphs=6, depth=4)
    operation = everything(subgraphs=6, depth=4)
    with pytest.raises(PlanningError) as caught:
        Planner(supergraph, bounds=PlanningBounds(effort=200)).plan(parse(operation))
    assert caught.value.code == "PLANNING_LIMIT_EXCEEDED"
    assert len(Planner(supergraph, bounds=_UNBOUNDED).plan(parse(operation)).steps) == 6


def test_when_the_effort_for_improving_is_used_up_the_best_plan_so_far_is_taken() -> None:
    supergraph = supergraph_of(
        root='type Query { t: T } type T @key(fields: "id") { id: ID! }',
        a='type T @key(fields: "id") { id: ID! x: Int @shareable }',
        b='type T @key(fields: "id") { id: ID! x: Int @shareable y: Int @shareable }',
        c='type T @key(fields: "id") { id: ID! y: Int @shareable }',
    )
    asked = {
        improvement: [
            step.subgraph
            for step in Planner(supergraph, bounds=PlanningBounds(improvement=improvement))
            .plan(parse("{ t { x y } }"))
            .steps
        ]
        for improvement in (0, 1_000)
    }
    assert asked == {0: ["root", "a", "b"], 1_000: ["root", "b"]}


def test_the_same_bounds_give_the_same_plan() -> None:
    supergraph = shared_levels(subgraphs=4, depth=3)
    operation = parse(everything(subgraphs=4, depth=3))
    plans = {print_plan(Planner(supergraph, bounds=PlanningBounds(improvement=500)).plan(operation)) for _ in range(3)}
    assert len(plans) == 1


def test_the_clock_is_the_last_resort() -> None:
    ticks = itertools.count()
    effort = Effort(10**9, deadline=2, clock=lambda: next(ticks))
    for _ in range(3 * 1_024):
        effort.spend(1)  # the clock said 0, 1 and 2
    with pytest.raises(PlanningError) as caught:
        effort.spend(1_024)
    assert caught.value.code == "PLANNING_LIMIT_EXCEEDED"


def test_a_chain_of_requirements_that_all_need_the_two_before_does_not_multiply() -> None:
    chain = 24
    fields: list[list[str]] = [["c0: Int"], [], []]
    for number in range(1, chain):
        here = fields[number % 3]
        needed = [before for before in (number - 1, number - 2) if before >= 0]
        for before in needed:
            external = f"c{before}: Int @external"
            here += [external] if external not in here else []
        here.append(f'c{number}: Int @requires(fields: "{" ".join(f"c{before}" for before in needed)}")')
    supergraph = supergraph_of(
        **{
            f"s{number}": f'type E @key(fields: "id") {{ id: ID! {" ".join(own)} }} type Query {{ e{number}: E }}'
            for number, own in enumerate(fields)
        }
    )
    assert len(Planner(supergraph).plan(parse(f"{{ e1 {{ c{chain - 1} }} }}")).steps) == chain + 1
    assert effort_for(supergraph, f"{{ e1 {{ c{chain - 1} }} }}") <= 2**14


def test_independent_parts_add_up() -> None:
    supergraph = shared_levels(subgraphs=4, depth=3)
    part = everything(subgraphs=4, depth=3)[len("{ root ") : -len(" }")]
    once, eightfold = (
        effort_for(supergraph, "{ " + " ".join(f"a{number}: root {part}" for number in range(count)) + " }")
        for count in (1, 8)
    )
    assert eightfold <= 8 * once


def test_seventy_implementations_with_several_keys_each_are_planned_within_bounds() -> None:
    def subgraph(number: int) -> str:
        keys = [f"k{number % 3}", f"k{(number + 1) % 3}"]
        applied = " ".join(f'@key(fields: "{key}")' for key in keys)
        fields = f"{' '.join(f'{key}: ID! @shareable' for key in keys)} own{number}: Int friend: Node @shareable"
        types = "\n".join(f"type T{item} implements Node {applied} {{ {fields} }}" for item in range(70))
        return f"interface Node {{ own{number}: Int friend: Node }}\n{types}\ntype Query {{ node{number}: Node }}"

    supergraph = supergraph_of(**{f"s{number}": subgraph(number) for number in range(3)})
    operation = "{ node0 { own1 friend { own2 friend { own0 own1 own2 } } } }"
    assert len(Planner(supergraph).plan(parse(operation)).steps) == 3
    assert effort_for(supergraph, operation) <= 2**16
