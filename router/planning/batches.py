"""Entity requests: which entries share a representation, an `_entities` field, or only the request (rule 7)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from router.planning.documents import DocumentPrinter
from router.planning.entries import united
from router.planning.fetch_tree import Entry, EntryContext, FetchNode, Group
from router.planning.plan import ContextValue, EntityBatch, EntityTarget, RepresentationField, RepresentationObject
from router.planning.query_graph import QueryGraph

__all__ = ["build_batches"]


@dataclass(slots=True)
class _Bin:
    """One `_entities` field: a selection for each type, and the places that it is for."""

    selections: dict[str, tuple[str, FetchNode]] = field(default_factory=dict)
    targets: list[EntityTarget] = field(default_factory=list)


def build_batches(
    graph: QueryGraph, group: Group, printer: DocumentPrinter, taken: frozenset[str]
) -> tuple[tuple[EntityBatch, ...], str, tuple[str, ...]]:
    """Lay out an entity request.

    Args:
        graph: the query graph.
        group: a group with entries.
        printer: prints for the group's subgraph; collects the variables.
        taken: names of the client's variables.

    Returns:
        The batches, the text of the request's selection, and its own variable definitions.
    """
    contexts = _contexts(group, taken)
    printer.contexts = {item.argument: value.variable for item, value in contexts}
    bins: list[_Bin] = []
    for entry in _joined(group.entries):
        _put(graph, group.subgraph, bins, entry, printer.selection(entry.node))
    single = len(bins) == 1
    batches, texts, definitions = [], [], []
    for number, item in enumerate(bins):
        alias = "_entities" if single else f"_e{number}"
        variable = _free("representations" if single else f"representations_{number}", taken)
        fragments = " ".join(f"... on {name} {text}" for name, (text, _) in item.selections.items())
        prefix = "" if single else f"{alias}: "
        texts.append(f"{prefix}_entities(representations: ${variable}) {{ {fragments} }}")
        definitions.append(f"${variable}: [_Any!]!")
        batches.append(EntityBatch(alias, variable, tuple(item.targets)))
    definitions += [f"${value.variable}: {item.type}" for item, value in contexts]
    if contexts:
        values = tuple(value for _, value in contexts)
        batches = [
            replace(one, targets=tuple(replace(each, contexts=values) for each in one.targets)) for one in batches
        ]
    return tuple(batches), " ".join(texts), tuple(definitions)


def _contexts(group: Group, taken: frozenset[str]) -> list[tuple[EntryContext, ContextValue]]:
    """Name a variable for each argument that comes from a context; a group with such has one entry only."""
    return [
        (
            item,
            ContextValue(_free(f"context_{item.argument}", taken), item.depth, item.value, item.type.endswith("!")),
        )
        for item in (group.entries[0].contexts if not group.mergeable else ())
    ]


def _free(name: str, taken: frozenset[str]) -> str:
    while name in taken:
        name = f"_{name}"
    return name


def _joined(entries: list[Entry]) -> list[Entry]:
    """Make one entry of several at the same place that can be asked by the same representation."""
    kept: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        same = kept.setdefault((entry.path, entry.typename, entry.key), [])
        for known in same:
            if not _contradict(known.representation, entry.representation):
                known.representation = united(known.representation, entry.representation)
                known.node.absorb(entry.node)
                break
        else:
            same.append(entry)
    return [entry for same in kept.values() for entry in same]


def _contradict(left: tuple[RepresentationField, ...], right: tuple[RepresentationField, ...]) -> bool:
    """Whether one representation would have to give a field two values (rule 16)."""
    for one in left:
        for other in right:
            if one.name != other.name:
                continue
            apart = one.types is not None and other.types is not None and not one.types & other.types
            if apart:
                continue
            if one.source != other.source:
                return True
            inner = one.selection is not None and other.selection is not None
            if inner and _contradict(_fields_of(one), _fields_of(other)):
                return True
    return False


def _fields_of(item: RepresentationField) -> tuple[RepresentationField, ...]:
    return () if item.selection is None else item.selection.fields


def _put(graph: QueryGraph, subgraph: str, bins: list[_Bin], entry: Entry, text: str) -> None:
    target = EntityTarget(
        entry.path, RepresentationObject(entry.representation, typename=entry.typename, with_typename=True)
    )
    for item in bins:
        known = item.selections.get(entry.typename)
        if known is not None and known[0] == text:
            item.targets.append(target)
            return
    for item in bins:
        others = [(name, node) for name, (_, node) in item.selections.items()]
        if entry.typename not in item.selections and all(
            not _overlap(graph, subgraph, name, entry.typename) and _agree(graph, subgraph, [(node, entry.node)])
            for name, node in others
        ):
            item.selections[entry.typename] = (text, entry.node)
            item.targets.append(target)
            return
    bins.append(_Bin({entry.typename: (text, entry.node)}, [target]))


def _overlap(graph: QueryGraph, subgraph: str, one: str, other: str) -> bool:
    """Whether an entity may be of both: each fragment would then ask for its fields of the other's entities as well.

    A computed field would be asked for without its inputs (rule 4).
    """
    return not _possible(graph, subgraph, one).isdisjoint(_possible(graph, subgraph, other))


def _possible(graph: QueryGraph, subgraph: str, type_name: str) -> frozenset[str]:
    return graph.members(subgraph, type_name) | {type_name}


def _agree(graph: QueryGraph, subgraph: str, pairs: list[tuple[FetchNode, FetchNode]]) -> bool:
    """Whether two selections may stand in sibling fragments: equal response keys have equal shapes (rule 24)."""
    while pairs:
        left, right = pairs.pop()
        by_key = {item.key: item for item in left.fields.values()}
        for item in right.fields.values():
            other = by_key.get(item.key)
            if other is None:
                continue
            ours = graph.shapes_in(subgraph, left.type_name, other.name)
            if ours != graph.shapes_in(subgraph, right.type_name, item.name):
                return False
            if other.child is not None and item.child is not None and other.child is not item.child:
                pairs.append((other.child, item.child))
    return True
