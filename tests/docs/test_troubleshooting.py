"""The guide's table of mistakes: whoever makes them sees the very words that stand there."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from router.commands.group import main
from router.composition.codes import ADVICE
from tests.docs.error_codes import error_codes
from tests.docs.guide import ROOT
from tests.router.composition.corpus_cases import composed
from tests.support.logging_kept import logging_kept

GUIDE = (ROOT / "docs" / "router.md").read_text(encoding="utf-8")
_SECTION = GUIDE.split("\n## Troubleshooting\n")[1]
MISTAKES = re.findall(r"^\| (.+?) \| ", _SECTION, re.MULTILINE)[1:]
GOOD = composed(a="type Query { x: Int }")


def _written(folder: Path, text: str, name: str = "file.graphql") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


CAUSES: dict[str, Callable[[Path], list[str]]] = {
    "this is no supergraph: it has no enum join__Graph": lambda folder: [
        "serve",
        "--supergraph",
        _written(folder, "type Query { x: Int }"),
    ],
    "supergraph …: cannot be read: No such file or directory": lambda folder: [
        "serve",
        "--supergraph",
        str(folder / "none.graphql"),
    ],
    "router.yaml: limits.boby_bytes: there is no such setting; did you mean limits.body_bytes?": lambda folder: [
        "serve",
        "--config",
        _written(folder, "limits: {boby_bytes: 1}", "router.yaml"),
    ],
    "the directive @… is not understood by this router": lambda folder: [
        "serve",
        "--supergraph",
        _written(folder, GOOD.replace("type Query", "type Query @unheard_of", 1)),
    ],
}


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    with logging_kept():
        yield


@pytest.mark.parametrize("message", sorted(CAUSES))
def test_the_mistake_is_told_in_these_words(message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"`{message}`" in MISTAKES
    with pytest.raises(SystemExit) as ended:
        main(CAUSES[message](tmp_path))
    assert ended.value.code == 1
    assert re.search(".*".join(map(re.escape, message.split("…"))), capsys.readouterr().err)


def test_a_port_in_use_is_told_in_these_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [row] = [row for row in MISTAKES if row.startswith("`cannot listen on ")]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with pytest.raises(SystemExit):
            main(["serve", "--supergraph", _written(tmp_path, GOOD), "--port", port])
    assert row.strip("`").replace("4000", port) in capsys.readouterr().err


def test_the_codes_that_it_names_exist() -> None:
    named = {code for row in MISTAKES for code in re.findall(r"`([A-Z_]{6,})`", row)}
    # A subgraph's own code is nobody's here.
    assert named - {"UNAUTHENTICATED"} <= error_codes() | set(ADVICE)
    assert len(named) >= 6
