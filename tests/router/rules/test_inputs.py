"""Inputs with arguments, in fragments, and null: rules 16 and 17."""

from __future__ import annotations

import pytest

from tests.router.rules.federation import Case, cases, federation, join
from tests.router.rules.service import Service

_ARGUMENTS = federation(
    a=Service(
        """
        type Query { t: T }
        type T @key(fields: "id") {
          id: ID! cost(in: String, n: Int): String @external
          dollars: String @requires(fields: "cost(in: \\"USD\\", n: 1)")
          francs: String @requires(fields: "cost(in: \\"CHF\\")")
          plain: String @requires(fields: "cost")
        }
        """,
        query={"t": {"id": "1"}},
        entities={
            "T": lambda given: {
                "dollars": lambda t: f"dollars {t['cost']}",
                "francs": lambda t: f"francs {t['cost']}",
                "plain": lambda t: f"plain {t['cost']}",
            }
        },
    ),
    b=Service(
        'type T @key(fields: "id") { id: ID! cost(in: String, n: Int): String }',
        entities={"T": [{"id": "1", "cost": lambda _, n=None, **given: f"{given.get('in')}/{n}"}]},
    ),
)


@pytest.mark.rule(16)
@pytest.mark.bug(9, 27)
@cases(
    {
        "a requirement's own": ("{ t { dollars } }", {"t": {"dollars": "dollars USD/1"}}, "a > b > a"),
        "the client's beside it": (
            '{ t { cost(in: "EUR") dollars } }',
            {"t": {"cost": "EUR/None", "dollars": "dollars USD/1"}},
            "a > b > a",
        ),
        "the client's alias is the field's name": (
            "{ t { cost: dollars dollars: cost(n: 3) } }",
            {"t": {"cost": "dollars USD/1", "dollars": "None/3"}},
            "a > b > a",
        ),
        "the same arguments in another order": (
            '{ t { cost(n: 1, in: "USD") dollars } }',
            {"t": {"cost": "USD/1", "dollars": "dollars USD/1"}},
            "a > b > a",
        ),
        "two requirements in one request": (
            "{ t { dollars francs plain } }",
            {"t": {"dollars": "dollars USD/1", "francs": "francs CHF/None", "plain": "plain None/None"}},
            "a > b > a",
        ),
        "two requirements and two of the client's": (
            '{ t { a: cost(in: "A") francs b: cost(in: "B") plain cost(in: "CHF") } }',
            {
                "t": {
                    "a": "A/None",
                    "francs": "francs CHF/None",
                    "b": "B/None",
                    "plain": "plain None/None",
                    "cost": "CHF/None",
                }
            },
            "a > b > a",
        ),
    }
)
async def test_one_field_with_different_arguments(case: Case) -> None:
    await _ARGUMENTS.answers(case)


_MATCHES = federation(
    a=Service(
        """
        type Query { list: [T] }
        type T @key(fields: "id") {
          id: ID! any: Any @external said: String @requires(fields: "any { ... on One { x } ... on Two { y } }")
          note: String @external loud: String @requires(fields: "note")
        }
        union Any = One | Two
        type One @shareable { x: Int @external }
        type Two @shareable { y: Int @external }
        """,
        query={"list": [{"id": "1"}, {"id": "2"}, {"id": "3"}]},
        entities={
            "T": lambda given: {
                "said": lambda t: repr(t["any"]),
                "loud": lambda t: None if t["note"] is None else t["note"].upper(),
            }
        },
    ),
    b=Service(
        """
        type T @key(fields: "id") { id: ID! any: Any note: String }
        union Any = One | Two | Three
        type One @shareable { x: Int }
        type Two @shareable { y: Int }
        type Three { z: Int }
        """,
        entities={
            "T": [
                {"id": "1", "any": {"__typename": "One", "x": 1}, "note": "a"},
                {"id": "2", "any": {"__typename": "Three", "z": 1}, "note": None},
                {"id": "3", "any": None, "note": "c"},
            ]
        },
    ),
)


@pytest.mark.rule(17)
@pytest.mark.bug(5, 33)
@cases(
    {
        "fragments that do not match": (
            "{ list { said } }",
            {"list": [{"said": "{'x': 1}"}, {"said": "{}"}, {"said": "None"}]},
            "a > b > a",
        ),
        "null inputs": ("{ list { loud } }", {"list": [{"loud": "A"}, {"loud": None}, {"loud": "C"}]}, "a > b > a"),
    }
)
async def test_what_there_is_is_sent(case: Case) -> None:
    await _MATCHES.answers(case)


@pytest.mark.rule(17)
@pytest.mark.bug(5)
async def test_a_null_input_is_sent_as_null() -> None:
    answer = await _MATCHES.run("{ list { loud } }")
    assert answer.representations(2) == [
        {"__typename": "T", "id": "1", "note": "a"},
        {"__typename": "T", "id": "2", "note": None},
        {"__typename": "T", "id": "3", "note": "c"},
    ]


_PARTS = join(
    """
    type Query @join__type(graph: A) @join__type(graph: B) { list: [T] @join__field(graph: A) }
    type T @join__type(graph: A, key: "code") @join__type(graph: B, key: "code") {
      code: ID
      seed: Int @join__field(graph: A) @join__field(graph: B, external: true)
      made: String @join__field(graph: B, requires: "seed code")
    }
    """,
    a=Service(
        'type Query { list: [T] } type T @key(fields: "code") { code: ID seed: Int }',
        query={"list": [{"code": "c", "seed": 1}, {"code": None, "seed": 2}]},
    ),
    b=Service(
        'type T @key(fields: "code") { code: ID seed: Int made: String @requires(fields: "seed code") }',
        entities={"T": lambda given: {"made": lambda t: f"{t['code']} {t['seed']}"}},
    ),
)


@pytest.mark.rule(5, 17)
async def test_an_input_that_is_the_key_too_may_not_be_missing() -> None:
    await _PARTS.answers(("{ list { made } }", {"list": [{"made": "c 1"}, {"made": None}]}, "a > b"))
