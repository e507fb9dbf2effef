"""Other planners, in Node.js: how deep their plans are, and how many requests they make."""

from __future__ import annotations

import json
import select
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from graphql import FieldNode, InlineFragmentNode, SelectionSetNode, parse
from graphql.language import OperationDefinitionNode

from router.execution.completion import holds
from router.planning.plan import KeySegment, PathSegment
from router.planning.planner import Artefacts
from router.planning.query_graph import QueryGraph
from router.planning.selections import Selection
from router.supergraph import TypeKind

FOLDER = Path(__file__).resolve().parents[3] / "tools" / "planner-peers"
NAMES = ("apollo", "hive")

_SECONDS = 20
"""A peer that plans one operation for longer has no answer."""


def installed() -> bool:
    """Whether the peers can be asked."""
    return shutil.which("node") is not None and (FOLDER / "node_modules").is_dir()


@dataclass(frozen=True, order=True)
class Measure:
    """What counts of a plan, in the order in which it counts: requests that follow each other, requests at all."""

    depth: int
    requests: int


@dataclass(frozen=True)
class Answer:
    """A peer's plan; or why it has none.

    Attributes:
        measures: one for each set of variables.
        fetches: subgraphs with the operations that they are sent.
        plan: for people.
    """

    measures: tuple[Measure, ...] = ()
    fetches: tuple[tuple[str, str], ...] = ()
    plan: str = ""
    error: str = ""


class Peer:
    """A planner in a process of its own, started again when it crashes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._process: subprocess.Popen[bytes] | None = None
        self._supergraph = ""

    def plan(self, supergraph: str, operation: str, variables: Sequence[Mapping[str, bool]]) -> Answer:
        """Plan an operation, and measure the plan for each set of variables."""
        if self._process is None:
            self._process = subprocess.Popen(
                ["node", str(FOLDER / "plan.mjs"), self.name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            self._supergraph = ""
        question: dict[str, Any] = {"operation": operation, "variables": variables}
        if self._supergraph != supergraph:
            question["supergraph"] = self._supergraph = supergraph
        answer = self._ask(self._process, question)
        if answer is None:
            self.close()
            return Answer(error="crashed, or took too long")
        if "error" in answer:
            return Answer(error=answer["error"])
        return Answer(
            tuple(Measure(item["depth"], item["fetches"]) for item in answer["measures"]),
            tuple((item["subgraph"], item["operation"]) for item in answer["fetches"]),
            answer["plan"],
        )

    def _ask(self, process: subprocess.Popen[bytes], question: Mapping[str, Any]) -> dict[str, Any] | None:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(question).encode() + b"\n")
        process.stdin.flush()
        if not select.select([process.stdout], [], [], _SECONDS)[0]:
            return None
        line = process.stdout.readline()
        return dict(json.loads(line)) if line else None

    def close(self) -> None:
        """End its process."""
        if self._process is None:
            return
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.kill()
        self._process.wait()
        self._process = None


@contextmanager
def peers() -> Iterator[list[Peer]]:
    """Give all peers; they end with the context."""
    found = [Peer(name) for name in NAMES]
    try:
        yield found
    finally:
        for peer in found:
            peer.close()


def values_of(operation: str) -> list[dict[str, bool]]:
    """List all values that the Boolean variables of an operation can have."""
    (definition,) = [node for node in parse(operation).definitions if isinstance(node, OperationDefinitionNode)]
    names = [item.variable.name.value for item in definition.variable_definitions or ()]
    return [dict(zip(names, values, strict=True)) for values in product((True, False), repeat=len(names))]


def measure(made: Artefacts, variables: Mapping[str, bool]) -> Measure:
    """Measure a plan of ours: the steps that have something to ask for with these variables."""
    levels: dict[int, int] = {}
    requests = 0
    for step in made.plan.steps:
        targets = [target.path for batch in step.batches for target in batch.targets] or [step.path]
        runs = holds(step.conditions, variables) and any(
            _is_there(path, made.normal.selection, variables) for path in targets
        )
        requests += runs
        levels[step.id] = runs + max((levels[item] for item in step.depends_on), default=0)
    return Measure(max(levels.values(), default=0), requests)


def _is_there(path: Sequence[PathSegment], selection: Selection, variables: Mapping[str, bool]) -> bool:
    """Whether the conditions of the fields that lead to a place let anything be there."""
    current = [selection]
    for segment in path:
        if not isinstance(segment, KeySegment):
            continue
        fields = [item for part in current for item in part.fields if item.key == segment.key]
        if not fields:
            return True  # the client did not ask for it: it is there for a requirement
        current = [item.selection for item in fields if item.selection and holds(item.conditions, variables)]
        if not current:
            return False
    return True


def unreadable(graph: QueryGraph, answer: Answer) -> list[str]:
    """List the fields that a peer's plan reads where they must not be read: external or overridden ones (rule 9)."""
    found: list[str] = []
    subgraphs = {item.enum_name: name for name, item in graph.supergraph.subgraphs.items()}
    for subgraph, operation in answer.fetches:
        name = subgraphs.get(subgraph, subgraph)
        document = parse(operation)
        waiting = [
            (item.selection_set, graph.supergraph.root_types[item.operation])
            for item in document.definitions
            if isinstance(item, OperationDefinitionNode)
        ]
        while waiting:
            selection, type_name = waiting.pop()
            for node in selection.selections:
                if isinstance(node, InlineFragmentNode):
                    inner = node.type_condition.name.value if node.type_condition is not None else type_name
                    waiting.append((node.selection_set, inner))
                elif isinstance(node, FieldNode) and node.name.value == "_entities" and node.selection_set is not None:
                    waiting.append((node.selection_set, type_name))
                elif isinstance(node, FieldNode):
                    waiting += _read(graph, name, type_name, node, found)
    return found


def _read(
    graph: QueryGraph, subgraph: str, type_name: str, node: FieldNode, found: list[str]
) -> list[tuple[SelectionSetNode, str]]:
    own = graph.types[type_name].subgraphs.get(subgraph)
    field = own.fields.get(node.name.value) if own is not None else None
    if field is None:
        return []
    sources = graph.sources(type_name, node.name.value)
    abstract = graph.types[type_name].kind is not TypeKind.OBJECT
    if not abstract and all(item.subgraph != subgraph for item in sources):
        found.append(f"{subgraph}: {type_name}.{node.name.value}")
    # What is provided below this field may be read there: it is not looked at further.
    deeper = node.selection_set is not None and field.provides is None
    return [(node.selection_set, field.type.named)] if deeper and node.selection_set is not None else []
