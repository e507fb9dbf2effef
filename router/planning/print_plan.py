"""The plan as text: stable, indented, in the manner of the query plans that people know."""

from __future__ import annotations

from collections.abc import Iterable

from graphql import parse
from graphql.language import FieldNode, OperationDefinitionNode, OperationType, print_ast

from router.planning.conditions import print_conditions
from router.planning.plan import (
    DeniedField,
    EntityBatch,
    FetchStep,
    FieldProjection,
    FlattenSegment,
    KeySegment,
    ObjectProjection,
    PathSegment,
    QueryPlan,
    RepresentationField,
    RepresentationObject,
    Wrapping,
)
from router.planning.print_deferral import print_deferral

__all__ = ["print_fields", "print_path", "print_plan", "print_projection"]

_INDENT = "  "


def print_plan(plan: QueryPlan) -> str:
    """Write a plan. Steps that may start together stand in a Parallel; `after` says what each really waits for."""
    lines = ["QueryPlan {" if not plan.passthrough else "QueryPlan(passthrough) {"]
    if plan.introspection is not None:
        lines += _indented(["Introspection {", *_indented([_document(plan.introspection.document)]), "}"])
    lines += _indented(map(_denied, plan.denied))
    waves = _waves(plan.steps)
    blocks = [_wave(wave) for wave in waves]
    if len(blocks) > 1:
        inner = [line for block in blocks for line in block]
        lines += _indented(["Sequence {", *_indented(inner), "}"])
    else:
        lines += _indented([line for block in blocks for line in block])
    if plan.deferral is not None:
        lines += _indented(print_deferral(plan.deferral))
    return "\n".join([*lines, "}"]) + "\n"


def _denied(field: DeniedField) -> str:
    conditions = print_conditions(field.conditions)
    return f'Denied(path: "{".".join(field.path)}"{f", if: {conditions}" if conditions else ""})'


def _waves(steps: tuple[FetchStep, ...]) -> list[list[FetchStep]]:
    levels: dict[int, int] = {}
    waves: list[list[FetchStep]] = []
    for step in steps:
        level = 1 + max((levels[need] for need in step.depends_on), default=-1)
        levels[step.id] = level
        while len(waves) <= level:
            waves.append([])
        waves[level].append(step)
    return waves


def _wave(wave: list[FetchStep]) -> list[str]:
    if len(wave) == 1:
        return _step(wave[0])
    return ["Parallel {", *_indented(line for step in wave for line in _step(step)), "}"]


def _step(step: FetchStep) -> list[str]:
    kind = "Subscribe" if step.operation is OperationType.SUBSCRIPTION else "Fetch"
    facts = [f'service: "{step.subgraph}"', f"id: {step.id}"]
    if step.depends_on:
        facts.append(f"after: [{', '.join(str(need) for need in step.depends_on)}]")
    if step.variables:
        facts.append(f"variables: [{', '.join(f'${name}' for name in step.variables)}]")
    if (conditions := print_conditions(step.conditions)) != "":
        facts.append(f"if: {conditions}")
    lines = [f"{kind}({', '.join(facts)}) {{"]
    if step.path:
        lines += _indented([f'Merge(path: "{print_path(step.path)}")'])
    for batch in step.batches:
        lines += _indented(_batch(batch, step.document))
    if not step.batches:
        lines += _indented([_document(step.document)])
    return [*lines, "}"]


def _batch(batch: EntityBatch, document: str) -> list[str]:
    lines = [
        f'Flatten(path: "{print_path(target.path)}") {_representation(target.representation)}'
        for target in batch.targets
    ]
    lines += [
        f'Context(${value.variable}: "{print_path(target.path[: value.depth])}") {_representation(value.value)}'
        for target in batch.targets
        for value in target.contexts
    ]
    return [*lines, f"=> {_selection_of(document, batch.alias)}"]


def _selection_of(document: str, alias: str) -> str:
    """Print the selection of one `_entities` field."""
    definition = parse(document, no_location=True).definitions[0]
    if isinstance(definition, OperationDefinitionNode):
        for node in definition.selection_set.selections:
            if isinstance(node, FieldNode) and (node.alias or node.name).value == alias and node.selection_set:
                return print_ast(node.selection_set)
    return ""


def _document(document: str) -> str:
    text = print_ast(parse(document, no_location=True))
    return text.removeprefix("query ") if text.startswith("query {") else text


def print_path(path: tuple[PathSegment, ...]) -> str:
    """Write a path: keys, `@` for each list level, `|[Types]` for a type condition."""
    text = ""
    for segment in path:
        if isinstance(segment, KeySegment):
            text += f".{segment.key}" if text else segment.key
        elif isinstance(segment, FlattenSegment):
            text += ".@" * segment.depth
        else:
            text += f"|[{','.join(sorted(segment.types))}]"
    return text


def _representation(value: RepresentationObject) -> str:
    parts = []
    if value.with_typename:
        parts.append(f"__typename: {value.typename}" if value.typename is not None else "__typename")
    if value.fields:
        parts.append(print_fields(value.fields))
    return f"{{ {', '.join(parts)} }}" if parts else "{}"


def print_fields(fields: Iterable[RepresentationField]) -> str:
    """Write a representation's fields: `?` after those without which it is sent too, `name: key` where aliased."""
    parts = []
    for field in fields:
        text = field.name if field.name == field.source else f"{field.name}: {field.source}"
        if not field.required:
            text += "?"
        if field.types is not None:
            text += f" on {'|'.join(sorted(field.types))}"
        if field.selection is not None:
            text += f" {_representation(field.selection)}"
        parts.append(text)
    return ", ".join(parts)


def print_projection(projection: ObjectProjection) -> str:
    """Write a projection: response keys with types, sources, type conditions and conditions."""
    return "\n".join(_projection(projection)) + "\n"


def _projection(projection: ObjectProjection) -> list[str]:
    head = projection.parent_type
    if projection.possible_types is not None:
        head += f" is {'|'.join(sorted(projection.possible_types))}"
    lines = [f"{head} {{"]
    for field in projection.fields:
        lines += _indented(_projected(field))
    return [*lines, "}"]


def _projected(field: FieldProjection) -> list[str]:
    text = f"{field.response_key}: {_wrapped(field.type_name, field.wrapping)}"
    if field.source != field.response_key:
        text += f" from {field.source}"
    if field.constant is not None:
        text += f" = {field.constant}"
    if field.type_condition is not None:
        text += f" on {'|'.join(sorted(field.type_condition))}"
    if (conditions := print_conditions(field.conditions)) != "":
        text += f" if {conditions}"
    if field.selection is None:
        return [text]
    below = _projection(field.selection)
    return [f"{text} {below[0]}", *below[1:]]


def _wrapped(name: str, wrapping: Wrapping) -> str:
    inner = name if wrapping.item is None else f"[{_wrapped(name, wrapping.item)}]"
    return f"{inner}!" if wrapping.non_null else inner


def _indented(lines: Iterable[str]) -> list[str]:
    return [_INDENT + line for text in lines for line in text.split("\n")]
