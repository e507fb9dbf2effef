"""What incremental responses look like on the wire: two drafts of the specification that clients speak.

`DEFER_2022` is the draft of August 2022 (`deferSpec=20220824`): each result has the path and the label of its fragment.
`INCREMENTAL_V0_2` is that of graphql-js 17 (`incrementalSpec=v0.2`): fragments are announced with an id, get their data
by it, and are completed.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from router.execution.encoding import Encoded
from router.execution.paths import Place

__all__ = ["Announced", "Delivered", "FragmentResult", "IncrementalFormat", "IncrementalWriter", "writer_for"]

_Json = dict[str, Any]


class IncrementalFormat(enum.Enum):
    """A format, with the parameter of the media type that names it."""

    DEFER_2022 = ("deferspec", "20220824")
    INCREMENTAL_V0_2 = ("incrementalspec", "v0.2")


@dataclass(frozen=True, slots=True)
class Announced:
    """A fragment at one object, from which something will come."""

    fragment: int
    label: str | None
    path: Place


@dataclass(frozen=True, slots=True)
class Delivered:
    """Fields of one object.

    Attributes:
        fragments: those that bring them.
        path: to the object.
        data: the fields by response key, each encoded.
    """

    fragments: tuple[int, ...]
    path: Place
    data: dict[str, Encoded]


@dataclass(slots=True)
class FragmentResult:
    """All that comes of a fragment at one object.

    Attributes:
        shown: what the client had of the object before.
        parts: its fields and those of objects below; what another fragment has brought already is not among them.
        failed: null bubbled up to the fragment: nothing of it is delivered.
        errors: in the shape of the GraphQL specification, section 7.1.2.
    """

    announced: Announced
    shown: _Json
    parts: list[Delivered] = field(default_factory=list)
    failed: bool = False
    errors: list[_Json] = field(default_factory=list)


class IncrementalWriter(Protocol):
    """Writes the responses to one request, in order."""

    def first(self, response: _Json, announced: Sequence[Announced], *, has_next: bool) -> _Json:
        """Add to the first response what comes later."""
        ...

    def later(self, results: Sequence[FragmentResult], announced: Sequence[Announced], *, has_next: bool) -> _Json:
        """Write what has come, each fragment after those around it."""
        ...


def writer_for(wanted: IncrementalFormat) -> IncrementalWriter:
    """Give a writer for the responses to one request."""
    return _Writer2022() if wanted is IncrementalFormat.DEFER_2022 else _WriterV02()


class _Writer2022:
    def first(self, response: _Json, announced: Sequence[Announced], *, has_next: bool) -> _Json:  # noqa: ARG002 - this format announces nothing
        return {**response, "hasNext": has_next}

    def later(self, results: Sequence[FragmentResult], announced: Sequence[Announced], *, has_next: bool) -> _Json:  # noqa: ARG002 - as above
        written = [entry for item in results for entry in self._entries(item)]
        return {"incremental": written, "hasNext": has_next} if written else {"hasNext": has_next}

    def _entries(self, result: FragmentResult) -> list[_Json]:
        """Write one entry for all of a fragment; only what is below fields of the fragment itself needs another."""
        announced, data = result.announced, dict[str, Any]()
        entries = [self._entry(announced, announced.path, None if result.failed else data)]
        if result.errors:
            entries[0]["errors"] = result.errors
        if result.failed:
            return entries
        entries += [
            self._entry(announced, part.path, part.data)
            for part in result.parts
            if not _graft(data, result.shown, part.path[len(announced.path) :], part.data)
        ]
        return entries if data or result.errors else entries[1:]

    def _entry(self, announced: Announced, path: Place, data: _Json | None) -> _Json:
        entry: _Json = {"data": data, "path": list(path)}
        if announced.label is not None:
            entry["label"] = announced.label
        return entry


def _graft(data: _Json, shown: _Json, path: Place, new: _Json) -> bool:
    """Put an object's fields where they belong below another object, of which the client has this much already.

    Returns:
        False where on the way there is what has been encoded, and nothing can be put any more.
    """
    target: Any = data
    there: Any = shown
    for key in path:
        there = there[key]
        if isinstance(key, str):
            target.setdefault(key, _outline(there))
        target = target[key]
        if type(target) is Encoded:
            return False
    target.update(new)
    return True


def _outline(value: Any) -> Any:
    """Give the lists and objects of a value without what is in the objects."""
    if type(value) is list:
        return [_outline(item) for item in value]
    return {} if type(value) is dict else None


class _WriterV02:
    def __init__(self) -> None:
        self._ids: dict[tuple[int, Place], str] = {}
        self._count = 0

    def first(self, response: _Json, announced: Sequence[Announced], *, has_next: bool) -> _Json:
        pending = self._pending(announced)
        return {**response, "pending": pending, "hasNext": has_next} if has_next else {**response, "hasNext": False}

    def later(self, results: Sequence[FragmentResult], announced: Sequence[Announced], *, has_next: bool) -> _Json:
        written: _Json = {}
        pending = self._pending(announced)
        incremental = [entry for item in results if not item.failed for entry in self._entries(item)]
        completed = [self._completed(item) for item in results]
        if pending:
            written["pending"] = pending
        if incremental:
            written["incremental"] = incremental
        if completed:
            written["completed"] = completed
        return {**written, "hasNext": has_next}

    def _pending(self, announced: Sequence[Announced]) -> list[_Json]:
        written = []
        for item in announced:
            number = self._ids[item.fragment, item.path] = str(self._count)
            self._count += 1
            entry: _Json = {"id": number, "path": list(item.path)}
            if item.label is not None:
                entry["label"] = item.label
            written.append(entry)
        return written

    def _entries(self, result: FragmentResult) -> list[_Json]:
        entries = []
        for part in result.parts:
            number, above = self._nearest(part, result.announced)
            entry: _Json = {"id": number, "data": part.data}
            if len(part.path) > above:
                entry["subPath"] = list(part.path[above:])
            entries.append(entry)
        if result.errors:
            if not entries:
                entries.append({"id": self._ids[result.announced.fragment, result.announced.path], "data": {}})
            entries[0]["errors"] = result.errors
        return entries

    def _nearest(self, part: Delivered, announced: Announced) -> tuple[str, int]:
        """Name the pending fragment whose path is the longest, of those that bring a part."""
        best = self._ids[announced.fragment, announced.path], len(announced.path)
        if len(part.fragments) == 1:
            return best
        for (fragment, path), number in self._ids.items():
            if fragment in part.fragments and len(path) > best[1] and part.path[: len(path)] == path:
                best = number, len(path)
        return best

    def _completed(self, result: FragmentResult) -> _Json:
        number = self._ids.pop((result.announced.fragment, result.announced.path))
        return {"id": number, "errors": result.errors} if result.failed else {"id": number}
