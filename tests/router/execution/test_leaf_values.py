"""What subgraphs give for built-in scalars is what the API schema says, or null and an error."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from router.execution.engine import Engine
from router.execution.request import GraphQLRequest, RequestContext
from router.planning.planner import Planner
from router.supergraph import load_supergraph
from router.transport.mock import MockTransport

SUPERGRAPH = load_supergraph("""
schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION)
{ query: Query }
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false,
  resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | SCALAR | ENUM
directive @join__field(graph: join__Graph) repeatable on FIELD_DEFINITION
directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE
scalar link__Import
scalar join__FieldSet
enum link__Purpose { SECURITY EXECUTION }
enum join__Graph { A @join__graph(name: "a", url: "http://a.test/") B @join__graph(name: "b", url: "http://b.test/") }
type Query @join__type(graph: A) @join__type(graph: B) {
  thing: Thing @join__field(graph: A)
  other: Int @join__field(graph: B)
}
scalar Json @join__type(graph: A)
enum Mood @join__type(graph: A) { GLAD @join__enumValue(graph: A) }
type Thing @join__type(graph: A) {
  int: Int float: Float string: String boolean: Boolean id: ID mood: Mood json: Json
  ints: [Int!] must: String!
}
""")
ENGINE_PLANNER = Planner(SUPERGRAPH)


async def answered(field: str, text: str) -> Any:
    """Ask for a field that the subgraph answers with a JSON text; the second subgraph keeps it from being passed on."""
    body = b'{"data":{"thing":{"%b":%b}}}' % (field.encode(), text.encode())
    transport = MockTransport({"a": lambda _: body, "b": lambda _: {"data": {"other": 1}}})
    engine = Engine(SUPERGRAPH, planner=ENGINE_PLANNER, transport=transport)
    request = GraphQLRequest(f"{{ thing {{ {field} }} other }}")
    first = await engine.execute(request, RequestContext())
    # From its second time on an operation is answered by a compiled projection.
    for _ in range(2):
        assert await engine.execute(request, RequestContext()) == first
    return first.body


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("int", "2147483647"),
        ("int", "-2147483648"),
        ("float", "1.5"),
        ("float", "7"),
        ("string", '"x"'),
        ("boolean", "false"),
        ("id", '"x"'),
        ("id", "7"),
        ("id", "18446744073709551615"),
        ("mood", '"GLAD"'),
        ("ints", "[1,2]"),
        ("json", '{"any":[1,"x",null,{"deep":true}]}'),
        ("json", "123456789012345678901234567890"),
        ("json", '{"exact":[-9223372036854775809,0.12345678901234567890]}'),
        ("json", "[" * 2_000 + "]" * 2_000),
        ("json", '{"a":[' * 1_000 + "]}" * 1_000),
        *((field, "null") for field in ("int", "float", "string", "boolean", "id", "mood", "ints", "json")),
    ],
)
async def test_right_values_are_passed_on_as_they_are(field: str, text: str) -> None:
    assert await answered(field, text) == b'{"data":{"thing":{"%b":%b},"other":1}}' % (field.encode(), text.encode())


@pytest.mark.parametrize(
    ("field", "text", "shown"),
    [("int", "5.0", "5"), ("string", "5", '"5"'), ("float", "1" + "0" * 30, "1e+30")],
)
async def test_what_can_be_read_as_the_type_without_a_loss_is(field: str, text: str, shown: str) -> None:
    assert await answered(field, text) == b'{"data":{"thing":{"%b":%b},"other":1}}' % (field.encode(), shown.encode())


@pytest.mark.parametrize(
    ("field", "text", "type_name"),
    [
        ("int", "2147483648", "Int"),
        ("int", "123456789012345678901234567890", "Int"),
        ("int", "1.5", "Int"),
        ("int", "{}", "Int"),
        ("float", '"x"', "Float"),
        ("float", "1e400", "Float"),
        ("string", "{}", "String"),
        ("string", "[]", "String"),
        ("boolean", '"x"', "Boolean"),
        ("id", "1.5", "ID"),
        ("id", "true", "ID"),
        ("mood", '"SAD"', "Mood"),
        ("mood", "[[]]", "Mood"),
    ],
)
async def test_any_other_value_is_null_and_an_error_at_its_place(field: str, text: str, type_name: str) -> None:
    answer = orjson.loads(await answered(field, text))

    assert answer["data"] == {"thing": {field: None}, "other": 1}
    [error] = answer["errors"]
    assert error["message"].startswith("The value is none that " + type_name)
    assert error["path"] == ["thing", field]
    assert error["extensions"] == {"code": "INVALID_SUBGRAPH_VALUE", "service": "a"}


async def test_a_wrong_value_that_must_not_be_null_takes_its_parent_along() -> None:
    assert orjson.loads(await answered("must", "{}"))["data"] == {"thing": None, "other": 1}


async def test_one_wrong_item_is_named_by_its_index() -> None:
    answer = orjson.loads(await answered("ints", '[1,"x"]'))

    assert answer["data"] == {"thing": {"ints": None}, "other": 1}
    assert answer["errors"][0]["path"] == ["thing", "ints", 1]
