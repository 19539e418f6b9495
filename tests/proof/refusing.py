"""The tests that meet a rule of the database, found by running them and noting what refused."""

from __future__ import annotations

import importlib
import inspect
import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from django.db import DatabaseError, connection, transaction
from pytest_django import fixtures

from tests import conftest
from tests.proof import Run

# What a rule in words is written like in the tests, whichever their file.
MEETS = re.compile(r"refuses\(|refused\.value\.code|IntegrityError|explained\(\)|_sealed")
IN_CONTEXT = re.compile(r"function (?:\w+\.)?(\w+)\(\)")


class NotOursError(Exception):
    """A test that asks for what only pytest gives."""


@dataclass(frozen=True)
class Case:
    """One test function with one set of its parameters."""

    module: object
    function: Callable
    params: tuple[tuple[str, object], ...]

    @property
    def name(self) -> str:
        return f"{self.module.__name__.split('.')[-1]}::{self.function.__name__}"

    def passes(self, run: Run) -> bool:
        """Run it in a transaction of its own, undone."""
        try:
            with transaction.atomic(), ExitStack() as stack:
                stack.callback(transaction.set_rollback, True)
                given = dict(self.params)
                self.function(**_arguments(self, self.function, given, run, stack))
        except NotOursError:
            raise
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            return False
        return True


def _arguments(case: Case, function: Callable, given: dict, run: Run, stack: ExitStack) -> dict:
    """What a function asks for: its parameters, and fixtures of its module or of conftest."""
    found = {}
    for name in inspect.signature(function).parameters:
        if name not in given:
            given[name] = _fixture(case, name, given, run, stack)
        found[name] = given[name]
    return found


def _fixture(case: Case, name: str, given: dict, run: Run, stack: ExitStack) -> object:
    if name == "monkeypatch":
        return stack.enter_context(pytest.MonkeyPatch.context())
    places = (vars(each).get(name) for each in (case.module, conftest, fixtures))
    made = next((found for found in places if hasattr(found, "_get_wrapped_function")), None)
    if made is None or name == "own_database":
        raise NotOursError(name)
    function = made._get_wrapped_function()
    value = function(**_arguments(case, function, given, run, stack))
    if inspect.isgenerator(value):
        return stack.enter_context(contextmanager(lambda: value)())
    return value


def cases() -> Iterator[Case]:
    """Every test of the files that speak of refusals, with each of its parameters."""
    for path in sorted(Path(conftest.__file__).parent.glob("test_*.py")):
        if MEETS.search(path.read_text(encoding="utf-8")) and path.stem != "test_proofs":
            module = importlib.import_module(f"tests.{path.stem}")
            for name, function in vars(module).items():
                if name.startswith("test_") and inspect.isfunction(function):
                    yield from _with_parameters(module, function)


def _with_parameters(module: object, function: Callable) -> Iterator[Case]:
    marks = getattr(function, "pytestmark", [])
    tables = [mark.args for mark in marks if mark.name == "parametrize"]
    choices = [[_pairs(names, row) for row in rows] for names, rows, *_rest in tables]
    for chosen in itertools.product(*choices):
        yield Case(module, function, tuple(itertools.chain.from_iterable(chosen)))


def _pairs(names: str | tuple, row: object) -> list[tuple[str, object]]:
    names = [n.strip() for n in names.split(",")] if isinstance(names, str) else list(names)
    if isinstance(row, ParameterSet):
        row = row.values
    elif len(names) == 1:
        row = [row]
    return list(zip(names, row, strict=True))


def met(chosen: list[Case], run: Run) -> dict[str, list[Case]]:
    """Rule or trigger → the tests that pass and are refused by it."""
    found: dict[str, list[Case]] = defaultdict(list)
    names: set[str] = set()

    def note(execute, sql, params, many, context):
        try:
            return execute(sql, params, many, context)
        except DatabaseError as error:
            if diag := getattr(error.__cause__, "diag", None):
                names.update(IN_CONTEXT.findall(diag.context or ""), {diag.constraint_name or ""})
            raise

    for number, case in enumerate(chosen):
        run.tell(number, len(chosen))
        names.clear()
        with connection.execute_wrapper(note):
            try:
                is_good = case.passes(run)
            except NotOursError:
                continue
        if is_good:
            for name in names:
                found[name].append(case)
    return found
