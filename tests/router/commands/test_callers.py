"""`plan` for somebody in particular: with a caller, and with override labels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from router.commands import plan as command
from router.planning.explain import STAGES
from tests.support.protected import composed, protected

_DEMANDS = {"Query.mail": '@requiresScopes(scopes: [["mail"]])', "Query.me": "@authenticated"}


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    sdl = composed(
        old='type Query { open: Int mail: Int me: Int item: Item } type Item @key(fields: "id") { id: ID! price: Int }',
        new='type Item @key(fields: "id") { id: ID! price: Int @override(from: "old", label: "moves") }',
    )
    supergraph, operation = tmp_path / "supergraph.graphql", tmp_path / "operation.graphql"
    supergraph.write_text(protected(sdl, _DEMANDS).sdl)
    operation.write_text("{ open mail me item { price } }")
    return supergraph, operation


def _plan(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str], **options: Any) -> Any:
    command.run(supergraph=files[0], operation=files[1], output_format=command.Format.JSON, **options)
    return [(node["serviceName"], node["operation"]) for node in json.loads(capsys.readouterr().out)["nodes"]]


def test_nobody_in_particular_may_have_everything(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert _plan(files, capsys) == [("old", "query { open mail me item { price } }")]


def test_the_plan_is_the_callers(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert _plan(files, capsys, caller="{}") == [("old", "query { open item { price } }")]
    assert _plan(files, capsys, caller='{"authenticated": true}') == [("old", "query { open me item { price } }")]
    assert _plan(files, capsys, caller='{"scopes": ["mail"]}') == [("old", "query { open mail item { price } }")]


def test_labels_move_fields(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert [name for name, _ in _plan(files, capsys, label=["moves", "unknown"])] == ["old", "new"]


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_can_be_had_for_a_caller(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str], stage: str
) -> None:
    command.run(supergraph=files[0], operation=files[1], stage=command.Stage(stage), caller="{}", label=["moves"])

    assert capsys.readouterr().out


@pytest.mark.parametrize("caller", ["{", "[]", '{"scopes": "a"}', '{"authenticated": 1}', '{"name": "x"}'])
def test_a_caller_that_is_none_is_refused(files: tuple[Path, Path], caller: str) -> None:
    with pytest.raises(typer.BadParameter):
        command.run(supergraph=files[0], operation=files[1], caller=caller)


def test_what_the_caller_may_not_have_is_named(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    files[1].write_text("query ($v: Boolean!) { open mail: me me @include(if: $v) }")

    command.run(supergraph=files[0], operation=files[1], caller="{}")
    assert capsys.readouterr().out.splitlines()[1:3] == [
        '  Denied(path: "mail")',
        '  Denied(path: "me", if: $v)',
    ]
    command.run(supergraph=files[0], operation=files[1], caller="{}", output_format=command.Format.JSON)
    assert json.loads(capsys.readouterr().out)["denied"] == [
        {"path": ["mail"]},
        {"path": ["me"], "conditions": [[{"variable": "v", "is": True}]]},
    ]
