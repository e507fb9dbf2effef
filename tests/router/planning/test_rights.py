"""Rule 40: what the caller may not have is not planned for, is null in the answer, and is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from graphql import parse

from router.errors import RequestError
from router.execution.request import EngineSettings, GraphQLRequest, RequestContext
from router.planning import Planner
from router.supergraph import ANONYMOUS, Caller, Requirement
from router.supergraph.requirements import RequirementKind
from tests.router.planning.graphs import catalogued
from tests.router.planning.oracle import engine_for
from tests.router.planning.world import World
from tests.support.protected import composed, protected

_CODE = "UNAUTHORIZED_FIELD_OR_TYPE"

PEOPLE = """
type Query { me: Person people: [Person!] things(n: Int): [Thing] mixed(n: Int): [Mixed] secret: Int
  sealed: Sealed grade: Grade day: Day locked: Locked count(by: Int!): Int open: Int }
type Mutation { pay(sum: Int!): Int look: Int other: Int }
type Subscription { ticks: Int beats: Person }
type Person @key(fields: "id") { id: ID! name: String mail: String tax: Int! note: String friend: Person }
interface Thing { id: ID! title: String price: Int }
interface Locked { id: ID! key: Int }
type Book implements Thing & Locked @key(fields: "id") { id: ID! title: String price: Int key: Int pages: Int }
type Lamp implements Thing @key(fields: "id") { id: ID! title: String price: Int watts: Int }
type Safe implements Locked @key(fields: "id") { id: ID! key: Int depth: Int }
union Mixed = Book | Lamp | Safe
type Sealed { wax: Int }
enum Grade { LOW HIGH }
scalar Day
"""
SALARIES = """
type Person @key(fields: "id") { id: ID! mail: String @external salary: Int bonus: Int @requires(fields: "mail") }
"""
GRAPH = protected(
    composed(people=PEOPLE, salaries=SALARIES),
    {
        "Query.secret": "@authenticated",
        "Query.count": "@authenticated",
        "Mutation.pay": "@authenticated",
        "Subscription.ticks": "@authenticated",
        "Person.mail": "@authenticated",
        "Person.tax": '@requiresScopes(scopes: [["tax", "read"], ["admin"]])',
        "Person.note": '@policy(policies: [["staff"]])',
        "Person.salary": "@authenticated",
        "Locked": "@authenticated",
        "Book.price": "@authenticated",
        "Safe": "@authenticated",
        "Sealed": '@requiresScopes(scopes: [["sealed"]])',
        "Grade": "@authenticated",
        "Day": '@policy(policies: [["calendar"]])',
    },
)
INSIDER = Caller(
    authenticated=True,
    scopes=frozenset({"admin", "sealed"}),
    policies=frozenset({"staff", "calendar"}),
)


async def _answer(
    world: World,
    query: str,
    caller: Caller = ANONYMOUS,
    *,
    variables: Mapping[str, Any] | None = None,
    settings: EngineSettings | None = None,
) -> Any:
    engine = engine_for(world, settings=settings)
    request = GraphQLRequest(query, variables=dict(variables or {}))
    return orjson.loads((await engine.execute(request, RequestContext(caller=caller))).body)


def _error(*path: str | int) -> dict[str, Any]:
    return {"message": "Unauthorized field or type", "path": list(path), "extensions": {"code": _CODE}}


def _world() -> World:
    return World(GRAPH, nulls=False)


# ---- what is asked ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("requirement", "caller", "met"),
    [
        (Requirement(RequirementKind.AUTHENTICATED), ANONYMOUS, False),
        (Requirement(RequirementKind.AUTHENTICATED), Caller(authenticated=True), True),
        (
            Requirement(RequirementKind.SCOPES, (frozenset({"a", "b"}), frozenset({"c"}))),
            Caller(scopes=frozenset("a")),
            False,
        ),
        (
            Requirement(RequirementKind.SCOPES, (frozenset({"a", "b"}), frozenset({"c"}))),
            Caller(scopes=frozenset("abz")),
            True,
        ),
        (
            Requirement(RequirementKind.SCOPES, (frozenset({"a", "b"}), frozenset({"c"}))),
            Caller(scopes=frozenset("c")),
            True,
        ),
        (
            Requirement(RequirementKind.POLICIES, (frozenset({"a"}),)),
            Caller(authenticated=True, scopes=frozenset("a")),
            False,
        ),
        (Requirement(RequirementKind.POLICIES, (frozenset({"a"}),)), Caller(policies=frozenset("a")), True),
        (Requirement(RequirementKind.SCOPES, (frozenset(),)), ANONYMOUS, True),
        (Requirement(RequirementKind.SCOPES, ()), ANONYMOUS, True),
    ],
)
def test_one_of_the_sets_has_to_be_held_whole(requirement: Requirement, caller: Caller, *, met: bool) -> None:
    assert requirement.is_met(caller) is met


async def test_an_insider_is_answered_as_if_nothing_were_asked_for() -> None:
    world = _world()
    query = "{ me { id mail tax note salary bonus } secret sealed { wax } grade day mixed { __typename } }"

    answer = await _answer(world, query, INSIDER)

    assert answer == {"data": world.expected(query)}


async def test_what_may_not_be_had_is_null_named_and_never_fetched() -> None:
    world = _world()

    answer = await _answer(world, "{ me { name mail note salary } secret open }")

    expected = world.expected("{ me { name } open }")
    me = {"name": expected["me"]["name"], "mail": None, "note": None, "salary": None}
    assert answer["data"] == {"me": me, "secret": None, "open": expected["open"]}
    assert answer["errors"] == [_error("me", "mail"), _error("me", "note"), _error("me", "salary"), _error("secret")]
    assert world.requests == [("people", "query { me { name } open }")]


async def test_an_operation_of_nothing_else_asks_nobody() -> None:
    world = _world()

    answer = await _answer(world, "{ a: secret count(by: 1) __typename }")

    assert answer["data"] == {"a": None, "count": None, "__typename": "Query"}
    assert answer["errors"] == [_error("a"), _error("count")]
    assert world.requests == []


async def test_null_bubbles_from_a_field_that_must_not_be_null() -> None:
    world = _world()

    answer = await _answer(world, "{ me { name friend { tax } } people { id tax } }", Caller(scopes=frozenset({"tax"})))

    assert answer["data"]["me"]["friend"] is None
    assert answer["data"]["people"] is None
    assert answer["errors"] == [_error("me", "friend", "tax"), _error("people", 0, "tax")]


async def test_scopes_are_held_against_each_set() -> None:
    world = _world()
    query = "{ me { tax } }"

    answers = [
        await _answer(world, query, Caller(scopes=frozenset(scopes)))
        for scopes in ({"tax"}, {"read"}, {"tax", "read"}, {"admin", "more"})
    ]

    assert [answer["data"]["me"] is not None for answer in answers] == [False, False, True, True]


async def test_policies_are_no_scopes() -> None:
    world = _world()

    with_scope = await _answer(world, "{ me { note } }", Caller(scopes=frozenset({"staff"})))
    with_policy = await _answer(world, "{ me { note } }", Caller(policies=frozenset({"staff"})))

    assert with_scope["errors"] == [_error("me", "note")]
    assert with_policy == {"data": world.expected("{ me { note } }")}


@pytest.mark.parametrize("field", ["sealed { wax }", "grade", "day", "locked { id }"])
async def test_a_types_demand_is_one_of_every_field_that_returns_it(field: str) -> None:
    world = _world()

    answer = await _answer(world, f"{{ {field} }}")

    name = field.partition(" ")[0]
    assert answer == {"data": {name: None}, "errors": [_error(name)]}
    assert world.requests == []


async def test_a_computed_field_may_read_what_its_caller_may_not() -> None:
    world = _world()

    answer = await _answer(world, "{ me { bonus } }")

    assert answer == {"data": world.expected("{ me { bonus } }")}
    assert ["mail" in document for _, document in world.requests] == [True, False]
    assert world.complaints == []


# ---- abstract types -----------------------------------------------------------------------------------------------
async def test_each_concrete_type_is_held_to_its_own_demand() -> None:
    world = _world()

    answer = await _answer(world, "{ things(n: 3) { __typename id price } }")

    expected = world.expected("{ things(n: 3) { __typename id price } }")["things"]
    assert {item["__typename"] for item in expected} == {"Book", "Lamp"}
    books = [index for index, item in enumerate(expected) if item["__typename"] == "Book"]
    assert answer["data"]["things"] == [
        item | {"price": None} if index in books else item for index, item in enumerate(expected)
    ]
    assert answer["errors"] == [_error("things", index, "price") for index in books]
    assert [document for _, document in world.requests] == [
        "query { things(n: 3) { __typename id ... on Lamp { price } } }",
    ]


async def test_what_a_composer_spread_to_the_interface_closes_the_interface_alone() -> None:
    graph = protected(
        composed(
            a="""
            type Query { things(n: Int): [Thing] lamp: Lamp }
            interface Thing { id: ID! price: Int }
            type Book implements Thing { id: ID! price: Int }
            type Lamp implements Thing { id: ID! price: Int }
            """
        ),
        {"Thing.price": "@authenticated", "Book.price": "@authenticated"},
    )
    world = World(graph, nulls=False)

    answer = await _answer(world, "{ things(n: 3) { id price } lamp { price } }")

    expected = world.expected("{ things(n: 3) { id } lamp { price } }")
    assert answer["data"]["lamp"] == expected["lamp"]
    assert answer["data"]["things"] == [item | {"price": None} for item in expected["things"]]
    fragment = "{ things(n: 3) { ... on Lamp { price } } }"
    assert await _answer(world, fragment) == {"data": world.expected(fragment)}


async def test_a_fragment_is_held_to_the_type_that_it_is_on() -> None:
    world = _world()

    answer = await _answer(world, "{ mixed(n: 12) { ... on Locked { key } ... on Lamp { watts } } }")

    expected = world.expected("{ mixed(n: 12) { __typename ... on Lamp { watts } } }")["mixed"]
    shown = [{"watts": item["watts"]} if item["__typename"] == "Lamp" else {"key": None} for item in expected]
    assert answer["data"]["mixed"] == shown
    assert world.requests == [("people", "query { mixed(n: 12) { __typename ... on Lamp { watts } } }")]


async def test_a_field_is_shown_only_where_every_way_to_it_is_open() -> None:
    world = _world()

    answer = await _answer(world, "{ mixed(n: 12) { ... on Locked { key } ... on Book { key pages } } }")

    books = [item for item in answer["data"]["mixed"] if "pages" in item]
    assert books
    assert all(item["key"] is None for item in books)


async def test_a_fragment_on_a_type_closes_nothing_of_the_others() -> None:
    world = _world()

    answer = await _answer(world, "{ things(n: 3) { price ... on Book { price } } }")

    expected = world.expected("{ things(n: 3) { ... on Lamp { price } } }")["things"]
    assert answer["data"]["things"] == [item or {"price": None} for item in expected]


async def test_fields_keep_the_order_of_the_operation_where_some_are_closed() -> None:
    answer = await _answer(
        _world(), "query($v: Boolean!) { open @skip(if: $v) secret open day }", variables={"v": True}
    )

    assert list(answer["data"]) == ["secret", "open", "day"]


async def test_a_value_of_a_type_that_may_not_be_had_does_not_tell_its_type() -> None:
    world = _world()

    answer = await _answer(world, "{ mixed(n: 12) { __typename ... on Safe { depth } } }")

    expected = world.expected("{ mixed(n: 12) { __typename } }")["mixed"]
    safes = [index for index, item in enumerate(expected) if item["__typename"] == "Safe"]
    assert safes
    assert answer["data"]["mixed"] == [None if index in safes else item for index, item in enumerate(expected)]
    assert answer["errors"] == [_error("mixed", index, "__typename") for index in safes]


# ---- conditions, mutations, subscriptions, introspection ----------------------------------------------------------
async def test_what_is_switched_off_is_not_missed() -> None:
    world = _world()
    query = "query($v: Boolean!) { open secret @include(if: $v) }"

    off = await _answer(world, query, variables={"v": False})
    on = await _answer(world, query, variables={"v": True})

    assert off == {"data": world.expected("{ open }")}
    assert on["errors"] == [_error("secret")]


async def test_a_mutation_that_is_denied_is_not_sent_and_the_others_run() -> None:
    world = _world()

    answer = await _answer(world, "mutation { look pay(sum: 1) other }")

    assert answer["data"]["pay"] is None
    assert answer["errors"] == [_error("pay")]
    assert world.requests == [("people", "mutation { look other }")]


async def test_a_subscription_that_is_denied_is_refused_before_it_is_opened() -> None:
    engine = engine_for(_world())

    with pytest.raises(RequestError) as caught:
        engine.subscribe(GraphQLRequest("subscription { ticks }"), RequestContext())

    assert (caught.value.code, caught.value.path) == (_CODE, ("ticks",))


async def test_introspection_shows_what_is_protected() -> None:
    answer = await _answer(_world(), '{ __type(name: "Sealed") { fields { name } } __schema { queryType { name } } }')

    assert answer == {
        "data": {"__type": {"fields": [{"name": "wax"}]}, "__schema": {"queryType": {"name": "Query"}}},
    }


# ---- refusing the whole -------------------------------------------------------------------------------------------
async def test_the_whole_operation_is_refused_where_that_is_set() -> None:
    world = _world()
    settings = EngineSettings(reject_unauthorized=True)

    refused = await _answer(world, "{ open people { mail tax } }", settings=settings)

    assert refused == {"errors": [_error("people", "mail"), _error("people", "tax")]}
    assert world.requests == []


async def test_refusing_looks_at_what_is_switched_on_only() -> None:
    world = _world()
    settings = EngineSettings(reject_unauthorized=True)
    query = "query($v: Boolean!) { open me @include(if: $v) { mail } }"

    assert await _answer(world, query, variables={"v": False}, settings=settings) == {
        "data": world.expected("{ open }")
    }
    assert "data" not in await _answer(world, query, variables={"v": True}, settings=settings)


# ---- plans for whom -----------------------------------------------------------------------------------------------
class CountingPlanner(Planner):
    """Counts plans."""

    plans = 0

    def plan(self, *arguments: Any, **options: Any) -> Any:
        self.plans += 1
        return super().plan(*arguments, **options)


async def _plans(query: str, *callers: Caller) -> int:
    planner = CountingPlanner(GRAPH)
    engine = engine_for(_world(), planner)
    for caller in callers:
        await engine.execute(GraphQLRequest(query), RequestContext(caller=caller))
    return planner.plans


async def test_an_operation_without_demands_has_one_plan_for_all() -> None:
    callers = [ANONYMOUS, INSIDER, Caller(scopes=frozenset({"x"})), Caller(authenticated=True)]

    assert await _plans("{ me { name friend { id } } open }", *callers) == 1


async def test_callers_for_whom_the_demands_come_out_alike_share_a_plan() -> None:
    tax = [Caller(scopes=frozenset(scopes)) for scopes in ({"admin"}, {"tax", "read"}, {"admin", "other"})]

    assert await _plans("{ me { tax } }", *tax) == 1
    assert await _plans("{ me { tax } }", *tax, ANONYMOUS, Caller(authenticated=True)) == 2


def test_a_supergraph_without_demands_is_never_looked_at_twice() -> None:
    planner = Planner(catalogued("abstract"))

    assert planner.variation(parse("{ __typename }")) is None
