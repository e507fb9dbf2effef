"""`python -m router compose`: output, check, errors, exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from router.commands.group import main
from router.composition import compose
from tests.router.composition.corpus_cases import federated, sources

_A = "type Query { a: Int }"
_B = "type Query { b: Int }"


def _run(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["compose", *map(str, arguments)])
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.fixture
def subgraphs(tmp_path: Path) -> list[str]:
    arguments: list[str] = []
    for name, sdl in (("a", _A), ("b", _B)):
        file = tmp_path / f"{name}.graphql"
        file.write_text(federated(sdl), encoding="utf-8")
        arguments += ["--subgraph", f"{name}=http://{name}.test/graphql={file}"]
    return arguments


def test_prints_the_supergraph(subgraphs: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(*subgraphs) == 0

    assert capsys.readouterr() == (compose(sources(a=_A, b=_B)).supergraph_sdl, "")


def test_writes_the_supergraph(subgraphs: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "supergraph.graphql"

    assert _run(*subgraphs, "-o", output) == 0

    assert output.read_text(encoding="utf-8") == compose(sources(a=_A, b=_B)).supergraph_sdl
    assert capsys.readouterr() == ("", f"composed 2 subgraphs to {output}\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.graphql", "b.graphql", "supergraph.graphql"]


def test_an_address_may_hold_equals_signs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.graphql"
    file.write_text(federated(_A), encoding="utf-8")

    assert _run("--subgraph", f"a=http://a.test/?x=1&y=2={file}") == 0

    assert '@join__graph(name: "a", url: "http://a.test/?x=1&y=2")' in capsys.readouterr().out


def test_check_is_content_with_what_is_up_to_date(subgraphs: list[str], tmp_path: Path) -> None:
    output = tmp_path / "supergraph.graphql"
    assert _run(*subgraphs, "-o", output) == 0

    assert _run(*subgraphs, "-o", output, "--check") == 0


def test_check_refuses_what_is_out_of_date_and_leaves_it(
    subgraphs: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "supergraph.graphql"
    assert _run(*subgraphs, "-o", output) == 0
    old = output.read_text(encoding="utf-8").replace("a: Int", "z: Int")
    output.write_text(old, encoding="utf-8")
    capsys.readouterr()

    assert _run(*subgraphs, "-o", output, "--check") == 1

    assert output.read_text(encoding="utf-8") == old
    told = capsys.readouterr().err.splitlines()
    assert told[0] == f"--- {output}"
    assert "-  z: Int @join__field(graph: A)" in told
    assert "+  a: Int @join__field(graph: A)" in told
    assert told[-1] == f"error: {output} is out of date: compose it again"


def test_check_of_a_missing_file_is_one_line(
    subgraphs: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "nothing.graphql"

    assert _run(*subgraphs, "-o", missing, "--check") == 1

    assert capsys.readouterr().err == f"error: {missing} can not be read: No such file or directory\n"


def test_each_reason_is_named_with_code_subgraphs_coordinate_and_hint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments: list[str] = []
    for name in ("a", "b"):
        file = tmp_path / f"{name}.graphql"
        file.write_text(federated(f"type Query {{ {name}: T }} type T {{ x: [Int] }}"), encoding="utf-8")
        arguments += ["--subgraph", f"{name}=http://{name}.test={file}"]
    output = tmp_path / "supergraph.graphql"

    assert _run(*arguments, "-o", output) == 1

    assert not output.exists()
    assert capsys.readouterr().err == (
        'INVALID_FIELD_SHARING in a, b at T.x: "T.x" is resolved by a, b, and not shareable in a, b.\n'
        "  hint: Mark the field as @shareable in all of these subgraphs, or keep it in one of them.\n"
        "error: 1 reason why the subgraphs do not compose\n"
    )


def test_hints_are_told_when_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments: list[str] = []
    for name, ref in (("a", "Int"), ("b", "Int!")):
        file = tmp_path / f"{name}.graphql"
        file.write_text(federated(f"type Query {{ x: {ref} @shareable }}"), encoding="utf-8")
        arguments += ["--subgraph", f"{name}=http://{name}.test={file}"]

    assert _run(*arguments, "--hints") == 0

    assert capsys.readouterr().err == (
        'INCONSISTENT_BUT_COMPATIBLE_FIELD_TYPE: "Query.x" has the type "Int" in a and "Int!" in b; '
        'the supergraph answers "Int".\n'
    )


@pytest.mark.parametrize("argument", ["a", "a=b", "=http://a.test=file", "a=http://a.test="])
def test_a_subgraph_has_to_be_name_url_and_file(argument: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("--subgraph", argument) == 2

    assert "is not NAME=URL=FILE." in capsys.readouterr().err


def test_a_missing_schema_file_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("--subgraph", "a=http://a.test=/nowhere/a.graphql") == 1

    assert capsys.readouterr().err == "error: /nowhere/a.graphql can not be read: No such file or directory\n"


def test_an_output_that_can_not_be_written_is_one_line(
    subgraphs: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "nowhere" / "supergraph.graphql"

    assert _run(*subgraphs, "-o", output) == 1

    assert capsys.readouterr().err == f"error: {output} can not be written: No such file or directory\n"


def test_no_subgraph_is_a_wrong_use() -> None:
    assert _run() == 2
