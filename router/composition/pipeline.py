"""`compose`: the stages of composition in their order, each on what the one before it found to be right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from router.composition.errors import Hint, Report
from router.composition.facts import SubgraphFacts
from router.composition.federation_1 import upgraded
from router.composition.federation_spec import FEDERATION_1
from router.composition.inaccessible import check_inaccessible
from router.composition.merged_rules import (
    check_implementations,
    check_query,
    check_requirements,
    check_schema,
)
from router.composition.merging import merge
from router.composition.printing import print_supergraph
from router.composition.reading import SubgraphSource, read_subgraph
from router.composition.rights import check_rights
from router.composition.satisfiability import check_satisfiability
from router.composition.validation import validate_subgraph

_NO_NAME_CHARACTER = re.compile(r"[^A-Za-z0-9_]")
_NUMBERED = re.compile(r"_\d+$")
_RESERVED_NAMES = frozenset({"", "_"})


@dataclass(frozen=True, slots=True)
class CompositionResult:
    """A supergraph, and what may not be meant as it was merged."""

    supergraph_sdl: str
    hints: tuple[Hint, ...]


def compose(subgraphs: Sequence[SubgraphSource]) -> CompositionResult:
    """Compose subgraphs to a supergraph; their order does not matter.

    Raises:
        CompositionFailed: with every error of the first stage that found any.
    """
    report = Report()
    ordered = sorted(subgraphs, key=lambda source: source.name)
    _check_names(ordered, report)
    report.stop_on_errors()
    graphs = graph_values([source.name for source in ordered])
    read = [subgraph for source in ordered if (subgraph := read_subgraph(source, graphs[source.name], report=report))]
    # One of federation 1 is seen together with all the others, so that it waits until they can be read.
    complete = (
        upgraded(read, report) if len(read) == len(ordered) else [one for one in read if one.version > FEDERATION_1]
    )
    facts = [SubgraphFacts(subgraph) for subgraph in complete]
    for one in facts:
        validate_subgraph(one, report=report)
    report.stop_on_errors()
    supergraph, overrides = merge(facts, report)
    check_query(supergraph, report)
    report.stop_on_errors()
    check_implementations(supergraph, report)
    check_requirements(supergraph, facts, report)
    check_rights(supergraph, facts, report)
    report.stop_on_errors()
    check_inaccessible(supergraph, report)
    sdl = print_supergraph(supergraph)
    check_schema(sdl, report)
    report.stop_on_errors()
    check_satisfiability(supergraph, facts, overrides=overrides, report=report)
    report.stop_on_errors()
    return CompositionResult(sdl, report.hints)


def _check_names(sources: Sequence[SubgraphSource], report: Report) -> None:
    for name, count in Counter(source.name for source in sources).items():
        if count > 1:
            report.error("INVALID_SUBGRAPH_NAME", f'{count} subgraphs are called "{name}".', subgraphs=[name])
        if name in _RESERVED_NAMES:
            report.error("INVALID_SUBGRAPH_NAME", f'"{name}" is no name for a subgraph.', subgraphs=[name])
    if not sources:
        report.error("NO_QUERIES", "There is no subgraph, and so no query.")


def graph_values(names: Sequence[str]) -> dict[str, str]:
    """Give each subgraph its value of `join__Graph`: upper case, numbered where two would be the same."""
    plain = {name: _NO_NAME_CHARACTER.sub("_", name).upper() for name in names}
    plain = {name: f"_{value}" if value[0].isdigit() else value for name, value in plain.items()}
    # A name that ends like a number given here gets a tail, so that the two can not be taken for each other.
    plain = {name: f"{value}_" if _NUMBERED.search(value) else value for name, value in plain.items()}
    counts = Counter(plain.values())
    numbers: Counter[str] = Counter()
    values: dict[str, str] = {}
    for name, value in plain.items():
        numbers[value] += 1
        values[name] = f"{value}_{numbers[value]}" if counts[value] > 1 else value
    return values
