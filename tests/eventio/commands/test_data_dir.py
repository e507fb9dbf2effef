"""Commands on an embedded system's data take its folder, as `eventio up` does."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from eventio.commands import cli


def run(*arguments: str) -> str:
    """Run a command that succeeds; gives what it prints."""
    result = CliRunner().invoke(cli, arguments, env={"EVENTIO_ADMIN_PASSWORD": "a-phrase-for-the-boss"})
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A folder with databases of this release."""
    films = tmp_path / "films.json"
    films.write_text("[]")
    run("import", "movies", str(films), "--data-dir", str(tmp_path / "data"))
    return str(tmp_path / "data")


def test_keys_and_admins_are_made_in_the_folder_that_is_named(folder: str) -> None:
    assert "The new key is" in run("keys", "rotate", "--data-dir", folder)
    assert "boss@example.com is an admin now." in run("admin", "create", "boss@example.com", "--data-dir", folder)
