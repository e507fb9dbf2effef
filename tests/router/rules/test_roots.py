"""Roots and mutations: rules 10 to 12."""

from __future__ import annotations

import pytest

from tests.router.rules.federation import Case, cases, federation
from tests.router.rules.service import Boom, Service

_SHARED = federation(
    a=Service(
        """
        type Query { t: T @shareable v(n: Int): V @shareable lists: [V!]! @shareable a: Int }
        type T @key(fields: "id") { id: ID! name: String @shareable x: Int }
        type V @shareable { p: Int q: Int }
        """,
        query={
            "t": {"id": "1", "name": "n", "x": 1},
            "v": lambda _, n=0: {"p": n, "q": n + 1},
            "lists": [{"p": 1, "q": 2}, {"p": 3, "q": 4}],
            "a": 1,
        },
        entities={"T": [{"id": "1", "name": "n", "x": 1}]},
    ),
    b=Service(
        """
        type Query { t: T @shareable v(n: Int): V @shareable lists: [V!]! @shareable b: Int }
        type T @key(fields: "id") { id: ID! name: String @shareable y: Int }
        type V @shareable { q: Int r: Int }
        """,
        query={
            "t": {"id": "1", "name": "n", "y": 2},
            "v": lambda _, n=0: {"q": n + 1, "r": n + 2},
            "lists": [{"q": 2, "r": 5}, {"q": 4, "r": 6}],
            "b": 2,
        },
        entities={"T": [{"id": "1", "name": "n", "y": 2}]},
    ),
)


@pytest.mark.rule(10)
@cases(
    {
        "what one subgraph has alone": ("{ t { name y } }", {"t": {"name": "n", "y": 2}}, "b"),
        "in parallel, not by a key": ("{ t { x y } }", {"t": {"x": 1, "y": 2}}, "a + b"),
        "two aliases, two subgraphs": ("{ p: t { x } q: t { y } }", {"p": {"x": 1}, "q": {"y": 2}}, "a + b"),
        "values merge": ("{ v(n: 1) { r q p } }", {"v": {"r": 3, "q": 2, "p": 1}}, "a + b"),
        "where one is asked anyway": (
            "{ b t { name } v(n: 5) { q } }",
            {"b": 2, "t": {"name": "n"}, "v": {"q": 6}},
            "b",
        ),
        "where the others need both": (
            "{ a b t { name } }",
            {"a": 1, "b": 2, "t": {"name": "n"}},
            "a + b",
        ),
        "lists merge by index": (
            "{ lists { p r } }",
            {"lists": [{"p": 1, "r": 5}, {"p": 3, "r": 6}]},
            "a + b",
        ),
        "arguments are the alias's own": (
            "{ p: v(n: 1) { p r } q: v(n: 10) { r } }",
            {"p": {"p": 1, "r": 3}, "q": {"r": 12}},
            "a + b",
        ),
    }
)
async def test_a_shared_root_is_chosen_per_selection(case: Case) -> None:
    await _SHARED.answers(case)


@pytest.mark.rule(10)
@pytest.mark.parametrize("number", [1, 80])
async def test_many_aliases_of_a_shared_root_go_where_everything_is(number: int) -> None:
    query = f"{{ {' '.join(f'x{n}: v(n: {n}) {{ q r }}' for n in range(number))} }}"
    await _SHARED.answers((query, {f"x{n}": {"q": n + 1, "r": n + 2} for n in range(number)}, "b"))


_THROWS = federation(
    a=Service(
        """
        type Query { t: T @shareable }
        type T @key(fields: "id") { id: ID! x: Int @shareable owner: Owner @shareable }
        type Owner @key(fields: "id") { id: ID! }
        """,
        query={"t": Boom("a must not be asked")},
    ),
    b=Service(
        """
        type Query { t: T @shareable @provides(fields: "owner { name }") }
        type T @key(fields: "id") { id: ID! x: Int @shareable owner: Owner @shareable }
        type Owner @key(fields: "id") { id: ID! name: String @external }
        """,
        query={"t": {"id": "1", "x": 1, "owner": {"id": "o", "name": "provided"}}},
    ),
    c=Service(
        'type Owner @key(fields: "id") { id: ID! name: String @shareable }', entities={"Owner": lambda _: Boom("nor c")}
    ),
)


@pytest.mark.rule(10, 18)
@cases(
    {
        "counting what is provided": ("{ t { owner { name } } }", {"t": {"owner": {"name": "provided"}}}, "b"),
        "with more beside it": (
            "{ t { x owner { id name } } }",
            {"t": {"x": 1, "owner": {"id": "o", "name": "provided"}}},
            "b",
        ),
    }
)
async def test_the_subgraph_that_satisfies_everything_is_preferred(case: Case) -> None:
    await _THROWS.answers(case)


_WRITES = federation(
    a=Service(
        """
        type Query { a: Int }
        type Mutation { one(n: Int): T two: T both: T @shareable box: Box }
        type T @key(fields: "id") { id: ID! a: Int }
        type Box { ok: Boolean query: Query t: T }
        """,
        query={"a": 1},
        mutation={
            "one": lambda _, n=0: {"id": str(n), "a": n},
            "two": {"id": "2", "a": 2},
            "both": {"id": "3", "a": 3},
            "box": {"ok": True, "query": {"a": 1}, "t": {"id": "4", "a": 4}},
        },
        entities={"T": lambda given: {"a": int(given["id"])}},
    ),
    b=Service(
        """
        type Query { b: Int }
        type Mutation { three: T both: T @shareable }
        type T @key(fields: "id") { id: ID! b: Int }
        """,
        query={"b": 2},
        mutation={"three": {"id": "5", "b": 50}, "both": {"id": "3", "b": 30}},
        entities={"T": lambda given: {"b": 10 * int(given["id"])}},
    ),
)


@pytest.mark.rule(11)
@pytest.mark.bug(15, 30)
@cases(
    {
        "neighbours share a request": (
            "mutation { x: one(n: 1) { a } two { a } }",
            {"x": {"a": 1}, "two": {"a": 2}},
            "a!",
        ),
        "a-b-a is three": (
            "mutation { one(n: 7) { a } three { b } two { a } }",
            {"one": {"a": 7}, "three": {"b": 50}, "two": {"a": 2}},
            "a! > b! > a!",
        ),
        "entity jumps are queries": ("mutation { one(n: 7) { b } }", {"one": {"b": 70}}, "a! > b"),
        "and are made before the next mutation": (
            "mutation { one(n: 7) { b } three { a } two { b } }",
            {"one": {"b": 70}, "three": {"a": 5}, "two": {"b": 20}},
            "a! > b > b! > a > a! > b",
        ),
        "a shared one is called once": (
            "mutation { both { id a b } }",
            {"both": {"id": "3", "a": 3, "b": 30}},
            "a! > b",
        ),
        "through a fragment": (
            "mutation { ...F three { b } one(n: 1) { a } } fragment F on Mutation { two { a } }",
            {"two": {"a": 2}, "three": {"b": 50}, "one": {"a": 1}},
            "a! > b! > a!",
        ),
        "the fragment in the middle": (
            "mutation { three { b } ... on Mutation { two { a } one { a } } y: three { id } }",
            {"three": {"b": 50}, "two": {"a": 2}, "one": {"a": 0}, "y": {"id": "5"}},
            "b! > a! > b!",
        ),
        "one of the same twice": (
            "mutation { x: three { b } y: three { b } }",
            {"x": {"b": 50}, "y": {"b": 50}},
            "b!",
        ),
    }
)
async def test_mutations_are_serial(case: Case) -> None:
    await _WRITES.answers(case)


@pytest.mark.rule(11)
async def test_mutations_are_sent_in_the_order_of_the_document() -> None:
    order = await _WRITES.order_of("mutation { one(n: 7) { b } three { a } two { a } }")
    assert order == ["a", "b", "b", "a", "a"]


@pytest.mark.rule(11, 36)
async def test_a_mutation_that_fails_does_not_stop_those_after_it() -> None:
    failing = federation(
        a=Service(
            "type Query { q: Int } type Mutation { bad: Int good: Int }", mutation={"bad": Boom("no"), "good": 1}
        ),
        b=Service("type Mutation { other: Int }", mutation={"other": 2}),
    )
    answer = await failing.run("mutation { bad other good }")
    assert answer.data == {"bad": None, "other": 2, "good": 1}
    assert answer.problems == [("SUBGRAPH_ERROR", ["bad"], "a")]
    assert [name for name, _, _ in answer.requests] == ["a", "b", "a"]


@pytest.mark.rule(11)
@pytest.mark.bug(12)
@cases(
    {
        "in the subgraph that one is in": (
            "mutation { box { query { a } ok } }",
            {"box": {"query": {"a": 1}, "ok": True}},
            "a!",
        ),
        "in another": ("mutation { box { query { b } } }", {"box": {"query": {"b": 2}}}, "a! > b"),
        "in both": ("mutation { box { query { b a } } }", {"box": {"query": {"b": 2, "a": 1}}}, "a! > b"),
        "beside an entity": (
            "mutation { box { query { b } t { b } } }",
            {"box": {"query": {"b": 2}, "t": {"b": 40}}},
            "a! > b + b",
        ),
        "with the type's name": (
            "mutation { box { query { __typename b } } }",
            {"box": {"query": {"__typename": "Query", "b": 2}}},
            "a! > b",
        ),
    }
)
async def test_a_root_type_reached_again_is_merged_where_it_was_reached(case: Case) -> None:
    await _WRITES.answers(case)


_AGAIN = federation(
    a=Service(
        """
        type Query { a: Int me: Me list: [Me] }
        type Me { name: String query: Query queries: [Query!] }
        """,
        query={
            "a": 1,
            "me": {"name": "n", "query": {"a": 1}, "queries": [{"a": 1}, {"a": 1}]},
            "list": [{"name": "n", "query": {"a": 1}}, None, {"name": "m", "query": None}],
        },
    ),
    b=Service("type Query { b: Int c(n: Int): Int }", query={"b": 2, "c": lambda _, n=0: n}),
)


@pytest.mark.rule(8, 12)
@pytest.mark.bug(12)
@cases(
    {
        "below a field of a query": ("{ me { query { b a } } }", {"me": {"query": {"b": 2, "a": 1}}}, "a > b"),
        "and at the root": (
            "{ b me { query { b } } }",
            {"b": 2, "me": {"query": {"b": 2}}},
            "a + b > b",
        ),
        "in list items, with nulls": (
            "{ list { query { b } } }",
            {"list": [{"query": {"b": 2}}, None, {"query": None}]},
            "a > b",
        ),
        "a list of roots": ("{ me { queries { b } } }", {"me": {"queries": [{"b": 2}, {"b": 2}]}}, "a > b"),
        "under aliases": (
            "{ me { x: query { y: b } z: query { b: c(n: 5) } } }",
            {"me": {"x": {"y": 2}, "z": {"b": 5}}},
            "a > b + b",
        ),
    }
)
async def test_the_query_type_below_a_field(case: Case) -> None:
    await _AGAIN.answers(case)


@pytest.mark.rule(12)
@cases(
    {
        "of a query": ("{ __typename }", {"__typename": "Query"}, ""),
        "under aliases": ("{ a: __typename b: __typename }", {"a": "Query", "b": "Query"}, ""),
        "of a mutation": ("mutation { __typename }", {"__typename": "Mutation"}, ""),
        "in fragments": ("{ ...F } fragment F on Query { ... { x: __typename } }", {"x": "Query"}, ""),
        "beside a field": ("{ __typename a }", {"__typename": "Query", "a": 1}, "a"),
        "beside a mutation": (
            "mutation { __typename two { a } end: __typename }",
            {"__typename": "Mutation", "two": {"a": 2}, "end": "Mutation"},
            "a!",
        ),
    }
)
async def test_the_name_of_a_root_type_needs_no_subgraph(case: Case) -> None:
    await _WRITES.answers(case)


@pytest.mark.rule(12)
@pytest.mark.bug(12)
async def test_a_root_type_may_have_another_name() -> None:
    renamed = federation(
        a=Service(
            (
                "schema { query: Root mutation: Change } type Root { a: Int } type Change { set: Done } type Done { "
                "ok: Int }"
            ),
            query={"a": 1},
            mutation={"set": {"ok": 1}},
        ),
    )
    assert (await renamed.run("{ __typename a }")).data == {"__typename": "Query", "a": 1}
    answer = await renamed.run("mutation { __typename set { ok } }")
    assert answer.data == {"__typename": "Mutation", "set": {"ok": 1}}
    assert answer.sent == "a!"
