"""What the portal claims, tried at two scales: seconds in `make test`, everything in `make prove`.

A proof is a function that takes a Run, tries something many times and returns a Figure. It lives in
a module of this package, under `@proof("What is tried")`. Its control is what the same check finds
wrong once the guard is removed: a check that finds nothing then proves nothing.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest


@dataclass(frozen=True)
class Figure:
    """How often something was tried, how often it went wrong, and what the control caught."""

    tried: int
    wrong: int
    control: int
    # What was counted as one try, and what the control removed, in a few words each.
    unit: str = ""
    without: str = ""
    # The first things that went wrong, for whoever mends them.
    examples: tuple[str, ...] = ()


@dataclass
class Run:
    """One execution of a proof: how much to try, pytest's fixtures, and a line of progress."""

    name: str
    is_full: bool
    request: pytest.FixtureRequest
    started: float = field(default_factory=time.monotonic)
    told: float = 0.0

    def amount(self, *, quick: int, full: int) -> int:
        """How many to try."""
        return full if self.is_full else quick

    def fixture(self, name: str) -> Any:
        """A fixture of tests/conftest.py or of pytest, by its name."""
        return self.request.getfixturevalue(name)

    def tell(self, done: int, total: int = 0) -> None:
        """Progress on the terminal of `make prove`, at most once a second.

        What pytest kept of the logs is let go: with it each request that was refused.
        """
        if not self.is_full or time.monotonic() - self.told < (1 if sys.stderr.isatty() else 20):
            return
        self.told = time.monotonic()
        of = f" of {total}" if total else ""
        self.say(f"\r  {self.name}: {done}{of} ({self.told - self.started:.0f} s)   ")
        logs = self.request.config.pluginmanager.get_plugin("logging-plugin")
        for handler in (logs.caplog_handler, logs.report_handler):
            handler.reset()

    def say(self, text: str) -> None:
        """Text on the terminal, now."""
        with self.request.getfixturevalue("capfd").disabled():
            sys.stderr.write(text)
            sys.stderr.flush()


@dataclass(frozen=True)
class Proof:
    """A function that tries something, and where it may write."""

    name: str
    function: Callable[[Run], Figure]
    # It really commits: on a copy of the database (`own_database`) instead of in a transaction.
    commits: bool = False

    @property
    def key(self) -> str:
        """Its name on the command line: `make prove ARGS="-k key"`."""
        return self.function.__name__


PROOFS: dict[str, Proof] = {}


def proof(name: str, *, commits: bool = False) -> Callable:
    """Register a proof under what it tries, as one row of docs/security/proof.md."""

    def register(function: Callable[[Run], Figure]) -> Callable[[Run], Figure]:
        PROOFS[name] = Proof(name, function, commits)
        return function

    return register


def every_proof() -> list[Proof]:
    """The proofs of every module of this package, in the order of the modules' names."""
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda each: each.name):
        importlib.import_module(f"{__name__}.{module.name}")
    return list(PROOFS.values())
