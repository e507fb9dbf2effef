"""`python -m router plan` and `schema`: what they print, and how they refuse."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from router.commands.group import main
from tests.router.composition.corpus_cases import composed
from tests.support.logging_kept import logging_kept

_SUPERGRAPH = composed(
    a='type Query { t(id: ID!): T } type T @key(fields: "id") { id: ID! x: Int }',
    b='type T @key(fields: "id") { id: ID! y: Int hidden: Int @inaccessible }',
)


def _run(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main([*map(str, arguments)])
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.fixture
def supergraph(tmp_path: Path) -> Path:
    file = tmp_path / "supergraph.graphql"
    file.write_text(_SUPERGRAPH, encoding="utf-8")
    return file


def _operation(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "operation.graphql"
    file.write_text(text, encoding="utf-8")
    return file


def test_prints_the_plan(supergraph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    operation = _operation(tmp_path, "{ t(id: 1) { x y } }")

    assert _run("plan", "--supergraph", supergraph, "--operation", operation) == 0

    out, err = capsys.readouterr()
    assert out.startswith("QueryPlan {\n")
    assert out.count("Fetch(") == 2
    assert err == ""


@pytest.mark.parametrize("stage", ["normalized", "graph", "paths", "fetches", "plan"])
def test_prints_every_stage_and_the_same_each_time(
    stage: str, supergraph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operation = _operation(tmp_path, "{ t(id: 1) { x y } }")
    arguments = ("plan", "--supergraph", supergraph, "--operation", operation, "--stage", stage)

    assert _run(*arguments) == 0
    first = capsys.readouterr().out
    assert _run(*arguments) == 0

    assert capsys.readouterr().out == first
    assert first.strip()


def test_variables_decide_conditions(supergraph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    operation = _operation(tmp_path, "query ($id: ID!, $more: Boolean!) { t(id: $id) { x y @include(if: $more) } }")
    arguments = ("plan", "--supergraph", supergraph, "--operation", operation)

    assert _run(*arguments, "--variables", '{"id": 1, "more": true}') == 0
    assert capsys.readouterr().out.count("Fetch(") == 2
    assert _run(*arguments, "--variables", '{"id": 1, "more": false}') == 0
    assert capsys.readouterr().out.count("Fetch(") == 1


@pytest.mark.parametrize(("variables", "code"), [("{", 2), ("[]", 2), ("{}", 1), ('{"id": 1, "more": 3}', 1)])
def test_wrong_variables_are_refused(variables: str, code: int, supergraph: Path, tmp_path: Path) -> None:
    operation = _operation(tmp_path, "query ($id: ID!, $more: Boolean!) { t(id: $id) { x y @include(if: $more) } }")

    assert _run("plan", "--supergraph", supergraph, "--operation", operation, "--variables", variables) == code


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{ t(id: 1) { ", "is no GraphQL document: Syntax Error: Expected Name, found <EOF>. (line 1, column 14)"),
        ("{ t(id: 1) { hidden } }", "is not valid: Cannot query field 'hidden' on type 'T'. (line 1, column 14)"),
    ],
)
def test_a_wrong_operation_is_one_line(
    text: str, told: str, supergraph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operation = _operation(tmp_path, text)

    assert _run("plan", "--supergraph", supergraph, "--operation", operation) == 1

    assert capsys.readouterr().err == f"error: {operation} {told}\n"


def test_one_of_several_operations_is_named(
    supergraph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operation = _operation(tmp_path, "query One { t(id: 1) { x } } query Two { t(id: 2) { x y } }")
    arguments = ("plan", "--supergraph", supergraph, "--operation", operation)

    assert _run(*arguments) == 1
    assert _run(*arguments, "--operation-name", "Two") == 0

    assert capsys.readouterr().out.count("Fetch(") == 2


def test_an_unknown_stage_is_a_wrong_use(supergraph: Path, tmp_path: Path) -> None:
    operation = _operation(tmp_path, "{ __typename }")

    assert _run("plan", "--supergraph", supergraph, "--operation", operation, "--stage", "nothing") == 2


def test_prints_the_api_schema(supergraph: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("schema", "--supergraph", supergraph) == 0

    assert capsys.readouterr().out == (
        "directive @defer(label: String, if: Boolean! = true) on FRAGMENT_SPREAD | INLINE_FRAGMENT\n\n"
        "type Query {\n  t(id: ID!): T\n}\n\ntype T {\n  id: ID!\n  x: Int\n  y: Int\n}\n"
    )


def test_a_broken_supergraph_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "supergraph.graphql"
    broken.write_text("type Query { a: Int ", encoding="utf-8")

    assert _run("schema", "--supergraph", broken) == 1

    err = capsys.readouterr().err
    assert err.startswith("error: ")
    assert err.count("\n") == 1


def test_every_mistake_of_an_operation_is_told_with_its_place(
    supergraph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operation = _operation(tmp_path, "{\n  u\n  t(id: 1) { z }\n}")

    assert _run("plan", "--supergraph", supergraph, "--operation", operation) == 1

    assert capsys.readouterr().err.splitlines() == [
        f"error: {operation} is not valid, for 2 reasons:",
        "  Cannot query field 'u' on type 'Query'. Did you mean 't'? (line 2, column 3)",
        "  Cannot query field 'z' on type 'T'. Did you mean 'x' or 'y'? (line 3, column 14)",
    ]


@pytest.mark.parametrize(
    ("text", "arguments", "told"),
    [
        ("query A { t(id: 1) { x } } query B { t(id: 1) { y } }", [], "several operations: choose one of A, B by"),
        ("query A { t(id: 1) { x } }", ["--operation-name", "C"], "no operation named 'C', only A."),
        ("fragment F on Query { t(id: 1) { x } }", [], "Fragment 'F' is never used"),
    ],
)
def test_what_cannot_be_chosen_says_what_can(
    text: str, arguments: list[str], told: str, supergraph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operation = _operation(tmp_path, text)

    assert _run("plan", "--supergraph", supergraph, "--operation", operation, *arguments) == 1

    assert told in capsys.readouterr().err


def test_the_plan_can_be_had_as_json_and_no_other_stage(
    supergraph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operation = _operation(tmp_path, "{ t(id: 1) { x y } }")
    arguments = ("plan", "--supergraph", supergraph, "--operation", operation, "--format", "json")

    assert _run(*arguments) == 0
    plan = json.loads(capsys.readouterr().out)
    assert [(node["serviceName"], node["after"]) for node in plan["nodes"]] == [("a", []), ("b", [0])]

    assert _run(*arguments, "--stage", "paths") == 2


def test_the_operation_can_come_from_the_standard_input(
    supergraph: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("{ t(id: 1) { x } }"))

    assert _run("plan", "--supergraph", supergraph, "--operation", "-", "--stage", "fetches") == 0

    assert capsys.readouterr().out == "0 query a\n  { t(id: 1) { x } }\n"


def test_an_operation_that_no_plan_answers_says_what_every_subgraph_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The composer lets nothing pass that cannot be had, so this is made unresolvable afterwards.
    text = composed(
        a='type Query { ts: [T] } type T @key(fields: "id") { id: ID! }',
        b='type T @key(fields: "id") @key(fields: "sku") { id: ID! sku: ID! y: Int }',
    ).replace('@join__type(graph: B, key: "id")', "")
    supergraph = tmp_path / "supergraph.graphql"
    supergraph.write_text(text, encoding="utf-8")
    operation = _operation(tmp_path, "{ ts { y } }")

    assert _run("plan", "--supergraph", supergraph, "--operation", operation) == 1

    assert capsys.readouterr().err.splitlines() == [
        "error: no subgraph can resolve T.y here",
        "  at ts.@",
        "  reached there: a",
        "  a: has no T.y",
        "  b: has T.y, but none of its keys can be had here: {sku}",
    ]


def test_a_subgraphs_schema_given_for_a_supergraph_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "shop.graphql"
    file.write_text("type Query { a: Int }", encoding="utf-8")

    for command in ("schema", "serve"):
        with logging_kept():
            assert _run(command, "--supergraph", file) == 1
        assert "make one of subgraphs by python -m router compose" in capsys.readouterr().err


def test_what_is_deferred_is_planned_as_for_a_client_that_takes_it(
    supergraph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operation = _operation(tmp_path, "query ($v: Boolean = true) { t(id: 1) { x ... @defer(if: $v) { y } } }")
    arguments = ("plan", "--supergraph", supergraph, "--operation", operation)

    assert _run(*arguments) == 0
    assert '  Defer(id: 0, path: "t", if: $v, after: [0, 1]) { y }' in capsys.readouterr().out.splitlines()
    assert _run(*arguments, "--variables", '{"v": false}') == 0
    assert "Defer(" not in capsys.readouterr().out
