"""What `_entities` gets and gives: rules 5 to 7."""

from __future__ import annotations

from typing import Any

import pytest

from tests.router.rules.federation import Case, cases, federation
from tests.router.rules.service import Boom, Service

_KNOWN = [{"id": str(number), "x": number, "n": number, "far": {"id": f"f{number}"}} for number in (1, 3)]

_HOLES = federation(
    a=Service(
        """
        type Query { list: [T] nested: [[T]] none: [T] empty: [T] strict: [T!] half: [Half] gone: T missing: Half }
        type T @key(fields: "id") { id: ID! }
        type Half @key(fields: "id place { code }") { id: ID place: Place @shareable }
        type Place @shareable { code: Int }
        """,
        query={
            "list": [{"id": "1"}, None, {"id": "2"}, {"id": "3"}],
            "nested": [[{"id": "3"}, None], None, [], [{"id": "2"}, {"id": "1"}]],
            "none": [None, None],
            "empty": [],
            "strict": [{"id": "1"}, {"id": "3"}],
            "half": [
                {"id": "1", "place": {"code": 1}},
                {"id": None, "place": {"code": 2}},
                {"id": "3", "place": None},
                {"id": "4", "place": {"code": None}},
                {"id": "5", "place": {"code": 5}},
            ],
            "gone": None,
            "missing": {"id": None, "place": None},
        },
    ),
    b=Service(
        """
        type T @key(fields: "id") { id: ID! x: Int n: Int! far: Far }
        type Far @key(fields: "id") { id: ID! }
        type Half @key(fields: "id place { code }") { id: ID place: Place @shareable x: Int }
        type Place @shareable { code: Int }
        """,
        entities={
            "T": _KNOWN,
            "Half": [{"id": "1", "place": {"code": 1}, "x": 1}, {"id": "5", "place": {"code": 5}, "x": 5}],
        },
    ),
    c=Service(
        'type Far @key(fields: "id") { id: ID! y: Int }',
        entities={"Far": [{"id": "f1", "y": 10}, {"id": "f3", "y": 30}]},
    ),
)


@pytest.mark.rule(5)
@pytest.mark.bug(6, 34)
@cases(
    {
        "null items and an unknown entity": (
            "{ list { id x } }",
            {"list": [{"id": "1", "x": 1}, None, {"id": "2", "x": None}, {"id": "3", "x": 3}]},
            "a > b",
        ),
        "nested lists with nulls at both levels": (
            "{ nested { x } }",
            {"nested": [[{"x": 3}, None], None, [], [{"x": None}, {"x": 1}]]},
            "a > b",
        ),
        "an unknown entity is not asked for again further on": (
            "{ list { far { y } } }",
            {"list": [{"far": {"y": 10}}, None, {"far": None}, {"far": {"y": 30}}]},
            "a > b > c",
        ),
        "nested lists, two jumps": (
            "{ nested { far { y id } } }",
            {
                "nested": [
                    [{"far": {"y": 30, "id": "f3"}}, None],
                    None,
                    [],
                    [{"far": None}, {"far": {"y": 10, "id": "f1"}}],
                ]
            },
            "a > b > c",
        ),
        "nothing but nulls": ("{ none { x } }", {"none": [None, None]}, "a"),
        "no items": ("{ empty { x far { y } } }", {"empty": []}, "a"),
        "no object": ("{ gone { x far { y } } }", {"gone": None}, "a"),
        "incomplete keys": (
            "{ half { id x } }",
            {
                "half": [
                    {"id": "1", "x": 1},
                    {"id": None, "x": None},
                    {"id": "3", "x": None},
                    {"id": "4", "x": None},
                    {"id": "5", "x": 5},
                ]
            },
            "a > b",
        ),
        "only incomplete keys": ("{ missing { x } }", {"missing": {"x": None}}, "a"),
        "the type's name of an unknown entity": (
            "{ list { __typename x } }",
            {
                "list": [
                    {"__typename": "T", "x": 1},
                    None,
                    {"__typename": "T", "x": None},
                    {"__typename": "T", "x": 3},
                ]
            },
            "a > b",
        ),
    }
)
async def test_positions_are_kept(case: Case) -> None:
    await _HOLES.answers(case)


@pytest.mark.rule(5)
async def test_an_incomplete_key_makes_no_representation() -> None:
    answer = await _HOLES.run("{ half { x } }")
    assert [given["id"] for given in answer.representations(1)] == ["1", "5"]


@pytest.mark.rule(5, 35)
async def test_an_unknown_entity_nulls_what_may_not_be_null_and_says_so() -> None:
    answer = await _HOLES.run("{ list { id n } strict { n } }")
    assert answer.data == {
        "list": [{"id": "1", "n": 1}, None, None, {"id": "3", "n": 3}],
        "strict": [{"n": 1}, {"n": 3}],
    }
    assert [problem[1] for problem in answer.problems] == [["list", 2, "n"]]


_ONE = {"id": "1"}
_SAME = federation(
    a=Service(
        """
        type Query { list: [T] t: T deep: [Box] }
        type Box { t: T ts: [T] in: Box }
        type T @key(fields: "id") { id: ID! }
        """,
        query={
            "t": _ONE,
            "list": [_ONE, {"id": "2"}, _ONE],
            "deep": [
                {"t": _ONE, "ts": [{"id": "2"}, _ONE], "in": {"t": {"id": "2"}}},
                {"t": None, "ts": None, "in": None},
            ],
        },
    ),
    b=Service(
        'type T @key(fields: "id") { id: ID! x: Int tags: [Tag] } type Tag { n: Int }',
        entities={"T": [{"id": "1", "x": 10, "tags": [{"n": 1}, {"n": 2}]}, {"id": "2", "x": 20, "tags": []}]},
    ),
)


@pytest.mark.rule(6)
@cases(
    {
        "in one list": ("{ list { x } }", {"list": [{"x": 10}, {"x": 20}, {"x": 10}]}, "a > b"),
        "at several places": (
            "{ t { x } list { x } deep { t { x } ts { x } in { t { x } } } }",
            {
                "t": {"x": 10},
                "list": [{"x": 10}, {"x": 20}, {"x": 10}],
                "deep": [
                    {"t": {"x": 10}, "ts": [{"x": 20}, {"x": 10}], "in": {"t": {"x": 20}}},
                    {"t": None, "ts": None, "in": None},
                ],
            },
            "a > b",
        ),
        "with lists of objects below": (
            "{ list { tags { n } } }",
            {"list": [{"tags": [{"n": 1}, {"n": 2}]}, {"tags": []}, {"tags": [{"n": 1}, {"n": 2}]}]},
            "a > b",
        ),
        "under aliases": ("{ p: t { x } q: t { y: x } }", {"p": {"x": 10}, "q": {"y": 10}}, "a > b"),
    }
)
async def test_an_entity_at_many_places_is_one_representation(case: Case) -> None:
    answer = await _SAME.answers(case)
    variables = answer.requests[1][2]
    assert all(len(given) <= len({item["id"] for item in given}) for given in variables.values())


_KINDS = federation(
    a=Service(
        """
        type Query { any: [Any] one: One two: Two }
        union Any = One | Two
        type One @key(fields: "id") { id: ID! }
        type Two @key(fields: "code") { code: Int! }
        """,
        query={
            "any": [
                {"__typename": "One", "id": "1"},
                {"__typename": "Two", "code": 2},
                {"__typename": "One", "id": "3"},
            ],
            "one": {"id": "1"},
            "two": {"code": 2},
        },
    ),
    b=Service(
        """
        type One @key(fields: "id") { id: ID! x: Int base: Int! big: Int @requires(fields: "seed") seed: Int @external }
        type Two @key(fields: "code") { code: Int! x: String }
        """,
        entities={
            "One": [
                {"id": "1", "x": 1, "base": 1, "big": lambda one: one["seed"] + 1},
                {"id": "3", "x": 3, "base": 3, "big": lambda one: one["seed"] + 3},
            ],
            "Two": [{"code": 2, "x": "two"}],
        },
    ),
    c=Service('type One @key(fields: "id") { id: ID! seed: Int }', entities={"One": [{"id": "1", "seed": 5}]}),
)


@pytest.mark.rule(7)
@cases(
    {
        "two types of a union": (
            "{ any { ... on One { x } ... on Two { code } } }",
            {"any": [{"x": 1}, {"code": 2}, {"x": 3}]},
            "a > b",
        ),
        "two types with one key and two shapes": (
            "{ any { ... on One { n: x } ... on Two { t: x } } }",
            {"any": [{"n": 1}, {"t": "two"}, {"n": 3}]},
            "a > b",
        ),
        "at two places": ("{ one { x } two { x } }", {"one": {"x": 1}, "two": {"x": "two"}}, "a > b"),
        "a union and places of its members": (
            "{ any { ... on Two { x } } one { base } two { x } }",
            {"any": [{}, {"x": "two"}, {}], "one": {"base": 1}, "two": {"x": "two"}},
            "a > b",
        ),
        "with and without an input": ("{ one { big x base } }", {"one": {"big": 6, "x": 1, "base": 1}}, "a > c > b"),
    }
)
async def test_one_call_carries_what_is_possible_at_the_same_time(case: Case) -> None:
    await _KINDS.answers(case)


_READY = federation(
    a=Service(
        'type Query { t: T } type T @key(fields: "id") { id: ID! seed: Int }', query={"t": {"id": "1", "seed": 4}}
    ),
    b=Service(
        'type T @key(fields: "id") { id: ID! seed: Int @external plain: Int made: Int @requires(fields: "seed") }',
        entities={"T": [{"id": "1", "plain": 1, "made": lambda t: t["seed"] * 2}]},
    ),
)


@pytest.mark.rule(7)
async def test_a_field_whose_input_is_there_shares_the_call_of_one_without_inputs() -> None:
    answer = await _READY.answers(("{ t { plain made } }", {"t": {"plain": 1, "made": 8}}, "a > b"))
    assert answer.requests[1][1].count("_entities") == 1
    assert answer.representations(1) == [{"__typename": "T", "id": "1", "seed": 4}]


def _failing(given: dict[str, Any]) -> Any:
    return {"1": Boom("one is broken", "BROKEN"), "2": {"id": "2", "x": 2, "y": Boom("no y")}}.get(
        given["id"], {"id": given["id"], "x": 9, "y": 9}
    )


_FAILS = federation(
    a=Service(
        'type Query { list: [T] } type T @key(fields: "id") { id: ID! name: String }',
        query={"list": [{"id": "3", "name": "c"}, None, {"id": "1", "name": "a"}, {"id": "2", "name": "b"}]},
    ),
    b=Service('type T @key(fields: "id") { id: ID! x: Int y: Int }', entities={"T": _failing}),
)


@pytest.mark.rule(36)
@pytest.mark.bug(14, 18)
async def test_a_failing_entity_fails_alone_and_its_error_has_the_clients_path() -> None:
    answer = await _FAILS.run("{ list { n: name x why: y } }")
    assert answer.data == {
        "list": [
            {"n": "c", "x": 9, "why": 9},
            None,
            {"n": "a", "x": None, "why": None},
            {"n": "b", "x": 2, "why": None},
        ]
    }
    assert answer.problems == [
        ("BROKEN", ["list", 2], "b"),
        ("SUBGRAPH_ERROR", ["list", 3, "why"], "b"),
    ]
