"""Ways in which other planners were wrong: each is planned, executed against strict subgraphs, and compared."""

from __future__ import annotations

import pytest
from graphql import parse

from router.planning import Planner, print_plan
from router.planning.plan import ALWAYS, Condition
from router.supergraph import Supergraph
from tests.router.planning.graphs import catalogued, supergraph_of
from tests.router.planning.oracle import check
from tests.router.planning.world import World


async def answered(supergraph: Supergraph, query: str, variables: dict[str, object] | None = None) -> World:
    """Check an operation with and without nulls in the data; give the world of the last check, with its requests."""
    await check(World(supergraph, nulls=True), query, variables)
    world = World(supergraph, nulls=False)
    await check(world, query, variables)
    return world


def subgraphs_of(world: World) -> list[str]:
    return [name for name, _ in world.requests]


async def test_one_response_key_under_disjoint_fragments_stays_apart() -> None:
    await answered(
        catalogued("abstract"),
        "{ anything { ... on Book { x: title } ... on Film { x: title } ... on Game { x: level } } }",
    )


async def test_two_fragments_on_one_type_inside_an_abstract_fragment_both_count() -> None:
    await answered(
        catalogued("abstract"), "{ works { ... on Media { ... on Book { title } ... on Book { pages rating } } } }"
    )


async def test_the_same_field_has_another_type_in_each_concrete_type() -> None:
    supergraph = supergraph_of(
        a="""
        type Query { all: [Any] }
        union Any = X | Y
        type X @key(fields: "id") { id: ID! v: Int other: P }
        type Y @key(fields: "id") { id: ID! v: Int! other: Q }
        type P @key(fields: "id") { id: ID! }
        type Q @key(fields: "id") { id: ID! }
        """,
        b="""
        type P @key(fields: "id") { id: ID! n: Int }
        type Q @key(fields: "id") { id: ID! n: Int! }
        """,
    )
    await answered(supergraph, "{ all { ... on X { a: v } ... on Y { b: v } } }")
    await answered(supergraph, "{ all { ... on X { other { p: n } } ... on Y { other { q: n } } } }")


async def test_typename_as_part_of_a_key_is_no_reason_to_skip_the_fetch() -> None:
    supergraph = supergraph_of(
        a='type Query { t: T } type T @key(fields: "__typename id") { id: ID! }',
        b='type T @key(fields: "__typename id") { id: ID! x: Int }',
    )
    assert subgraphs_of(await answered(supergraph, "{ t { x } }")) == ["a", "b"]


async def test_typename_is_there_when_a_required_field_is_reached_again() -> None:
    await answered(catalogued("requires"), "{ item { length tax media { ... on Book { x: pages } } } }")


async def test_a_condition_does_not_leak_to_what_is_merged_with_it() -> None:
    supergraph = catalogued("keys")
    query = (
        "query($v: Boolean!) { product(id: 1) { reviews @skip(if: $v) { body } inStock } top { product { inStock } } }"
    )
    for value in (True, False):
        await answered(supergraph, query, {"v": value})


async def test_a_conditional_fragment_without_a_type_condition() -> None:
    query = "query($v: Boolean!) { ... @include(if: $v) { products { ... @skip(if: $v) { name } reviews { body } } } }"
    for value in (True, False):
        await answered(catalogued("keys"), query, {"v": value})


async def test_conditions_under_interfaces() -> None:
    query = (
        "query($v: Boolean!) { works { ... on Book @include(if: $v) { rating } ... on Film @skip(if: $v) { rating } } }"
    )
    for value in (True, False):
        await answered(catalogued("abstract"), query, {"v": value})


async def test_contradicting_conditions_fetch_nothing() -> None:
    query = "query($v: Boolean!) { product(id: 1) { name ...F @include(if: $v) } } "
    query += "fragment F on Product { ... @skip(if: $v) { reviews { body } } }"
    for value in (True, False):
        world = await answered(catalogued("keys"), query, {"v": value})
        assert subgraphs_of(world) == ["products"]


async def test_conditions_that_contradict_those_of_a_field_around_them_fetch_nothing() -> None:
    operation = "query($v: Boolean!) { me { friends @skip(if: $v) { id reviews @include(if: $v) { body } } } }"
    supergraph = catalogued("keys")
    assert {step.subgraph for step in Planner(supergraph).plan(parse(operation)).steps} == {"users"}
    for value in (True, False):
        await check(World(supergraph), operation, {"v": value})


async def test_string_arguments_are_escaped_again() -> None:
    supergraph = supergraph_of(a="type Query { say(text: String): String }")
    await answered(supergraph, r'{ say(text: "a \"quoted\" \\ back\nslash é") }')


async def test_a_partial_union_is_judged_by_position() -> None:
    query = "{ own { ... on Song { title } } shared { ... on Book { title } } other { ... on Movie { title length } } }"
    await answered(catalogued("unions"), query)


async def test_a_root_type_reached_again_is_merged_where_it_was_reached() -> None:
    plan = Planner(catalogued("mutations")).plan(parse("mutation { doneA { query { b } } }"))
    assert [(step.subgraph, step.operation.value, len(step.path)) for step in plan.steps] == [
        ("a", "mutation", 0),
        ("b", "query", 2),
    ]


async def test_requirements_that_need_each_other_by_turns() -> None:
    supergraph = supergraph_of(
        a="""
        type Query { t: T }
        type T @key(fields: "id") { id: ID! a1: Int b1: Int @external a2: Int @requires(fields: "b1") b2: Int @external
          a3: Int @requires(fields: "b2") }
        """,
        b="""
        type T @key(fields: "id") { id: ID! a1: Int @external b1: Int @requires(fields: "a1") a2: Int @external
          b2: Int @requires(fields: "a2") }
        """,
    )
    assert subgraphs_of(await answered(supergraph, "{ t { a3 } }")) == ["a", "b", "a", "b", "a"]


async def test_a_shareable_mutation_runs_in_one_subgraph() -> None:
    supergraph = supergraph_of(
        a="type Query { q: Int } type Mutation { do: P @shareable } type P @shareable { x: Int y: Int }",
        b="type Mutation { do: P @shareable } type P @shareable { y: Int x: Int }",
    )
    plan = Planner(supergraph).plan(parse("mutation { do { x y } }"))
    assert [step.subgraph for step in plan.steps] == ["a"]


async def test_the_key_comes_from_a_subgraph_that_has_it() -> None:
    supergraph = supergraph_of(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! x: Int }',
        b='type T @key(fields: "id") @key(fields: "code") { id: ID! code: ID! }',
        c='type T @key(fields: "code") { code: ID! x: Int @external y: Int @requires(fields: "x") }',
    )
    assert subgraphs_of(await answered(supergraph, "{ t { y } }")) == ["a", "b", "c"]


def test_override_labels_switch_the_owner() -> None:
    supergraph = supergraph_of(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! x: Int }',
        b='type T @key(fields: "id") { id: ID! x: Int @override(from: "a", label: "percent(5)") }',
    )
    document = parse("{ t { x } }")
    assert [step.subgraph for step in Planner(supergraph).plan(document).steps] == ["a"]
    labelled = Planner(supergraph, labels=frozenset({"percent(5)"}))
    assert [step.subgraph for step in labelled.plan(document).steps] == ["a", "b"]


async def test_fields_with_different_conditions_stay_apart() -> None:
    query = "query($v: Boolean!, $w: Boolean!) { me { a: name @include(if: $v) b: name @include(if: $w) name } }"
    for value in (True, False):
        await answered(catalogued("keys"), query, {"v": value, "w": not value})


async def test_typename_beside_an_interface_objects_field() -> None:
    await answered(catalogued("interface objects"), "{ rated { stars __typename } best { t: __typename score } }")


@pytest.mark.parametrize("key", ["id", "price", "weight"])
async def test_an_alias_that_equals_a_key_or_required_field(key: str) -> None:
    await answered(catalogued("requires"), f"{{ items {{ {key}: free estimate x: price }} }}")


async def test_an_alias_that_is_called_typename() -> None:
    await answered(catalogued("abstract"), "{ media { __typename: title ... on Book { rating } } }")


async def test_a_field_with_arguments_that_is_required_with_others() -> None:
    await answered(catalogued("requires"), '{ item { cost dollars c: cost(currency: "USD") euros } }')


async def test_a_requirement_through_a_list_of_lists() -> None:
    await answered(catalogued("requires"), "{ items { mass parts { lists { v } } } }")


async def test_a_concrete_fragment_inside_an_interface_fragment_inside_an_object() -> None:
    await answered(
        catalogued("abstract"), "{ media { ... on Book { ... on Rated { ... on Book { rating pages } } } } }"
    )


def test_mutations_keep_the_order_of_the_document_through_fragments() -> None:
    document = parse("mutation { a: addA { a } ...F c: addA { a } } fragment F on Mutation { b: addB { b } }")
    plan = Planner(catalogued("mutations")).plan(document)
    assert [step.document for step in plan.steps] == [
        "mutation { a: addA { a } }",
        "mutation { b: addB { b } }",
        "mutation { c: addA { a } }",
    ]


async def test_an_unconditional_field_beside_a_skipped_computed_one_is_fetched() -> None:
    query = "query($v: Boolean!) { items { estimate @skip(if: $v) free } }"
    for value in (True, False):
        await answered(catalogued("requires"), query, {"v": value})


async def test_a_skipped_computed_field_does_not_fetch_its_inputs() -> None:
    query = "query($v: Boolean!) { item { mass @skip(if: $v) price } }"
    world = await answered(catalogued("requires"), query, {"v": True})
    assert subgraphs_of(world) == ["catalog"]


async def test_a_field_with_a_condition_and_without_is_there() -> None:
    plan = Planner(catalogued("keys")).plan(parse("query($v: Boolean!) { me { id @skip(if: $v) id } }"))
    assert plan.projection.fields[0].selection is not None
    assert plan.projection.fields[0].selection.fields[0].conditions == ALWAYS


def test_a_conditional_jump_is_a_conditional_step() -> None:
    plan = Planner(catalogued("keys")).plan(
        parse("query($v: Boolean!) { product(id: 1) { name reviews @include(if: $v) { body } } }")
    )
    assert [step.conditions for step in plan.steps] == [ALWAYS, ((Condition("v", expected=True),),)]


async def test_nested_lists_of_entities_keep_their_shape() -> None:
    await answered(catalogued("keys"), "{ products { warehouses { city org { name } } } }")


async def test_a_key_that_is_not_resolvable_in_the_source_is_enough() -> None:
    supergraph = supergraph_of(
        a='type Query { t: T } type T @key(fields: "id", resolvable: false) { id: ID! }',
        b='type T @key(fields: "id") { id: ID! x: Int }',
    )
    assert subgraphs_of(await answered(supergraph, "{ t { x } }")) == ["a", "b"]


def test_a_client_variable_may_have_the_name_of_ours() -> None:
    supergraph = catalogued("keys")
    query = "query($representations: ID!) { product(id: $representations) { reviews { body } } }"
    plan = Planner(supergraph).plan(parse(query))
    assert plan.steps[1].batches[0].variable == "_representations"
    assert "$_representations" in plan.steps[1].document


def test_no_internal_key_clashes_with_a_later_alias() -> None:
    supergraph = catalogued("requires")
    text = print_plan(Planner(supergraph).plan(parse("{ item { id: free cost_1: weight dollars cost } }")))
    assert 'cost_2: cost(currency: "USD")' in text
