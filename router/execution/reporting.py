"""From a fetch's errors to the client's paths."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from typing import Any

from router.execution.attribution import root_keys
from router.execution.errors import ErrorLog, client_path
from router.execution.fetching import Asked
from router.execution.paths import Place, locate
from router.planning.plan import FetchStep, KeySegment, ObjectProjection, PathSegment, TypeSegment

__all__ = ["ErrorPlaces"]


class ErrorPlaces:
    """Reports what went wrong in one fetch, at the client's paths. Made only when something has."""

    def __init__(
        self,
        errors: ErrorLog,
        *,
        step: FetchStep,
        asked: Sequence[Asked],
        tree: dict[str, Any],
        projection: ObjectProjection,
    ) -> None:
        self._errors = errors
        self._step = step
        self._asked = asked
        self._tree = tree
        self._projection = projection

    def report_failure(self, code: str) -> None:
        """Report that the fetch brought nothing, once for each path that it was for."""
        for place in self._failed_places():
            self._errors.add_failure(code, service=self._step.subgraph, path=self._client(place))

    def report_root(self, errors: Sequence[Any]) -> None:
        """Report the errors in a root fetch's answer."""
        below = [place for place, _ in locate(self._tree, self._step.path)]
        for error in self._with_room(errors):
            path = _path(error)
            if path is None:
                self._add(error, self._only_place())
                continue
            self._add_everywhere(error, below, path)

    def report_entities(self, errors: Sequence[Any]) -> None:
        """Report the errors in an entity fetch's answer, each once for every place of its representation."""
        places = self._places_of_representations()
        for error in self._with_room(errors):
            path = _path(error)
            found = places.get((path[0], path[1])) if path is not None and len(path) > 1 else None
            if path is None or found is None:
                # It could be about any entity, or all: it is reported once, where the fetch's paths are still one.
                self._add(error, self._only_place())
                continue
            self._add_everywhere(error, found, path[2:])

    def _with_room(self, errors: Sequence[Any]) -> Iterator[Any]:
        """Give errors as long as there is room for them; the rest, of which there may be millions, is only counted."""
        for number, error in enumerate(errors):
            if self._errors.is_full:
                self._errors.leave_out(len(errors) - number)
                return
            yield error

    def _places_of_representations(self) -> dict[tuple[str | int, str | int], list[Place]]:
        found: defaultdict[tuple[str | int, str | int], list[Place]] = defaultdict(list)
        for asked in self._asked:
            for target, objects, positions in asked.places:
                # One object may be in several places, below an entity that is shown in several. It is asked for once
                # for each, in the order in which they are found here again.
                by_object: defaultdict[int, deque[Place]] = defaultdict(deque)
                for place, item in locate(self._tree, target.path):
                    by_object[id(item)].append(place)
                for item, position in zip(objects, positions, strict=True):
                    # What an answer that came meanwhile has made another type's is not found any more.
                    if by_object[id(item)]:
                        found[asked.batch.alias, position].append(by_object[id(item)].popleft())
        return found

    def _add_everywhere(self, error: Any, places: Sequence[Place], below: Sequence[str | int]) -> None:
        """Report an error at each of several places; those for which there is no room are only counted."""
        for number, place in enumerate(places):
            if self._errors.is_full:
                self._errors.leave_out(len(places) - number)
                return
            self._add(error, (*place, *below))

    def _failed_places(self) -> list[Place]:
        """Give the places of the whole fetch, down to where they become many."""
        if self._step.batches:
            paths = [target.path for asked in self._asked for target, _, _ in asked.places]
            if not paths:
                paths = [target.path for batch in self._step.batches for target in batch.targets]
            return list(dict.fromkeys(map(_common, paths)))
        keys = root_keys(self._step)
        below = _common(self._step.path)
        if self._step.path and below != _whole(self._step.path):
            return [below]
        return [(*below, key) for key in keys] or [below]

    def _only_place(self) -> Place:
        """Give the place of an error that names none: the fetch's, where it has just one."""
        places = self._failed_places()
        return places[0] if len(places) == 1 else ()

    def _client(self, place: Place) -> tuple[str | int, ...]:
        return client_path(self._projection, place)

    def _add(self, error: Any, place: Place) -> None:
        self._errors.add_subgraph_error(error, service=self._step.subgraph, path=self._client(place))


def _path(error: Any) -> list[str | int] | None:
    """Give a subgraph error's path where it is one."""
    path = error.get("path") if type(error) is dict else None
    if type(path) is list and path and all(type(part) is str or type(part) is int for part in path):
        return path
    return None


def _common(path: Sequence[PathSegment]) -> Place:
    keys: list[str] = []
    for segment in path:
        if isinstance(segment, KeySegment):
            keys.append(segment.key)
        elif not isinstance(segment, TypeSegment):
            break
    return tuple(keys)


def _whole(path: Sequence[PathSegment]) -> Place:
    return tuple(segment.key for segment in path if isinstance(segment, KeySegment))
