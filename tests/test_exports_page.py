"""Every number of the dashboard page stands in the CSV and in both sheets of the workbook."""

import datetime as dt
import re
from collections import Counter
from html import unescape
from itertools import count

import pytest
from babel.dates import format_skeleton
from django.urls import reverse

from programs.models import Cell
from tests import factories, shown
from tests.exported import YEAR_2024, read_xlsx, taken
from tests.lines import COLUMNS, REASONS, in_csv, in_sheet, number
from tests.network import YEAR, make_network, month

pytestmark = pytest.mark.django_db
TWO_YEARS = {"period": "range", "from": "2023-11", "to": "2024-12"}


@pytest.fixture
def network(client):
    """Counts of which no two are alike, with every awkward case, and targets of every kind."""
    found = make_network()
    found.active.summed_by = found.new
    found.active.save()
    found.stock.site_rule = "none"
    found.stock.save()
    alone = factories.make_indicator(
        found.breakdown, unit="person", measure="active_in_period", time_rule="none",
        site_rule="none",
    )  # fmt: skip
    factories.make_program_indicator(found.program, alone, position=9)
    numbers = (number * number * 31 % 1009 + 1 for number in count(1))
    figures = (found.new, found.active, found.stock, found.events, alone)
    for year, one in ((2023, 12), (2024, 1), (2024, 2), (2024, 5)):
        for place in (found.hill, found.south, found.north):
            values = {f: {cell: next(numbers) for cell in ("F|C", "M|C", "F|A")} for f in figures}
            is_open = (place, one) == (found.south, 5)
            status = "submitted" if is_open else "approved"
            first = factories.make_counts(place, month(one, year), values, status=status)
    factories.make_counts(
        found.north, first.month, values, status="draft", version=2, supersedes=first,
        correction_reason="Counted two rooms twice.",
    )  # fmt: skip
    lacking = {"F|C": 3, "M|A": "not_collected", "U|A": "withheld", "U|U": "not_applicable"}
    factories.make_counts(found.south, month(3), {found.new: lacking, found.events: lacking})
    found.grant = _make_targets(found)
    client.force_login(found.coordinator)
    return found


def _make_targets(found):
    grant = factories.make_grant(factories.make_project(found.lead))
    factories.make_grant_scope(grant, found.program, share="62.50")
    girls = Cell.objects.get(breakdown=found.breakdown, key="F|C")
    for indicator, fields in (
        (found.new, {"kind": "cumulative", "value": 9000}),
        (found.new, {"value": 5100, "cell": girls}),
        (found.new, {"value": 7300, "grant": grant}),
        (found.new, {"value": 61, "site": found.north.site}),
        (found.new, {"value": 67, "site": found.south.site}),
        (found.stock, {"kind": "level", "value": 900}),
        (found.events, {"value": 14100}),
    ):
        factories.make_target(found.program, indicator, **({"span": YEAR} | fields))
    return grant


def questions(network) -> list[dict]:
    """Questions to the dashboard that show each kind of sentence."""
    return [
        YEAR_2024,
        YEAR_2024 | {"state": "all"},
        TWO_YEARS,
        YEAR_2024 | {"organisation": str(network.lead.pk)},
        YEAR_2024 | {"project": str(network.grant.project_id)},
        {"period": "2024-05"},
    ]


@pytest.fixture(params=range(6))
def question(request, network):
    return questions(network)[request.param]


def page(client, question) -> str:
    return client.get(reverse("dashboard"), question).content.decode()


def short(day: dt.date) -> str:
    return format_skeleton("yMMM", day, locale="en")


def by_name(months: dict[str, str]) -> dict[str, str]:
    return {short(dt.date.fromisoformat(f"{key}-01")): value for key, value in months.items()}


def compare(facts: dict, line: dict):
    """Whatever the page says of one thing, a line of a file says too."""
    for name in COLUMNS.keys() & facts.keys() & line.keys():
        assert line[name] == facts[name], (name, facts, line)
    for name in ("total", "pending", "with_unapproved", "missing_cells", "reached"):
        assert line.get(name) == facts.get(name, line.get(name)), (name, facts, line)
    if "approved_at" in facts:
        assert facts["approved_at"].endswith(line["approved_at"] or "none")
    months = by_name(line["months"])
    for name in ("peak", "highest"):
        if name in facts:
            assert months[facts[f"{name}_month"]] == facts[name]
    if "span" in facts:
        days = (dt.date.fromisoformat(str(day)[:10]) for day in line["days"])
        assert facts["span"] == " – ".join(dict.fromkeys(map(short, days)))


@pytest.mark.parametrize("file", [in_csv, in_sheet])
def test_every_number_of_the_page_is_in_the_file(client, network, question, file):
    lines = iter(file(client, question))
    for program in shown.programs(page(client, question)):
        compare(program, next(lines))
        for tile in program["tiles"]:
            line = next(lines)
            assert line["name"] == (program["name"], tile["name"])
            compare(tile, line)
            assert [note for note in tile["notes"] if note not in line.get("notes", note)] == []
            for position, target in enumerate(tile["targets"]):
                if position or line["target"] == "":
                    line = next(lines)
                    assert line["is_further"]
                compare(target, line)
    assert list(lines) == []


def table(client, question, key: str, name: str) -> list[dict[str, str]]:
    """The lines of a chart's table by the heads of its columns, as they are read."""
    address = reverse("dashboard_chart", args=[name])
    html = client.get(address, question | {"figure": key}).content.decode()
    heads, *lines = re.findall(r"<tr.*?</tr>", html.partition("<tfoot")[0], re.DOTALL)
    texts = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", one, re.DOTALL) for one in (heads, *lines)]
    columns, *rows = [[number(unescape(text).strip()) for text in line] for line in texts]
    return [dict(zip(columns, row, strict=True)) for row in rows]


@pytest.mark.parametrize("file", [in_csv, in_sheet])
def test_what_is_expected_of_each_month_and_site_is_in_the_file(client, network, question, file):
    keys = re.findall(r'data-figure="([^"]*)"', page(client, question))
    lines = [one for one in file(client, question) if one["name"][1] and not one["is_further"]]
    for key, line in zip(keys, lines, strict=True):
        trend = table(client, question, key, "trend")
        expected = {row["Month"]: row["Expected"] for row in trend if row.get("Expected")}
        assert by_name(line["expected_months"]) == expected
        sites = table(client, question, key, "sites")
        assert line["at"] == {
            row["Site"]: (row["Total"], row.get("Expected", ""), row.get("Reports approved", ""))
            for row in sites
        }
    assert any(line["expected_months"] for line in lines)
    assert any(line["at"] for line in lines)


def test_the_cells_of_the_data_make_what_is_said_of_one_and_of_those_that_lack(client, network):
    head, *lines = read_xlsx(client).get_sheet_by_name("data").to_python()
    rows = [dict(zip(head, line, strict=True)) for line in lines]
    mine = [row for row in rows if row["indicator"] == network.new.code]
    found = shown.programs(page(client, YEAR_2024))[0]["tiles"][0]
    girls = [row["value"] for row in mine if (row[head[5]], row[head[6]]) == ("F", "C")]
    assert [one["reached"] for one in found["targets"] if one.get("cell")] == [number(sum(girls))]
    lacking = Counter(row["missing_reason"] for row in mine if row["missing_reason"])
    assert {reason: int(found[reason]) for reason in REASONS} == lacking
    assert int(found["missing_cells"]) == lacking.total()


def test_what_a_grant_pays_for_is_in_the_codebook_of_both_files(client, network):
    question = questions(network)[4]
    assert "62.50% of" in page(client, question)
    sheet = read_xlsx(client, **question).get_sheet_by_name("codebook").to_python()
    (line,) = [row for row in sheet if row[0] == "grant"]
    assert line[1] == network.grant.reference
    assert "62.5 % · NCC" in line[4]
    assert "62.5 % · NCC" in line[5]
    text = taken(client, "totals", **question)["codebook.csv"].decode("utf-8-sig")
    assert f"grant,{network.grant.reference}," in text
    assert "62.5 % · NCC" in text


def test_the_questions_show_every_kind_of_sentence(client, network):
    """What the comparison above reads: none of it is read nowhere."""
    seen = set()
    for question in questions(network):
        for program in shown.programs(page(client, question)):
            tiles = program["tiles"]
            targets = [target for tile in tiles for target in tile["targets"]]
            seen = seen.union(program, *tiles, *targets)
    kinds = {*COLUMNS, "total", "at_least", "peak", "highest", "stock_month", "pending", "reached"}
    assert {
        *kinds,
        "with_unapproved",
        "missing_cells",
        "cell",
        "span",
        "approved_at",
    } - seen == set()
