"""Stage 3, normalise, second half: what is deferred is parted from what comes first (rule 39).

A field asked for in a deferred fragment and outside of it comes first. What several fragments ask for, each in the same
object, is a part of its own that the first of them brings.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from router.errors import PlanningError
from router.planning.conditions import NEVER, either
from router.planning.deferred_fragments import DeferredFragments, without_marks
from router.planning.plan import Conditions, DeferredFragment, ResponseSegment
from router.planning.selections import SelectedField, Selection

__all__ = ["DeferralFailed", "DeferredSelection", "Parted", "part"]

_Path = tuple[ResponseSegment, ...]
_FIRST: frozenset[int] = frozenset()


class DeferralFailed(PlanningError):
    """What is deferred cannot be had by requests of its own.

    Attributes:
        delivery: the number of what comes later.
    """

    def __init__(self, delivery: int) -> None:
        super().__init__("a deferred fragment cannot be fetched")
        self.delivery = delivery


@dataclass(slots=True, eq=False)
class DeferredSelection:
    """Fields of one object that come later, and together.

    Attributes:
        delivery: what is delivered together has the same number, from 1; what comes first has 0.
        fragments: those that bring the fields.
        path: to the object.
        anchor: the selection in whose object these fields are: the one that comes first, or another part's.
        selection: the fields.
    """

    delivery: int
    fragments: tuple[int, ...]
    path: _Path
    anchor: Selection
    selection: Selection

    @property
    def _shown(self) -> list[SelectedField]:
        return [*self.selection.fields, *self.selection.denied]

    @property
    def types(self) -> frozenset[str]:
        """The concrete types of objects that have any of the fields."""
        return frozenset[str]().union(*(item.types for item in self._shown))

    @property
    def conditions(self) -> Conditions:
        """Under which any of the fields is asked for."""
        found = NEVER
        for item in self._shown:
            found = either(found, item.conditions)
        return found


@dataclass(frozen=True, slots=True)
class Parted:
    """An operation in parts.

    Attributes:
        first: what the first response has.
        fragments: each after those around it.
        parts: each after the one that its anchor is in.
    """

    first: Selection
    fragments: tuple[DeferredFragment, ...]
    parts: tuple[DeferredSelection, ...]


@dataclass(slots=True)
class _Open:
    """A selection that is being taken apart: where it is, which fragments bring it, and what stays in it."""

    selection: Selection
    kept: Selection
    brought_by: frozenset[int]
    path: _Path


@dataclass(slots=True)
class _Parting:
    marked: DeferredFragments
    parts: list[DeferredSelection] = field(default_factory=list)
    deliveries: dict[frozenset[int], int] = field(default_factory=dict)
    places: dict[int, tuple[frozenset[int], _Path]] = field(default_factory=dict)

    def run(self, selection: Selection) -> Selection:
        first = Selection(selection.type_name, selection.types)
        waiting = [_Open(selection, first, _FIRST, ())]
        while waiting:
            current = waiting.pop()
            self.places[id(current.selection)] = (current.brought_by, current.path)
            waiting += reversed(self._take_apart(current))
        return first

    def _take_apart(self, current: _Open) -> list[_Open]:
        """Sort an object's fields by when they come, and give what is below them."""
        parts: dict[frozenset[int], Selection] = {}
        below: list[_Open] = []
        for item in (*current.selection.fields, *current.selection.denied):
            item.conditions, numbers = without_marks(item.conditions)
            item.appearances = ()
            brought_by = current.brought_by if numbers is None else numbers
            home = current.kept
            if brought_by != current.brought_by:
                home = parts.setdefault(brought_by, Selection(current.selection.type_name, current.selection.types))
            (home.denied if item.denied else home.fields).append(copy := replace(item))
            if item.selection is not None:
                copy.selection = Selection(item.selection.type_name, item.selection.types)
                path = (*current.path, _segment(current.selection, item))
                below.append(_Open(item.selection, copy.selection, brought_by, path))
        for brought_by, chosen in parts.items():
            delivery = self.deliveries.setdefault(brought_by, len(self.deliveries) + 1)
            found = tuple(sorted(brought_by))
            self.parts.append(DeferredSelection(delivery, found, current.path, current.kept, chosen))
        return below

    def fragments(self) -> tuple[DeferredFragment, ...]:
        """List the fragments; what is in the object of one is in the fragments that brought the object."""
        found = []
        for item in self.marked.found:
            brought_by, path = self.places.get(id(item.at), (_FIRST, ()))
            parents = tuple(sorted(brought_by)) if item.outer is None else (item.outer,)
            found.append(DeferredFragment(item.label, item.variable, parents, path))
        return tuple(found)


def part(selection: Selection, marked: DeferredFragments) -> Parted | None:
    """Take an operation apart whose fields carry marks, and have their keys; the marks are taken off.

    Returns:
        The parts; None where nothing comes later.
    """
    parting = _Parting(marked)
    first = parting.run(selection)
    return Parted(first, parting.fragments(), tuple(parting.parts)) if parting.parts else None


def _segment(selection: Selection, item: SelectedField) -> ResponseSegment:
    types = None if item.types == selection.types else item.types
    return ResponseSegment(item.response_key, item.key, item.type.list_depth, types)
