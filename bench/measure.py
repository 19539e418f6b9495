"""Medians of the portal's pages and of the same work in raw SQL, in turn, in one process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Line:
    """One measured work: milliseconds of the portal and of raw SQL, run by run."""

    name: str
    aim: str
    portal: list[float] = field(default_factory=list)
    raw: list[float] = field(default_factory=list)

    @property
    def medians(self) -> tuple[float, float]:
        return statistics.median(self.portal), statistics.median(self.raw) if self.raw else 0.0

    def __str__(self) -> str:
        portal, raw = self.medians
        ratio = f"{portal / raw:5.1f}×" if raw else "     –"
        shown = f"{raw:9.1f}" if raw else "        –"
        return f"| {self.name:<46} | {portal:9.1f} | {shown} | {ratio} | {self.aim} |"


def milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def compare(
    name: str,
    portal: Callable[[], object],
    raw: Callable[[], object] | None = None,
    *,
    aim: str = "",
    runs: int = 15,
) -> Line:
    """Time `portal` and `raw` in turn, after two runs that do not count."""
    line = Line(name, aim)
    for number in range(runs + 2):
        first, second = milliseconds(portal), milliseconds(raw) if raw else None
        if number >= 2:
            line.portal.append(first)
            if second is not None:
                line.raw.append(second)
    return line
