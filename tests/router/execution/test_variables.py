"""Variables: what is right goes through as it is, what is wrong is refused (GraphQL specification, section 6.1.2)."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import OperationDefinitionNode, build_schema, parse

from router.execution.refusal import InvalidRequest, formatted_errors
from router.execution.variables import Variables

SCHEMA = build_schema("""
type Query { q(f: Float, i: ID): Int }
scalar JSON
enum Color { RED GREEN }
input Point { x: Int!, y: Int = 1, next: Point, tags: [String!] }
input One @oneOf { a: Int b: String }
""")


def variables(definitions: str) -> Variables:
    node = parse(f"query({definitions}){{q}}").definitions[0]
    assert isinstance(node, OperationDefinitionNode)
    return Variables(SCHEMA, node.variable_definitions or ())


@pytest.mark.parametrize(
    ("type_text", "value"),
    [
        ("Int", 2**31 - 1),
        ("Int", None),
        ("Int", 3.0),
        ("Float", 3),
        ("Float", 3.5),
        ("ID", 3),
        ("ID", "x"),
        ("String!", ""),
        ("Boolean!", False),
        ("Color", "RED"),
        ("[Color!]!", []),
        ("[[Int]]", [[1, None], None]),
        ("[Int]", 1),
        ("Point", {"x": 1}),
        ("Point", {"x": 1, "y": None, "next": {"x": 2, "next": None}, "tags": ["a"]}),
        ("Point", {"x": 1, "tags": "a"}),
        ("One", {"a": 1}),
        ("JSON", {"any": [1, {"thing": None}]}),
        ("JSON!", [[]]),
    ],
)
def test_a_right_value_goes_through_as_it_is(type_text: str, value: Any) -> None:
    assert variables(f"$v:{type_text}").coerce({"v": value}) == {"v": value}


@pytest.mark.parametrize(
    ("type_text", "value"),
    [
        ("Int", "1"),
        ("Int", 2**31),
        ("Int", True),
        ("Int", 1.5),
        ("Int!", None),
        ("Float", "1"),
        ("Float", True),
        ("ID", 1.5),
        ("ID", True),
        ("String", 1),
        ("Boolean", 1),
        ("Color", "BLUE"),
        ("Color", ["RED"]),
        ("[Int!]", [None]),
        ("[[Int]]", ["x"]),
        ("Point", {}),
        ("Point", {"x": None}),
        ("Point", {"x": 1, "z": 1}),
        ("Point", {"x": 1, "next": {"y": 1}}),
        ("Point", "text"),
        ("One", {}),
        ("One", {"a": 1, "b": "x"}),
        ("JSON!", None),
    ],
)
def test_a_wrong_value_is_refused_by_name(type_text: str, value: Any) -> None:
    with pytest.raises(InvalidRequest) as caught:
        variables(f"$v:{type_text}").coerce({"v": value})

    (error,) = formatted_errors(caught.value)
    assert "$v" in error["message"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert error["locations"] == [{"line": 1, "column": 7}]


def test_a_required_value_that_is_missing_is_refused() -> None:
    with pytest.raises(InvalidRequest, match=r"\$v"):
        variables("$v:Int!").coerce({})


def test_every_wrong_value_is_named() -> None:
    with pytest.raises(InvalidRequest) as caught:
        variables("$a:Int,$b:Int,$c:Int").coerce({"a": "x", "b": 1, "c": "y"})

    assert [error["message"].split("'")[1] for error in formatted_errors(caught.value)] == ["$a", "$c"]


def test_defaults_stand_in_for_what_is_absent_only() -> None:
    subject = variables('$a:Int=1,$p:Point={x:2,tags:["t"]},$c:Color=RED,$n:Int=null,$o:Int,$r:Int!=3')

    assert subject.coerce({}) == {"a": 1, "p": {"x": 2, "tags": ["t"]}, "c": "RED", "n": None, "r": 3}
    assert subject.coerce({"a": None, "c": "GREEN", "r": 4})["a"] is None


def test_values_that_the_operation_does_not_know_are_left_out() -> None:
    assert variables("$a:Int").coerce({"a": 1, "b": 2}) == {"a": 1}


def test_a_value_of_a_thousand_levels_is_no_stack_overflow() -> None:
    deep: dict[str, Any] = {"x": 1}
    for _ in range(1_000):
        deep = {"x": 1, "next": deep}

    with pytest.raises(InvalidRequest):
        variables("$p:Point").coerce({"p": deep})


def test_a_built_in_type_that_the_schema_does_not_use_is_refused() -> None:
    schema = build_schema("type Query { q: String }")
    node = parse("query($v:Float){q}").definitions[0]
    assert isinstance(node, OperationDefinitionNode)

    with pytest.raises(InvalidRequest, match=r"\$v"):
        Variables(schema, node.variable_definitions or ()).coerce({"v": 1})
