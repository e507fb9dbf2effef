"""Rule 42: however long, deep or tangled a document is, it is planned or refused."""

from __future__ import annotations

import pytest
from graphql import parse

from router.errors import PlanningError, RequestError
from router.planning import Planner, plan_operation
from router.planning.selections import SelectionLimits
from router.supergraph import Supergraph
from tests.router.planning.graphs import supergraph_of


@pytest.fixture(scope="module")
def supergraph() -> Supergraph:
    return supergraph_of(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! t: T x: Int }',
        b='type T @key(fields: "id") { id: ID! y: Int u: T }',
    )


def test_a_hundred_levels_are_planned(supergraph: Supergraph) -> None:
    plan = plan_operation(supergraph, parse("{ t " + "{ t " * 100 + "{ x y }" + " }" * 100 + " }"))
    assert [step.subgraph for step in plan.steps] == ["a", "b"]


def test_a_hundred_jumps_are_planned(supergraph: Supergraph) -> None:
    plan = plan_operation(supergraph, parse("{ t " + "{ u { t " * 50 + "{ x }" + " } }" * 50 + " }"))
    assert len(plan.steps) == 101


def test_too_many_levels_are_refused(supergraph: Supergraph) -> None:
    with pytest.raises(PlanningError) as caught:
        plan_operation(supergraph, parse("{ t " + "{ t " * 140 + "{ x }" + " }" * 140 + " }"))
    assert caught.value.code == "OPERATION_TOO_DEEP"


def test_levels_hidden_in_a_chain_of_fragments_are_refused(supergraph: Supergraph) -> None:
    chain = " ".join(f"fragment F{i} on T {{ t {{ ...F{i + 1} }} }}" for i in range(2_000))
    with pytest.raises(PlanningError) as caught:
        plan_operation(supergraph, parse("{ t { ...F0 } } " + chain + " fragment F2000 on T { x }"))
    assert caught.value.code == "OPERATION_TOO_DEEP"


def test_two_thousand_nested_fragments_on_one_level_are_planned(supergraph: Supergraph) -> None:
    chain = " ".join(f"fragment F{i} on T {{ x ...F{i + 1} }}" for i in range(2_000))
    plan = plan_operation(supergraph, parse("{ t { ...F0 } } " + chain + " fragment F2000 on T { x }"))
    assert [step.document for step in plan.steps] == ["query { t { x } }"]


def test_fragments_that_multiply_are_refused(supergraph: Supergraph) -> None:
    chain = " ".join(f"fragment F{i} on T {{ a: t {{ ...F{i + 1} }} b: t {{ ...F{i + 1} }} }}" for i in range(30))
    planner = Planner(supergraph, limits=SelectionLimits(fields=2_000))
    with pytest.raises(PlanningError) as caught:
        planner.plan(parse("{ t { ...F0 } } " + chain + " fragment F30 on T { x }"))
    assert caught.value.code == "OPERATION_TOO_LARGE"


def test_two_thousand_aliases_are_planned(supergraph: Supergraph) -> None:
    plan = plan_operation(supergraph, parse("{ t { " + " ".join(f"a{i}: x" for i in range(2_000)) + " } }"))
    assert len(plan.steps) == 1
    assert plan.passthrough


def test_an_unknown_operation_is_refused(supergraph: Supergraph) -> None:
    document = parse("query A { t { x } } query B { t { y } }")
    with pytest.raises(RequestError) as caught:
        plan_operation(supergraph, document, "C")
    assert caught.value.code == "UNKNOWN_OPERATION"
    with pytest.raises(RequestError) as caught:
        plan_operation(supergraph, document)
    assert caught.value.code == "OPERATION_NAME_REQUIRED"
    assert len(plan_operation(supergraph, document, "B").steps) == 2
