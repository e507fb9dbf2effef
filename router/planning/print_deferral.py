"""What a plan delivers after its first response, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from router.planning.plan import Deferral, DeferredFragment, DeferredPart, ResponseSegment

__all__ = ["deferral_as_json", "print_deferral"]


def print_deferral(deferral: Deferral) -> Iterator[str]:
    """Write a line for each deferred fragment: where it stands, after which steps it can be delivered, and its fields.

    A field that several fragments bring comes with the first of them that is delivered; it is listed for each.
    """
    yield f"First(after: [{_listed(deferral.first)}])"
    for number, fragment in enumerate(deferral.fragments):
        parts = _parts(deferral, number)
        facts = [f"id: {number}"]
        if fragment.label is not None:
            facts.append(f'label: "{fragment.label}"')
        facts.append(f'path: "{_path(fragment.path)}"')
        if fragment.parents:
            facts.append(f"within: [{_listed(fragment.parents)}]")
        if fragment.variable is not None:
            facts.append(f"if: ${fragment.variable}")
        facts.append(f"after: [{_listed(_steps(parts))}]")
        yield f"Defer({', '.join(facts)}) {{ {', '.join(_fields(fragment, parts))} }}"


def deferral_as_json(deferral: Deferral) -> dict[str, Any]:
    """Give the same facts: `first` lists the steps of the first response, `fragments` each deferred one."""
    fragments = []
    for number, fragment in enumerate(deferral.fragments):
        parts = _parts(deferral, number)
        value: dict[str, Any] = {
            "label": fragment.label,
            "path": _path(fragment.path),
            "within": list(fragment.parents),
            "after": list(_steps(parts)),
            "fields": list(_fields(fragment, parts)),
        }
        if fragment.variable is not None:
            value["conditions"] = [[{"variable": fragment.variable, "is": True}]]
        fragments.append(value)
    return {"first": list(deferral.first), "fragments": fragments}


def _parts(deferral: Deferral, number: int) -> list[DeferredPart]:
    return [part for part in deferral.parts if number in part.fragments]


def _steps(parts: list[DeferredPart]) -> tuple[int, ...]:
    return tuple(sorted({step for part in parts for step in part.steps}))


def _fields(fragment: DeferredFragment, parts: list[DeferredPart]) -> list[str]:
    """Name the fields by their response keys, from the fragment's object on."""
    names = []
    for part in parts:
        below = _path(part.path[len(fragment.path) :])
        names += [f"{below}.{field.response_key}" if below else field.response_key for field in part.projection.fields]
    return names


def _path(path: tuple[ResponseSegment, ...]) -> str:
    return ".".join(segment.response_key + ".@" * segment.list_depth for segment in path)


def _listed(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers))
