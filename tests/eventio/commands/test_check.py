"""`eventio check` as whoever operates the system meets it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.support.system import start

pytestmark = [pytest.mark.system]


def _run(folder: Path, *options: str) -> tuple[int, str]:
    process = start(["check", "--pause", "0.1", "--data-dir", str(folder / "data"), *options], log=folder / "check.log")
    return process.popen.wait(60), process.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with demo data."""
    folder = tmp_path_factory.mktemp("check")
    demo = start(["demo", "--data-dir", str(folder / "data")], log=folder / "demo.log")
    assert demo.popen.wait(60) == 0, demo.output
    return folder


def test_sound_books_are_told_invariant_by_invariant(folder: Path) -> None:
    code, output = _run(folder)
    assert code == 0
    assert output.count(": holds") == 14
    assert "breach" not in output


def test_a_breach_is_told_with_its_row_and_ends_in_1(folder: Path) -> None:
    with sqlite3.connect(folder / "data" / "booking.sqlite3") as database:
        [ticket, booking] = database.execute("SELECT id, booking_id FROM tickets LIMIT 1").fetchone()
        database.execute("UPDATE tickets SET status = 'VOID' WHERE id = ?", (ticket,))

    code, output = _run(folder)
    assert code == 1
    assert f"{booking}: confirmed with the seats" in output

    code, output = _run(folder, "--json")
    assert code == 1
    assert {breach["invariant"] for breach in json.loads(output)["breaches"]} == {"I3", "I4"}


def test_a_folder_without_databases_is_told(tmp_path: Path) -> None:
    code, output = _run(tmp_path)
    assert code == 1
    assert "there are no databases in" in output
    assert not (tmp_path / "data").exists()
