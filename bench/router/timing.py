"""CPU time of this process, measured often enough to see the spread."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Spread", "cpu_ms", "spread"]


@dataclass(frozen=True)
class Spread:
    """Milliseconds of CPU: the median of the rounds, and the least and the most."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        digits = 1 if self.median >= 10 else 2 if self.median >= 0.1 else 4
        return f"{self.median:.{digits}f} ({self.least:.{digits}f} to {self.most:.{digits}f})"


def cpu_ms(function: Callable[[], object], *, rounds: int = 7, calls: int = 1) -> Spread:
    """Measure a function: each round calls it so many times, and counts one call."""
    times = []
    for _ in range(rounds):
        gc.collect()
        start = time.process_time()
        for _ in range(calls):
            function()
        times.append((time.process_time() - start) * 1000 / calls)
    return spread(times)


def spread(times: list[float]) -> Spread:
    """Sum up rounds."""
    return Spread(statistics.median(times), min(times), max(times))
