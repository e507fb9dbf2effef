"""`python -m router`: a real process finds its commands, and imports no more than it has to."""

from __future__ import annotations

import subprocess
import sys

import pytest

from router.commands.group import main


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("command", ["serve", "plan", "compose", "schema"])
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])

    assert ended.value.code == 0
    assert f"{command} [OPTIONS]" in capsys.readouterr().out


def test_an_unknown_command_is_a_wrong_use() -> None:
    ended = _run("-m", "router", "nothing")

    assert ended.returncode == 2
    assert "No such command 'nothing'" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_serve_refuses_a_missing_supergraph_in_one_line() -> None:
    ended = _run("-m", "router", "serve", "--supergraph", "/nowhere/supergraph.graphql")

    assert ended.returncode == 1
    assert ended.stderr.startswith("error: ")
    assert ended.stderr.count("\n") == 1


def test_the_group_alone_imports_no_part_of_the_router() -> None:
    ended = _run(
        "-c",
        "import sys; import router.commands.group; "
        "print(sorted(name for name in sys.modules if name.startswith(('router', 'graphql', 'aiohttp'))))",
    )

    assert ended.stdout.strip() == "['router', 'router.commands', 'router.commands.group', 'router.errors']"
