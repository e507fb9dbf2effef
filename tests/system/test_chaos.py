"""A short storm: what `make chaos` does at length."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaos.run import Plan, run

pytestmark = pytest.mark.system


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own user reaches, where the suite runs as root."""
    path = Path(tempfile.mkdtemp(prefix="eventio-chaos-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


async def test_whatever_dies_the_books_agree_with_each_other_and_with_what_people_were_told(folder: Path) -> None:
    plan = Plan(seconds=12, buyers=8, deaths=0.002, strikes=3, quiet_seconds=120)
    outcome = await run(plan, folder, told=lambda _step: None)

    assert outcome.breaches == []
    assert outcome.journal.told
    assert outcome.struck or outcome.deaths
