"""The plan as a JSON value, for tools: the same facts as the text has, without anything to parse."""

from __future__ import annotations

from typing import Any

from router.planning.plan import (
    ALWAYS,
    Conditions,
    EntityBatch,
    EntityTarget,
    FetchStep,
    QueryPlan,
    RepresentationField,
    RepresentationObject,
)
from router.planning.print_deferral import deferral_as_json
from router.planning.print_plan import print_path

__all__ = ["plan_as_json"]

_Json = dict[str, Any]


def plan_as_json(plan: QueryPlan) -> _Json:
    """Give a plan as a JSON object.

    Returns:
        `kind` is `QueryPlan`; `operationKind` is `query`, `mutation` or `subscription`; `passthrough` tells whether the
        one answer is the response as it is; `introspection`, where there is any, what the router answers itself.
        `denied`, where there are any, the fields that the caller may not have.
        `nodes` are the requests in an order in which they can be made; each names by `after` those it waits for.
        `deferral`, where there is any, is what comes after the first response.
    """
    value: _Json = {"kind": "QueryPlan", "operationKind": plan.operation.value, "passthrough": plan.passthrough}
    if plan.introspection is not None:
        value["introspection"] = {"operation": plan.introspection.document}
    if plan.denied:
        value["denied"] = [
            {"path": list(item.path)}
            | ({} if item.conditions == ALWAYS else {"conditions": _conditions(item.conditions)})
            for item in plan.denied
        ]
    value["nodes"] = [_node(step, plan) for step in plan.steps]
    if plan.deferral is not None:
        value["deferral"] = deferral_as_json(plan.deferral)
    return value


def _node(step: FetchStep, plan: QueryPlan) -> _Json:
    subscribed = step.id == 0 and step.operation is plan.operation and step.operation.value == "subscription"
    node: _Json = {
        "kind": "Subscribe" if subscribed else "Fetch",
        "id": step.id,
        "serviceName": step.subgraph,
        "operationKind": step.operation.value,
        "operation": step.document,
        "variableUsages": list(step.variables),
        "after": list(step.depends_on),
    }
    if step.conditions != ALWAYS:
        node["conditions"] = _conditions(step.conditions)
    if step.path:
        node["path"] = print_path(step.path)
    if step.batches:
        node["entities"] = [_batch(batch) for batch in step.batches]
    return node


def _conditions(conditions: Conditions) -> list[list[_Json]]:
    """Give alternatives, of which one has to hold, each a list of variables and what they have to be."""
    return [[{"variable": item.variable, "is": item.expected} for item in every] for every in conditions]


def _batch(batch: EntityBatch) -> _Json:
    targets = [_target(target) for target in batch.targets]
    return {"alias": batch.alias, "variable": batch.variable, "targets": targets}


def _target(target: EntityTarget) -> _Json:
    value: _Json = {"path": print_path(target.path), "requires": _representation(target.representation)}
    if target.contexts:
        value["contexts"] = [
            {
                "variable": item.variable,
                "path": print_path(target.path[: item.depth]),
                "value": _representation(item.value),
            }
            for item in target.contexts
        ]
    return value


def _representation(value: RepresentationObject) -> list[_Json]:
    fields: list[_Json] = []
    if value.with_typename:
        typename: _Json = {"name": "__typename"}
        if value.typename is not None:
            typename["value"] = value.typename
        fields.append(typename)
    return fields + [_field(item) for item in value.fields]


def _field(item: RepresentationField) -> _Json:
    field: _Json = {"name": item.name}
    if item.source != item.name:
        field["from"] = item.source
    if not item.required:
        field["optional"] = True
    if item.types is not None:
        field["on"] = sorted(item.types)
    if item.selection is not None:
        field["fields"] = _representation(item.selection)
    return field
