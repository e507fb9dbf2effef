"""`compose`: subgraph SDLs to the supergraph's SDL, and why not."""

from __future__ import annotations

import difflib
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from router.commands.files import read_text, write_text
from router.composition import CompositionFailed, CompositionResult, SubgraphSource, compose

EXAMPLES = (
    "python -m router compose --subgraph shop=http://127.0.0.1:4001/graphql=shop.graphql -o supergraph.graphql",
    "python -m router compose --subgraph shop=… --subgraph stock=… -o supergraph.graphql --check",
)

_DEFAULT_OUTPUT = Path("supergraph.graphql")
_DIFF_LINES = 20


def run(
    *,
    subgraph: Annotated[
        list[str],
        typer.Option(
            metavar="NAME=URL=FILE", help="A subgraph: its name, its address, the file with its SDL. Repeat it."
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write; the standard output without it.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing: compare with the output file, and end with 1 if it differs.")
    ] = False,
    hints: Annotated[bool, typer.Option("--hints", help="Say what composes but may not be meant so.")] = False,
) -> None:
    """Compose subgraphs to a supergraph; every reason why they do not compose is named."""
    errors = Console(stderr=True, soft_wrap=True, highlight=False)
    sources = [_source(text) for text in subgraph]
    try:
        result = compose(sources)
    except CompositionFailed as failed:
        _show_errors(failed, errors)
        raise typer.Exit(1) from None
    _show_hints(result, errors, shown=hints)
    if check:
        _check(output or _DEFAULT_OUTPUT, result.supergraph_sdl, errors)
    elif output is None:
        typer.echo(result.supergraph_sdl, nl=False)
    else:
        write_text(output, result.supergraph_sdl)
        errors.print(f"[green]composed[/] {len(sources)} subgraphs to {escape(str(output))}")


def _source(text: str) -> SubgraphSource:
    name, first, rest = text.partition("=")
    # An address may hold an equals sign, a file's name hardly.
    url, second, file = rest.rpartition("=")
    if not (name and first and second and file):
        raise typer.BadParameter(f"{text!r} is not NAME=URL=FILE.", param_hint="--subgraph")
    return SubgraphSource(name, url, read_text(Path(file)))


def _show_errors(failed: CompositionFailed, console: Console) -> None:
    for error in failed.errors:
        where = f" in {', '.join(error.subgraphs)}" if error.subgraphs else ""
        at = f" at {', '.join(error.coordinates)}" if error.coordinates else ""
        console.print(f"[bold red]{error.code}[/]{escape(where)}{escape(at)}: {escape(error.message)}")
        console.print(f"  [dim]hint: {escape(error.hint)}[/]")
    count = len(failed.errors)
    console.print(f"[bold red]error:[/] {count} reason{'s' if count > 1 else ''} why the subgraphs do not compose")


def _show_hints(result: CompositionResult, console: Console, *, shown: bool) -> None:
    if not shown:
        return
    for hint in result.hints:
        console.print(f"[yellow]{hint.code}[/]: {escape(hint.message)}")


def _check(path: Path, sdl: str, console: Console) -> None:
    present = read_text(path)
    if present == sdl:
        console.print(f"[green]up to date:[/] {escape(str(path))}")
        return
    diff = difflib.unified_diff(present.splitlines(), sdl.splitlines(), f"{path}", "as composed now", lineterm="", n=1)
    lines = list(islice(diff, _DIFF_LINES + 1))
    for line in lines[:_DIFF_LINES]:
        console.print(escape(line))
    if len(lines) > _DIFF_LINES:
        console.print("…")
    console.print(f"[bold red]error:[/] {escape(str(path))} is out of date: compose it again")
    raise typer.Exit(1)
