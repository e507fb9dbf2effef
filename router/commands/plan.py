"""`plan`: the query plan of an operation, or what any stage before it makes of the operation."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    get_operation_ast,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from router.commands.conditions import with_conditions
from router.commands.files import read_text
from router.errors import PlanningError, RequestError
from router.planning.explain import explain
from router.supergraph import load_supergraph


class Stage(StrEnum):
    """The stages of the planner, by what each gives."""

    NORMALIZED = "normalized"
    GRAPH = "graph"
    PATHS = "paths"
    FETCHES = "fetches"
    PLAN = "plan"


def run(
    *,
    supergraph: Annotated[Path, typer.Option(metavar="FILE", help="The supergraph's SDL.")],
    operation: Annotated[Path, typer.Option(metavar="FILE", help="The document with the operation.")],
    operation_name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which operation, where the document has several.")
    ] = None,
    variables: Annotated[
        str | None,
        typer.Option(metavar="JSON", help="Values of variables: conditions on them are decided before planning."),
    ] = None,
    stage: Annotated[Stage, typer.Option(help="Which stage's artefact to print.")] = Stage.PLAN,
) -> None:
    """Print how an operation would be executed, as stable text."""
    loaded = load_supergraph(read_text(supergraph))
    document = _parsed(read_text(operation), operation, loaded.api_schema)
    chosen = get_operation_ast(document, operation_name)
    if chosen is None:
        raise PlanningError("The document has no such operation, or several and none was named.")
    if variables is not None:
        document = with_conditions(document, _coerced(loaded.api_schema, chosen, _decoded(variables)))
    typer.echo(explain(loaded, document, operation_name, stage.value).rstrip("\n"))


def _parsed(text: str, path: Path, schema: GraphQLSchema) -> DocumentNode:
    try:
        document = parse(text)
    except GraphQLError as error:
        raise RequestError(f"{path} is no GraphQL document: {_told(error)}") from error
    errors = validate(schema, document)
    if errors:
        raise RequestError(f"{path} is not valid: " + "; ".join(map(_told, errors)))
    return document


def _told(error: GraphQLError) -> str:
    if not error.locations:
        return error.message
    return f"{error.message} (line {error.locations[0].line}, column {error.locations[0].column})"


def _decoded(variables: str) -> dict[str, Any]:
    try:
        values = json.loads(variables)
    except ValueError as error:
        raise typer.BadParameter(f"not JSON: {error}", param_hint="--variables") from error
    if not isinstance(values, dict):
        raise typer.BadParameter("variables are a JSON object.", param_hint="--variables")
    return values


def _coerced(schema: GraphQLSchema, chosen: OperationDefinitionNode, values: dict[str, Any]) -> dict[str, Any]:
    coerced = get_variable_values(schema, chosen.variable_definitions or (), values)
    if isinstance(coerced, list):
        raise RequestError("; ".join(error.message for error in coerced))
    return coerced.coerced
