"""Where CPU time goes: every millisecond of it the stack is looked at, and counted for the part its top is of."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable
from pathlib import PurePath
from types import FrameType
from typing import Final

__all__ = ["PARTS", "shares"]

PARTS: Final = {
    "lookup": {"operations", "recent", "variables", "labels"},
    "fetch": {"fetching", "answers", "json_text", "representations", "paths", "mock", "base"},
    "merge": {"merge", "overlay"},
    "project": {"projection", "generated", "<projection>", "completion", "attribution"},
    "write": {"encoding"},
    "run": {"engine", "running", "schedule", "request", "errors"},
}
"""The modules of each part of a request."""

_EVERY_SECONDS = 0.001


def shares(function: Callable[[], object]) -> dict[str, float]:
    """Run a function and say which share of its CPU time each part took; the subgraphs' own is left out."""
    counted: Counter[str] = Counter()

    def look(_signal: int, frame: FrameType | None) -> None:
        while frame is not None:
            part = _PART_OF.get(PurePath(frame.f_code.co_filename).stem)
            if part is not None:
                counted[part] += 1
                return
            frame = frame.f_back

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, _EVERY_SECONDS, _EVERY_SECONDS)
    try:
        function()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    total = sum(counted[part] for part in PARTS) or 1
    return {part: counted[part] / total for part in PARTS}


_PART_OF: Final = {module: part for part, modules in PARTS.items() for module in modules} | {"subgraphs": "subgraphs"}
