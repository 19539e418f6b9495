"""Imports point one way: audit ← programs ← accounts ← beneficiaries ← reports ← ngo_portal."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ["audit", "programs", "accounts", "beneficiaries", "reports", "ngo_portal"]
TOP_LEVEL = {
    *FLOORS,
    *["locale", "tests", "docs", "bench", ".ci", "README.md", "manage.py", "pyproject.toml"],
    *["Makefile", "requirements.txt", "requirements-dev.txt", "package.json"],
    *["package-lock.json", ".gitignore"],
}
LONGEST_FILE = 400
LONGEST_FUNCTION = 30
LONGEST_TEMPLATE = 120
LONGEST_LINE = 120
# One tag of a template, or one attribute: no line may end within it.
UNBREAKABLE = re.compile(r'\s*(\{% [^%]+ %\}|[\w-]+="[^"]*">?)')


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """First parts of the absolute imports of a module."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_imports_only_the_floors_below(floor):
    above = set(FLOORS[FLOORS.index(floor) + 1 :]) | {"tests", "bench"}
    wrong = {str(p.relative_to(ROOT)): imported(p) & above for p in modules(floor)}
    assert {path: names for path, names in wrong.items() if names} == {}


def test_the_check_sees_an_upward_import(tmp_path):
    module = tmp_path / "module.py"
    module.write_text("from reports.figures import totals\n")
    assert "reports" in imported(module)


def test_nothing_else_stands_at_the_top_level():
    listed = (ROOT / ".git").exists() and __import__("subprocess").run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    if not listed:
        pytest.skip("not a checkout")
    assert {line.split("/")[0] for line in listed.splitlines()} <= TOP_LEVEL


def test_files_stay_short_enough_to_read():
    long = {
        str(path.relative_to(ROOT)): lines
        for floor in [*FLOORS, "tests", "bench"]
        for path in modules(floor)
        if "migrations" not in path.parts
        and (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert long == {}


@pytest.mark.parametrize(
    "folder", ["audit", "accounts", "beneficiaries", "reports", "ngo_portal", "bench"]
)
def test_functions_stay_short_enough_to_read(folder):
    long = {
        f"{path.relative_to(ROOT)}:{node.name}": lines
        for path in modules(folder)
        if "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        and (lines := node.end_lineno - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}


def test_views_write_nothing():
    """What changes something is an action (docs/developers/README.md)."""
    writes = {"save", "create", "bulk_create", "update", "delete", "get_or_create"}
    wrong = []
    for path in [p for f in FLOORS for p in modules(f) if "views" in p.parts + (p.stem,)]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = ast.unparse(node.func.value)
                if node.func.attr in writes and ("objects" in owner or owner == "form"):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


def too_long(template: Path) -> list[str]:
    """Where a template is longer or wider than one reads with pleasure."""
    lines = template.read_text().splitlines()
    wide = [
        f"{template.name}:{number}"
        for number, line in enumerate(lines, 1)
        if len(line) > LONGEST_LINE and not UNBREAKABLE.fullmatch(line)
    ]
    return [*wide, *([f"{template.name}: {len(lines)}"] if len(lines) > LONGEST_TEMPLATE else [])]


def test_templates_stay_short_enough_to_read():
    templates = [path for floor in FLOORS for path in (ROOT / floor).rglob("*.html")]
    assert len(templates) > 100
    assert [place for path in templates for place in too_long(path)] == []


def test_the_check_sees_a_template_that_is_too_long(tmp_path):
    template = tmp_path / "page.html"
    element = '<p>{% translate "' + "word " * 30 + '" %}</p>\n'
    template.write_text(element + '{% include "a.html" with ' + "a=b " * 40 + "only %}\n" * 120)
    assert too_long(template) == ["page.html:1", "page.html: 121"]
