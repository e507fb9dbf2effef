"""Fetches compiled from a plan's steps: what each sends, and where its answer goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from router.execution.contexts import ContextProgram
from router.execution.encoding import encode
from router.execution.paths import compile_path, key_path
from router.execution.representations import Builder, RepresentationList, compile_representation, lacks_input
from router.planning.plan import ALWAYS, EntityBatch, EntityTarget, FetchStep, QueryPlan

__all__ = ["Asked", "BatchProgram", "FetchProgram", "StepProgram", "TargetProgram"]


class TargetProgram:
    """One entity target, compiled.

    Attributes:
        path: where its objects are.
        collect: finds them in the merged tree.
        build: makes their representations.
        key: the internal key that alone decides about a representation, where there is one.
        contexts: what it takes from objects above its own; None where nothing.
    """

    __slots__ = ("_sources", "build", "collect", "contexts", "key", "path")

    def __init__(self, target: EntityTarget) -> None:
        self.path = target.path
        self.collect = compile_path(target.path)
        self.contexts = ContextProgram(target) if target.contexts else None
        self.build: Builder
        self.build, self.key = compile_representation(target.representation)
        self._sources = tuple((field.source, field.types) for field in target.representation.fields)

    def lacks_input(self, item: dict[str, Any]) -> bool:
        """Say whether something that the representation needs never arrived at an object."""
        return lacks_input(item, self._sources)


class Asked:
    """What one `_entities` field of one request asks.

    Attributes:
        batch: the field.
        representations: what is sent.
        places: for each target its objects, and for each object the index of its representation or -1.
        left_out: objects that are not asked for, as an earlier fetch brought nothing for them.
    """

    __slots__ = ("batch", "left_out", "places", "representations")

    def __init__(
        self,
        batch: BatchProgram,
        tree: dict[str, Any],
        void: frozenset[int] | set[int],
        *,
        only: frozenset[int] | None = None,
    ) -> None:
        """Collect what there is to ask.

        Args:
            batch: the field.
            tree: the merged tree.
            void: ids of objects for which an earlier fetch brought nothing.
            only: ids of the objects that this request is for; None for all.
        """
        self.left_out: list[dict[str, Any]] = []
        self.batch = batch
        self.representations = RepresentationList()
        self.places: list[tuple[TargetProgram, list[dict[str, Any]], list[int]]] = []
        for target in batch.targets:
            objects = target.collect(tree)
            if only is not None:
                objects = [item for item in objects if id(item) in only]
            if void:
                # Rule 5: where nothing came back, there is nothing to go on with, unless all that is needed is there.
                lacking = [item for item in objects if id(item) in void and target.lacks_input(item)]
                self.left_out += lacking
                lacking_ids = set(map(id, lacking))
                objects = [item for item in objects if id(item) not in lacking_ids]
            if objects:
                positions = self.representations.add(objects, target.build, key=target.key)
                self.places.append((target, objects, positions))

    def objects(self) -> list[dict[str, Any]]:
        """Give all objects that are asked for."""
        return [
            item
            for _, objects, positions in self.places
            for item, position in zip(objects, positions, strict=True)
            if position >= 0
        ]


class BatchProgram:
    """One `_entities` field, compiled."""

    __slots__ = ("alias", "head", "targets")

    def __init__(self, batch: EntityBatch) -> None:
        self.alias = batch.alias
        self.head = orjson.dumps(batch.variable) + b":["
        self.targets = tuple(TargetProgram(target) for target in batch.targets)


class StepProgram:
    """One step, compiled.

    Attributes:
        step: the plan's step.
        batches: what an entity fetch asks.
        collect: where a root fetch's answer is merged.
        contexts: what the one target of an entity fetch takes from objects above its own.
        always: whether the step has no conditions.
        shares: whether equal entities may share what came back for them: no other step changes it in one place alone.
        has_dependents: whether other steps go on with what this one brings.
    """

    __slots__ = ("_body", "_head", "always", "batches", "collect", "contexts", "has_dependents", "shares", "step")

    def __init__(self, step: FetchStep, *, shares: bool, has_dependents: bool) -> None:
        self.step = step
        self.batches = tuple(BatchProgram(batch) for batch in step.batches)
        self.contexts = next((each.contexts for batch in self.batches for each in batch.targets if each.contexts), None)
        self.collect = compile_path(step.path)
        self.always = step.conditions == ALWAYS
        self.shares = shares
        self.has_dependents = has_dependents
        head = b'{"query":' + orjson.dumps(step.document)
        if step.operation_name is not None:
            head += b',"operationName":' + orjson.dumps(step.operation_name)
        self._body = head + b"}"
        self._head = head + b',"variables":'

    def body(
        self, variables: Mapping[str, Any], asked: Sequence[Asked] = (), own: Mapping[str, Any] | None = None
    ) -> bytes:
        """Write the request's JSON: the client's values of the variables that are used, and the representations.

        Args:
            variables: the client's.
            asked: what each `_entities` field asks.
            own: variables of the request itself, which come from contexts.
        """
        names = self.step.variables
        if not names and not asked:
            return self._body
        given = encode({name: variables[name] for name in names if name in variables}) if names else b"{}"
        if own:
            given = encode({name: variables[name] for name in names if name in variables} | dict(own))
        if not asked:
            return self._head + given + b"}"
        lists = b",".join(each.batch.head + b",".join(each.representations.encoded) + b"]" for each in asked)
        separator = b"," if len(given) > len(b"{}") else b""
        return b"".join((self._head, given[:-1], separator, lists, b"}}"))


class FetchProgram:
    """All steps of a plan, compiled.

    Attributes:
        steps: by their numbers.
        exact: whether answers may hold numbers that have to be kept digit by digit.
    """

    __slots__ = ("exact", "steps")

    def __init__(self, plan: QueryPlan, *, exact: bool = False) -> None:
        self.exact = exact
        ancestors: list[frozenset[int]] = []
        for step in plan.steps:
            ancestors.append(frozenset(step.depends_on).union(*(ancestors[parent] for parent in step.depends_on)))
        paths = [_paths(step) for step in plan.steps]
        needed = {parent for step in plan.steps for parent in step.depends_on}
        self.steps = tuple(
            StepProgram(
                step,
                shares=not any(
                    _touch(paths[step.id], paths[other.id])
                    for other in plan.steps
                    if other.id != step.id and other.id not in ancestors[step.id]
                ),
                has_dependents=step.id in needed,
            )
            for step in plan.steps
        )


def _paths(step: FetchStep) -> list[tuple[str, ...]]:
    if not step.batches:
        return [key_path(step.path)]
    return [key_path(target.path) for batch in step.batches for target in batch.targets]


def _touch(paths: list[tuple[str, ...]], others: list[tuple[str, ...]]) -> bool:
    return any(path[: len(other)] == other[: len(path)] for path in paths for other in others)
