"""Reads files of films."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import orjson

from eventio.errors import CannotRun

FILE: Final = Path(__file__).parent / "data" / "movies.json"


def read_rows(file: Path) -> list[object]:
    """Read a JSON list.

    Raises:
        CannotRun: the file cannot be read, or is no such list.
    """
    try:
        rows = orjson.loads(file.read_bytes())
    except OSError as error:
        raise CannotRun(f"{file}: cannot be read: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise CannotRun(f"{file}: is no JSON: {error}") from error
    if not isinstance(rows, list):
        raise CannotRun(f"{file}: has to be a list of films")
    return rows
