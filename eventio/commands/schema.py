"""`eventio schema`: composes `supergraph.graphql`."""

from __future__ import annotations

import difflib
from typing import Annotated

import typer
from rich.console import Console

from eventio.errors import CannotRun

_SHOWN_LINES = 40


def schema(
    check: Annotated[bool, typer.Option("--check", help="Compare only; exit 1 when the file is out of date.")] = False,  # noqa: FBT002 - Typer
) -> None:
    """Compose the three schemas into `supergraph.graphql`."""
    from eventio.supergraph import FILE, compose_supergraph  # noqa: PLC0415 - see the package's docstring
    from router.composition import CompositionFailed  # noqa: PLC0415

    try:
        composed = compose_supergraph()
    except CompositionFailed as error:
        raise CannotRun(f"the three schemas do not compose:\n{error}") from error
    current = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    out = Console(stderr=True)
    if composed == current:
        out.print("supergraph.graphql is up to date.")
        return
    if not check:
        FILE.write_text(composed, encoding="utf-8")
        out.print("supergraph.graphql is composed anew.")
        return
    difference = list(difflib.unified_diff(current.splitlines(), composed.splitlines(), "committed", "composed", n=1))
    for line in difference[:_SHOWN_LINES]:
        out.print(line, markup=False, highlight=False)
    raise CannotRun("supergraph.graphql is out of date: run `make schema` and commit it")
