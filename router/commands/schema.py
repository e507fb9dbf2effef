"""`schema`: the API schema of a supergraph, as clients see it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from graphql import lexicographic_sort_schema, print_schema

from router.commands.files import load

EXAMPLES = ("python -m router schema --supergraph supergraph.graphql > schema.graphql",)


def run(
    *,
    supergraph: Annotated[Path, typer.Option(metavar="FILE", help="The supergraph's SDL.")],
    sort: Annotated[bool, typer.Option("--sort", help="Everything by its name.")] = False,
) -> None:
    """Print the API schema: what clients can ask for, without the machinery of federation."""
    schema = load(supergraph).api_schema
    typer.echo(print_schema(lexicographic_sort_schema(schema) if sort else schema))
