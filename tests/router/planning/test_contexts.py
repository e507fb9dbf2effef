"""`@context` and `@fromContext`: an argument's value comes from the nearest object above that sets the context."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from graphql import GraphQLResolveInfo, GraphQLSchema, build_schema, execute_sync, parse, print_type, validate

from router.errors import PlanningError, SupergraphError
from router.execution.engine import Engine
from router.execution.request import GraphQLRequest, RequestContext
from router.planning import Planner, print_plan
from router.supergraph import load_supergraph
from router.transport.base import SubgraphRequest
from router.transport.mock import MockTransport
from tests.router.planning.operations import Operations

_LOCALE = "... on User { locale } ... on Guest { tongue }"
_CURRENCY = " ... on User { prefs { currency } } ... on Guest { tongue }"
SDL = f"""
schema
  @link(url: "https://specs.apollo.dev/link/v1.0")
  @link(url: "https://specs.apollo.dev/join/v0.5", for: EXECUTION)
  @link(url: "https://specs.apollo.dev/context/v0.1", for: SECURITY)
{{ query: Query }}
enum join__Graph {{
  USERS @join__graph(name: "users", url: "http://users") PRICES @join__graph(name: "prices", url: "http://prices")
}}
type Query @join__type(graph: USERS) @join__type(graph: PRICES) {{
  me: User @join__field(graph: USERS)
  users: [User] @join__field(graph: USERS)
  owners: [Owner] @join__field(graph: USERS)
  loose: Item @join__field(graph: USERS)
}}
interface Owner @join__type(graph: USERS) {{ id: ID! item: Item }}
type User implements Owner @join__implements(graph: USERS, interface: "Owner")
  @join__type(graph: USERS, key: "id") @join__type(graph: PRICES, key: "id") @context(name: "prices__buyer") {{
  id: ID!
  locale: String @join__field(graph: USERS) @join__field(graph: PRICES, external: true)
  item: Item @join__field(graph: USERS)
  items: [[Item]] @join__field(graph: USERS)
  friend: User @join__field(graph: USERS)
  folder: Folder @join__field(graph: USERS)
  prefs: Prefs @join__field(graph: PRICES)
}}
type Guest implements Owner @join__implements(graph: USERS, interface: "Owner")
  @join__type(graph: USERS, key: "id") @join__type(graph: PRICES, key: "id") @context(name: "prices__buyer") {{
  id: ID!
  tongue: String @join__field(graph: USERS) @join__field(graph: PRICES, external: true)
  item: Item @join__field(graph: USERS)
}}
type Folder @join__type(graph: USERS) {{ item: Item owner: User }}
type Prefs @join__type(graph: PRICES) {{ currency: String }}
type Item @join__type(graph: USERS, key: "id") @join__type(graph: PRICES, key: "id") {{
  id: ID!
  name: String @join__field(graph: USERS) @join__field(graph: PRICES, external: true)
  price(digits: Int): String @join__field(graph: PRICES, contextArguments: [
    {{ context: "prices__buyer", name: "locale", type: "String", selection: " {_LOCALE}" }}
  ])
  label: String @join__field(graph: PRICES, requires: "name", contextArguments: [
    {{ context: "prices__buyer", name: "locale", type: "String!", selection: "{_LOCALE}" }}
  ])
  cost: String @join__field(graph: PRICES, contextArguments: [
    {{ context: "prices__buyer", name: "in", type: "String", selection: "{_CURRENCY}" }}
    {{ context: "prices__buyer", name: "locale", type: "String", selection: "{_LOCALE}" }}
  ])
  shown: String @join__field(graph: USERS, requires: "cost")
}}
"""
GRAPH = load_supergraph(SDL)

_ENTITIES = "scalar _Any extend type Query { _entities(representations: [_Any!]!): [_Entity]! } union _Entity ="
_SCHEMAS = {
    "users": f"""
        type Query {{ me: User users: [User] owners: [Owner] loose: Item }}
        interface Owner {{ id: ID! item: Item }}
        type User implements Owner {{
          id: ID! locale: String item: Item items: [[Item]] friend: User folder: Folder
        }}
        type Guest implements Owner {{ id: ID! tongue: String item: Item }}
        type Folder {{ item: Item owner: User }}
        type Item {{ id: ID! name: String shown: String cost: String }}
        {_ENTITIES} User | Guest | Item
    """,
    "prices": f"""
        type Query {{ _service: Int }}
        type User {{ id: ID! prefs: Prefs }}
        type Guest {{ id: ID! }}
        type Prefs {{ currency: String }}
        type Item {{
          id: ID! price(digits: Int, locale: String): String label(locale: String!): String
          cost(in: String, locale: String): String
        }}
        {_ENTITIES} User | Guest | Item
    """,
}

_ITEMS = {name: {"__typename": "Item", "id": name, "name": name.upper()} for name in ("a", "b", "c")}
_GUEST = {"__typename": "Guest", "id": "g", "tongue": "it", "item": _ITEMS["a"]}
_ANN: dict[str, Any] = {
    "__typename": "User",
    "id": "ann",
    "locale": "en",
    "item": _ITEMS["a"],
    "items": [[_ITEMS["a"], None], [_ITEMS["b"], _ITEMS["a"]]],
}
_BOB = {"__typename": "User", "id": "bob", "locale": "de", "item": _ITEMS["a"], "items": [[_ITEMS["c"]], None]}
_CAT: dict[str, Any] = {"__typename": "User", "id": "cat", "locale": None, "item": _ITEMS["b"], "items": []}
_DAN = {"__typename": "User", "id": "dan", "locale": "en", "item": _ITEMS["c"], "items": [[_ITEMS["c"]]]}
_ANN |= {"friend": _BOB, "folder": {"item": _ITEMS["a"], "owner": _BOB}}
_ROOT = {"me": _ANN, "users": [_ANN, None, _BOB, _CAT, _DAN], "owners": [_ANN, _GUEST, _BOB], "loose": _ITEMS["a"]}


def _compute(source: Mapping[str, Any], info: GraphQLResolveInfo[Any], **given: Any) -> Any:
    """Answer in a subgraph; what comes from a context is visible in the value."""
    match info.field_name:
        case "_entities":
            return given["representations"]
        case "price":
            return f"{source['id']} {given.get('locale')} {given.get('digits')}"
        case "label":
            return f"{source['name']} {given['locale']}"
        case "cost":
            return f"{source['id']} {given.get('in')} {given.get('locale')}"
        case "shown":
            return f"<{source['cost']}>"
        case "prefs":
            return {"currency": f"{source['id']}$"}
        case name:
            return source.get(name, _ITEMS.get(source.get("id", ""), {}).get(name))


class Subgraphs:
    """Both subgraphs; they refuse what their own schemas do not know."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, Any]] = []
        self._schemas = {name: build_schema(sdl) for name, sdl in _SCHEMAS.items()}
        self.transport = MockTransport(dict.fromkeys(_SCHEMAS, self._answer))

    def _answer(self, request: SubgraphRequest) -> bytes:
        body = orjson.loads(request.body)
        schema: GraphQLSchema = self._schemas[request.subgraph]
        document = parse(body["query"])
        variables = body.get("variables") or {}
        assert validate(schema, document) == [], body["query"]
        own = {name: value for name, value in variables.items() if not name.startswith("representations")}
        ids = [each["id"] for each in variables.get("representations", ())]
        self.requests.append((request.subgraph, (ids, own) if ids else None))
        result = execute_sync(
            schema,
            document,
            _ROOT,
            variable_values=variables,
            field_resolver=_compute,
            type_resolver=lambda value, _info, _kind: value["__typename"],
        )
        assert not result.errors, result.errors
        return orjson.dumps({"data": result.data})


async def _answer(subgraphs: Subgraphs, query: str, variables: Mapping[str, Any] | None = None) -> Any:
    engine = Engine(GRAPH, planner=Planner(GRAPH), transport=subgraphs.transport)
    result = await engine.execute(GraphQLRequest(query, variables=dict(variables or {})), RequestContext())
    answer = orjson.loads(result.body)
    assert "errors" not in answer, answer
    return answer["data"]


@pytest.fixture
def subgraphs() -> Subgraphs:
    return Subgraphs()


def test_clients_do_not_see_the_arguments() -> None:
    assert "price(digits: Int): String" in print_type(GRAPH.api_schema.type_map["Item"])


async def test_the_value_of_the_object_above_is_the_argument(subgraphs: Subgraphs) -> None:
    assert await _answer(subgraphs, "{ me { item { price(digits: 2) } } }") == {"me": {"item": {"price": "a en 2"}}}
    assert subgraphs.requests == [("users", None), ("prices", (["a"], {"context_locale": "en"}))]


async def test_each_item_of_a_list_has_the_value_above_it(subgraphs: Subgraphs) -> None:
    data = await _answer(subgraphs, "{ users { item { price } } }")

    items = [{"item": {"price": text}} for text in ("a en None", "a de None", "b None None", "c en None")]
    assert data == {"users": [items[0], None, *items[1:]]}
    # What is below the same value shares a request; the same entity below another one is asked for again.
    asked = sorted((own["context_locale"] or "", ids) for name, (ids, own) in filter(_is_price, subgraphs.requests))
    assert asked == [("", ["b"]), ("de", ["a"]), ("en", ["a", "c"])]


def _is_price(request: tuple[str, Any]) -> bool:
    return request[0] == "prices"


async def test_lists_of_lists_keep_their_shape(subgraphs: Subgraphs) -> None:
    data = await _answer(subgraphs, "{ users { items { price } } }")

    assert data["users"][0]["items"] == [
        [{"price": "a en None"}, None],
        [{"price": "b en None"}, {"price": "a en None"}],
    ]
    assert data["users"][2]["items"] == [[{"price": "c de None"}], None]
    assert data["users"][3]["items"] == []


async def test_the_nearest_object_above_counts(subgraphs: Subgraphs) -> None:
    query = "{ me { folder { item { price } owner { item { price } } } friend { item { price } } } }"

    assert await _answer(subgraphs, query) == {
        "me": {
            "folder": {"item": {"price": "a en None"}, "owner": {"item": {"price": "a de None"}}},
            "friend": {"item": {"price": "a de None"}},
        }
    }


async def test_each_type_that_sets_a_context_gives_its_own_field(subgraphs: Subgraphs) -> None:
    data = await _answer(subgraphs, "{ owners { id item { price } } }")

    assert data["owners"] == [
        {"id": "ann", "item": {"price": "a en None"}},
        {"id": "g", "item": {"price": "a it None"}},
        {"id": "bob", "item": {"price": "a de None"}},
    ]


async def test_a_value_may_have_to_be_fetched_from_a_third_place(subgraphs: Subgraphs) -> None:
    data = await _answer(subgraphs, "{ users { item { cost } } }")

    costs = [user["item"]["cost"] for user in data["users"] if user]
    assert costs == ["a ann$ en", "a bob$ de", "b cat$ None", "c dan$ en"]


async def test_a_context_and_required_fields_go_together_and_a_missing_value_asks_nothing(subgraphs: Subgraphs) -> None:
    data = await _answer(subgraphs, "{ users { item { label } } }")

    labels = [user["item"]["label"] for user in data["users"] if user]
    assert labels == ["A en", "A de", None, "C en"]


async def test_a_field_with_a_context_can_be_required(subgraphs: Subgraphs) -> None:
    assert await _answer(subgraphs, "{ me { item { shown } } }") == {"me": {"item": {"shown": "<a ann$ en>"}}}


async def test_conditions_and_variables_of_the_client_stay_their_own(subgraphs: Subgraphs) -> None:
    query = """query($context_locale: Int, $on: Boolean!) {
        me { item { id price(digits: $context_locale) @include(if: $on) two: price(digits: 2) @skip(if: $on) } }
    }"""

    on = await _answer(subgraphs, query, {"context_locale": 7, "on": True})
    off = await _answer(subgraphs, query, {"context_locale": 7, "on": False})

    assert on == {"me": {"item": {"id": "a", "price": "a en 7"}}}
    assert off == {"me": {"item": {"id": "a", "two": "a en 2"}}}
    assert subgraphs.requests[1][1][1]["_context_locale"] == "en"


async def test_what_is_switched_off_does_not_fetch_its_value(subgraphs: Subgraphs) -> None:
    query = "query($on: Boolean!) { me { item { id cost @include(if: $on) } } }"

    assert await _answer(subgraphs, query, {"on": False}) == {"me": {"item": {"id": "a"}}}
    assert subgraphs.requests == [("users", None)]


def _setter(source: Mapping[str, Any]) -> tuple[Any, Any]:
    """Give the nearest object above that sets the context: its currency and its locale."""
    above = source["above"]
    while above.get("__typename") not in {"User", "Guest"}:
        above = above["above"]
    is_user = above["__typename"] == "User"
    return f"{above['id']}$" if is_user else above["tongue"], above["locale" if is_user else "tongue"]


def _below(value: Any, above: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_below(item, above) for item in value]
    return {**value, "above": above} if isinstance(value, dict) else value


def _resolve(source: Mapping[str, Any], info: GraphQLResolveInfo[Any], **given: Any) -> Any:
    """Answer as one schema that knows what is above each object."""
    if info.field_name in {"price", "label", "cost", "shown"}:
        currency, locale = _setter(source)
        values = {
            "price": f"{source['id']} {locale} {given.get('digits')}",
            "label": None if locale is None else f"{source['name']} {locale}",
            "cost": f"{source['id']} {currency} {locale}",
            "shown": f"<{source['id']} {currency} {locale}>",
        }
        return values[info.field_name]
    if info.field_name == "prefs":
        return {"currency": f"{source['id']}$"}
    return _below(source.get(info.field_name), source)


@pytest.mark.property
@pytest.mark.parametrize("seed", range(16))
async def test_random_operations_are_answered_as_by_one_schema(seed: int, subgraphs: Subgraphs) -> None:
    query, variables = Operations(GRAPH.api_schema, seed, depth=2 + seed % 4, width=2 + seed % 3).query()
    if "loose" in query:
        return  # nothing above it sets the context

    data = await _answer(subgraphs, query, variables)

    expected = execute_sync(
        GRAPH.api_schema,
        parse(query),
        _ROOT,
        variable_values=variables,
        field_resolver=_resolve,
        type_resolver=lambda value, _info, _kind: value["__typename"],
    )
    assert (data, None) == (expected.data, expected.errors)


def test_without_an_object_above_that_sets_it_no_plan_is_made() -> None:
    with pytest.raises(PlanningError) as caught:
        Planner(GRAPH).plan(parse("{ loose { price } }"))

    assert caught.value.message == "no subgraph can resolve Item.price here"
    assert any("prices__buyer" in detail for detail in caught.value.details)


def test_a_plan_says_where_a_value_comes_from() -> None:
    printed = print_plan(Planner(GRAPH).plan(parse("{ users { items { price } } }")))

    assert 'Flatten(path: "users.@.items.@.@") { __typename: Item, id }' in printed
    assert 'Context($context_locale: "users.@")' in printed


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            SDL.replace('"prices__buyer", name: "in"', '"prices__nobody", name: "in"'),
            "no type sets the @context prices__n",
        ),
        (SDL.replace('name: "in", type: "String", ', 'name: "in", '), "Item.cost: contextArguments need"),
        (SDL.replace(_CURRENCY, " { prefs { "), "Item.cost @fromContext: the field set"),
    ],
)
def test_a_context_that_cannot_be_read_is_refused(wrong: str, message: str) -> None:
    assert wrong != SDL
    with pytest.raises(SupergraphError, match=message):
        load_supergraph(wrong)
