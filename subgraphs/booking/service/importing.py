"""Importing a list of films: what is usable, as often as one likes, with a reason for each row that is left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy.exc import IntegrityError

from subgraphs.booking.repository.movies import MovieRepository
from subgraphs.booking.service.import_rows import ImportedFilm, RowLeftOut, read_row
from subgraphs.common.clock import Clock
from subgraphs.common.database import Database
from subgraphs.common.ids import new_id

_BATCH: Final = 400
Progress = Callable[[int, int], None]
"""Hears after each batch how many rows of how many are done."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that became no film: its number, counted from 1, and why."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a list's rows."""

    imported: int
    updated: int
    unchanged: int
    left_out: tuple[LeftOut, ...]


class MovieImporter:
    """Imports films."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def import_movies(
        self, rows: Sequence[object], *, progress: Progress | None = None, as_of: date | None = None
    ) -> ImportReport:
        """Import the usable rows: films that are new, and those whose row says something else than last time.

        A film is known again by its title and release date. Each batch is committed by itself: an import that was
        interrupted is completed by running it again.

        Args:
            rows: as they stand in the file.
            progress: hears how far it is.
            as_of: when the list was made, today by default; see `read_row`.
        """
        films, left_out = _read(rows, as_of or self._clock.now().date())
        imported = updated = done = 0
        for start in range(0, len(films), _BATCH):
            batch = films[start : start + _BATCH]
            try:
                made, changed = await self._write(batch)
            except IntegrityError:
                # Another process imports the same list at this moment: what it wrote is seen now.
                made, changed = await self._write(batch)
            imported, updated, done = imported + made, updated + changed, done + len(batch)
            if progress is not None:
                progress(done + len(left_out), len(rows))
        return ImportReport(imported, updated, len(films) - imported - updated, tuple(left_out))

    async def _write(self, films: Sequence[ImportedFilm]) -> tuple[int, int]:
        now = self._clock.now()
        async with self._database.write() as session:
            repository = MovieRepository(session)
            known = await repository.by_source_keys([film.key for film in films])
            new: list[dict[str, Any]] = []
            changed: list[dict[str, Any]] = []
            for film in films:
                row = {**film.fields, "source_key": film.key, "source_hash": film.content, "updated_at": now}
                if film.key not in known:
                    new.append({**row, "id": new_id(), "created_at": now})
                elif known[film.key][1] != film.content:
                    changed.append({**row, "id": known[film.key][0]})
            if new:
                await repository.insert_many(new)
            if changed:
                await repository.update_many(changed)
        return len(new), len(changed)


def _read(rows: Sequence[object], as_of: date) -> tuple[list[ImportedFilm], list[LeftOut]]:
    films: list[ImportedFilm] = []
    left_out: list[LeftOut] = []
    first_row: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        try:
            film = read_row(row, as_of=as_of)
        except RowLeftOut as error:
            left_out.append(LeftOut(number, str(error)))
            continue
        if film.key in first_row:
            left_out.append(LeftOut(number, f"the same film stands in row {first_row[film.key]}"))
            continue
        first_row[film.key] = number
        films.append(film)
    return films, left_out
