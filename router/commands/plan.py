"""`plan`: the query plan of an operation, or what any stage before it makes of the operation."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
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

from router.commands.callers import variant_for
from router.commands.conditions import with_conditions
from router.commands.files import load, read_text
from router.errors import PlanningError, RequestError
from router.planning import Planner
from router.planning.deferred_fragments import deferring_variables
from router.planning.explain import explain
from router.planning.plan_json import plan_as_json

EXAMPLES = (
    "python -m router plan --supergraph supergraph.graphql --operation query.graphql",
    "echo '{ me { name } }' | python -m router plan --supergraph supergraph.graphql --operation - --stage paths",
    "python -m router plan --supergraph supergraph.graphql --operation query.graphql --variables '{\"more\": false}'",
)

_STANDARD_INPUT = Path("-")


class Stage(StrEnum):
    """The stages of the planner, by what each gives."""

    NORMALIZED = "normalized"
    GRAPH = "graph"
    PATHS = "paths"
    FETCHES = "fetches"
    PLAN = "plan"


class Format(StrEnum):
    """How a plan is written."""

    TEXT = "text"
    JSON = "json"


class InvalidOperation(RequestError):
    """The operation's document is wrong.

    Attributes:
        details: each mistake with its place, where there are several.
    """

    def __init__(self, message: str, details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.details = details


def run(
    *,
    supergraph: Annotated[Path, typer.Option(metavar="FILE", help="The supergraph's SDL.")],
    operation: Annotated[
        Path, typer.Option(metavar="FILE", help="The document with the operation; - for the standard input.")
    ],
    operation_name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which operation, where the document has several.")
    ] = None,
    variables: Annotated[
        str | None,
        typer.Option(metavar="JSON", help="Values of variables: conditions on them are decided before planning."),
    ] = None,
    stage: Annotated[
        Stage,
        typer.Option(
            help="Which stage's artefact to print. normalized: the operation, fragments inlined; graph: what each "
            "subgraph can resolve of each type; paths: who gives each field, and how one gets there; fetches: the "
            "requests with what each waits for; plan: what is executed."
        ),
    ] = Stage.PLAN,
    caller: Annotated[
        str | None,
        typer.Option(
            metavar="JSON",
            help='Who asks, such as {"authenticated": true, "scopes": ["a"]}; else one who may have everything.',
        ),
    ] = None,
    label: Annotated[
        list[str] | None, typer.Option(metavar="LABEL", help="An override label that is active; may be repeated.")
    ] = None,
    output_format: Annotated[Format, typer.Option("--format", help="How the plan is written.")] = Format.TEXT,
) -> None:
    """Print how an operation would be executed. The same input gives the same text."""
    if output_format is Format.JSON and stage is not Stage.PLAN:
        raise typer.BadParameter("only the last stage, the plan, can be had as JSON.", param_hint="--format")
    loaded = load(supergraph)
    document = _parsed(_text(operation), operation, loaded.api_schema)
    chosen = get_operation_ast(document, operation_name)
    if chosen is None:
        raise PlanningError(_choice(document, operation_name))
    values = None if variables is None else _coerced(loaded.api_schema, chosen, _decoded(variables))
    deferred = _deferred(document, values or {})
    if values is not None:
        document = with_conditions(document, values)
    variant = variant_for(loaded, document, operation_name, caller=caller, labels=label or [])
    if output_format is Format.JSON:
        plan = Planner(loaded).plan(document, operation_name, variant=variant, deferred=deferred)
        typer.echo(json.dumps(plan_as_json(plan), indent=2))
    else:
        text = explain(loaded, document, operation_name, stage.value, variant=variant, deferred=deferred)
        typer.echo(text.rstrip("\n"))


def _text(operation: Path) -> str:
    return sys.stdin.read() if operation == _STANDARD_INPUT else read_text(operation)


def _deferred(document: DocumentNode, values: Mapping[str, Any]) -> dict[str, bool] | None:
    """Decide what is deferred as for a client that takes it: where a variable decides and has no value, it is."""
    names = deferring_variables(document)
    return None if names is None else {name: values.get(name, True) is True for name in names}


def _choice(document: DocumentNode, asked: str | None) -> str:
    definitions = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    names = ", ".join(node.name.value for node in definitions if node.name)
    if not definitions:
        return "The document has no operation, only fragments."
    if asked is not None:
        return f"The document has no operation named {asked!r}" + (f", only {names}." if names else ".")
    return f"The document has several operations: choose one of {names} by --operation-name."


def _parsed(text: str, path: Path, schema: GraphQLSchema) -> DocumentNode:
    name = "the standard input" if path == _STANDARD_INPUT else str(path)
    try:
        document = parse(text)
    except GraphQLError as error:
        raise InvalidOperation(f"{name} is no GraphQL document: {_told(error)}") from error
    errors = [_told(error) for error in validate(schema, document)]
    if len(errors) == 1:
        raise InvalidOperation(f"{name} is not valid: {errors[0]}")
    if errors:
        raise InvalidOperation(f"{name} is not valid, for {len(errors)} reasons:", tuple(errors))
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
