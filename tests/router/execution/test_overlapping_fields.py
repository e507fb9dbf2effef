"""Fields that are merged: the same verdicts as graphql-core's, at a cost that does not grow with the square."""

from __future__ import annotations

import random

import pytest
from graphql import (
    NoUnusedFragmentsRule,
    OverlappingFieldsCanBeMergedRule,
    build_schema,
    parse,
    validate,
)

from router.execution.overlapping_fields import OverlappingFieldsRule

SCHEMA = build_schema("""
type Query { a(x: Int, y: In): Query i: Int j: Int s: String l: [Int] u: Either n: N m: N! ns: [N] }
input In { p: Int q: Int }
interface N { n: N i: Int a: Query x: Int }
type A implements N { n: N i: Int a: Query x: Int k: Int! o: A }
type B implements N { n: N i: Int a: Query x: Int k: Int o: B }
union Either = A | B
""")

COMPOSITES = {
    "Query": [("a", "Query"), ("u", "Either"), ("n", "N"), ("m", "N"), ("ns", "N")],
    "N": [("n", "N"), ("a", "Query")],
    "A": [("n", "N"), ("a", "Query"), ("o", "A")],
    "B": [("n", "N"), ("a", "Query"), ("o", "B")],
    "Either": [],
}
LEAVES = {
    "Query": ["i", "j", "s", "l", "__typename"],
    "N": ["i", "x", "__typename"],
    "A": ["i", "x", "k", "__typename"],
    "B": ["i", "x", "k", "__typename"],
    "Either": ["__typename"],
}
CONDITIONS = {"Query": ["Query"], "N": ["A", "B", "N"], "A": ["A", "N"], "B": ["B", "N"], "Either": ["A", "B", "N"]}


def messages(query: str) -> list[str]:
    return [error.message for error in validate(SCHEMA, parse(query), [OverlappingFieldsRule])]


@pytest.mark.parametrize(
    "query",
    [
        "{i i}",
        "{a(x:1){i} a(x:1){j}}",
        "{a(y:{p:1,q:2}){i} a(y:{q:2,p:1}){i}}",
        "{n{...on A{v:i} ...on B{v:x}}}",
        "{n{...on A{v:n{i}} ...on B{v:n{x}}}}",
        "{...F ...F} fragment F on Query{a{...G} b:a{...G}} fragment G on Query{i}",
        "{a{...F}} fragment F on Query{i a{...F}}",
        "{unknown{x} unknown{x}}",
        "{...on Unknown{x}}",
    ],
)
def test_what_can_be_merged_is_accepted(query: str) -> None:
    assert messages(query) == []


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("{v:i v:j}", "'i' and 'j' are different fields"),
        ("{a{v:i} a{v:j}}", "'i' and 'j' are different fields"),
        ("{a(x:1){i} a(x:2){i}}", "their arguments differ"),
        ("{a{i} a(x:2){i}}", "their arguments differ"),
        ("{u{...on A{v:i} ...on B{v:k}} s u{...on N{v:i}}}", "'i' and 'k' are different fields"),
        ("{u{...on A{k} ...on B{k}}}", "their types 'Int!' and 'Int' differ"),
        ("{u{...on A{v:o{k}} ...on B{v:o{k}}}}", "their types 'Int!' and 'Int' differ"),
        ("{n{...on A{v:n{i}} ...on B{v:i}}}", "their types 'N' and 'Int' differ"),
        ("{...F} fragment F on Query{v:i ...G} fragment G on Query{v:l ...F}", "'i' and 'l' are different fields"),
    ],
)
def test_what_cannot_be_merged_is_refused_with_the_reason(query: str, reason: str) -> None:
    (message,) = messages(query)

    assert message.endswith(f": {reason}. Give one of them another alias.")


def selection(source: random.Random, on: str, depth: int, fragments: list[tuple[str, str]]) -> str:
    out: list[str] = []
    for _ in range(source.randint(1, 3)):
        kind = source.random()
        spreads = [name for name, condition in fragments if condition in CONDITIONS[on]]
        alias = source.choice(["", "", "", "", "", "p:"])
        if kind < 0.35 or depth == 0:
            out.append(alias + source.choice(LEAVES[on]))
        elif kind < 0.65 and COMPOSITES[on]:
            field, type_ = source.choice(COMPOSITES[on])
            arguments = source.choice(["", "(x:1)", "(y:{p:1,q:2})", "(y:{q:2,p:1})"]) if on == "Query" else ""
            out.append(
                alias + field + (arguments if field == "a" else "") + selection(source, type_, depth - 1, fragments)
            )
        elif kind < 0.85 or not spreads:
            condition = source.choice(CONDITIONS[on])
            out.append(f"...on {condition}{selection(source, condition, depth - 1, fragments)}")
        else:
            out.append("..." + source.choice(spreads))
    return "{" + " ".join(out) + "}"


def document(seed: int) -> str:
    source = random.Random(seed)
    fragments = [(f"F{number}", source.choice(["Query", "N", "A", "B"])) for number in range(2)]
    parts = [selection(source, "Query", 3, fragments)]
    for number, (name, condition) in enumerate(fragments):
        parts.append(f"fragment {name} on {condition}{selection(source, condition, 2, fragments[number + 1 :])}")
    return " ".join(parts)


def test_random_documents_get_graphql_cores_verdict() -> None:
    verdicts = []
    for seed in range(500):
        parsed = parse(document(seed))
        if validate(SCHEMA, parsed, [NoUnusedFragmentsRule]):
            continue
        refused = bool(validate(SCHEMA, parsed, [OverlappingFieldsRule]))
        assert refused == bool(validate(SCHEMA, parsed, [OverlappingFieldsCanBeMergedRule])), document(seed)
        verdicts.append(refused)

    assert 15 < sum(verdicts) < len(verdicts) - 15


@pytest.mark.parametrize(
    "query",
    [
        "{" + " ".join(f"a{{x{number}:i}}" for number in range(2_000)) + "}",
        "{"
        + " ".join(f"...F{number}" for number in range(1_000))
        + "}"
        + " ".join(f"fragment F{number} on Query{{a{{x{number}:i}}}}" for number in range(1_000)),
        "{...F0}"
        + " ".join(
            f"fragment F{number} on Query{{a{{...F{number + 1}}} b:a{{...F{number + 1}}}}}" for number in range(60)
        )
        + "fragment F60 on Query{i}",
    ],
    ids=["one object 2,000 times", "1,000 fragments", "a fragment twice in the one before, 60 levels"],
)
def test_documents_on_which_pairs_take_too_long_are_accepted(query: str) -> None:
    assert messages(query) == []
