"""A failing case as files that `python -m router plan` takes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tests.router.oracle.compare import Case, Graph, Outcome

__all__ = ["write_report"]


def write_report(folder: Path, graph: Graph, case: Case, outcome: Outcome) -> str:
    """Write a case below a folder; give the message that says where, and how to look at the plan."""
    name = hashlib.sha256(repr((sorted(graph.subgraphs.items()), case)).encode()).hexdigest()[:10]
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    files = {
        "supergraph.graphql": graph.supergraph.sdl,
        "operation.graphql": case.operation,
        "variables.json": json.dumps(dict(case.variables)),
        "expected.json": json.dumps(outcome.expected, indent=2),
        "actual.json": json.dumps(outcome.actual, indent=2),
        "faults.txt": "\n".join([*outcome.faults, f"labels: {sorted(case.labels)}", f"{case}"]),
        "requests.txt": "\n\n".join(
            f"{subgraph}: {document}\n{json.dumps(dict(variables))}"
            for subgraph, document, variables in outcome.requests
        ),
        **{f"subgraph-{name}.graphql": sdl for name, sdl in graph.subgraphs.items()},
    }
    for file, text in files.items():
        (place / file).write_text(text + "\n")
    command = f"python -m router plan --supergraph {place}/supergraph.graphql --operation {place}/operation.graphql"
    return "\n".join([*outcome.faults[:5], f"files: {place}", f"plan:  {command}"])
