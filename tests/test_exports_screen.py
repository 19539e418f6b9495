"""The screen and the files say the same, figure by figure and field by field."""

import re
from collections import Counter
from itertools import count

import pytest
from django.urls import reverse

from tests import factories
from tests.exported import YEAR_2024, read_csv, read_xlsx
from tests.network import YEAR, make_network, month

pytestmark = pytest.mark.django_db
SEXES, AGES = ("F", "M", "U"), ("C", "A", "U")
CELLS = ("F|C", "M|C", "F|A", "U|U")


@pytest.fixture(params=["", "all"])
def state(request):
    return request.param


@pytest.fixture(params=["csv", "xlsx"])
def kind(request):
    return request.param


@pytest.fixture
def network(client):
    """Numbers of which no two are alike, so that none can stand for another."""
    found = make_network()
    found.active.summed_by = found.new
    found.active.save()
    numbers = (number * number * 31 % 1009 + 1 for number in count(1))
    figures = (found.new, found.active, found.stock, found.events)
    places = (found.north, found.south, found.hill)
    for place, number in [(p, n) for n in (1, 2, 5) for p in places]:
        is_open = (place, number) == (found.south, 5)
        values = {one: {cell: next(numbers) for cell in CELLS} for one in figures}
        status = "submitted" if is_open else "approved"
        factories.make_counts(place, month(number), values, status=status)
    lacking = {found.events: {"F|C": 1, "M|A": "not_collected", "U|A": "withheld"}}
    factories.make_counts(found.south, month(3), lacking)
    for indicator, aim, value in (
        (found.new, "cumulative", 9000), (found.stock, "level", 900), (found.events, "incremental",
        14100),
    ):  # fmt: skip
        factories.make_target(found.program, indicator, kind=aim, value=value, span=YEAR)
    client.force_login(found.coordinator)
    return found


def counted(client, indicator, kind, state) -> list[dict]:
    """The numbers of one indicator in a file, cell by cell, alike whichever the file."""
    if kind == "csv":
        rows = read_csv(client, state=state)
    else:
        head, *lines = read_xlsx(client, state=state).get_sheet_by_name("data").to_python()
        rows = [dict(zip(head, line, strict=True)) for line in lines]
    sex, age = (next(k for k in rows[0] if re.match(rf"{name}_\d+$", k)) for name in ("sex", "age"))
    return [
        {"month": str(row["month"])[:7], "site": row["site"], "sex": row[sex], "age": row[age],
         "value": int(row["value"])}
        for row in rows
        if row["indicator"] == indicator.code and row["value"] != ""
    ]  # fmt: skip


def sums(rows: list[dict], *fields: str) -> dict:
    found = Counter()
    for row in rows:
        found[tuple(row[field] for field in fields)] += row["value"]
    return dict(found)


def last_complete(rows: list[dict]) -> list[dict]:
    """The rows of the last month in which all three sites counted."""
    sites = {
        month: {r["site"] for r in rows if r["month"] == month} for (month,) in sums(rows, "month")
    }
    last = max(month for month, there in sites.items() if len(there) == 3)
    return [row for row in rows if row["month"] == last]


def standing(rows: list[dict], indicator) -> list[dict]:
    """What the total of an indicator is made of."""
    return last_complete(rows) if indicator.time_rule == "last" else rows


def number(text: str) -> int | None:
    digits = text.replace("\u202f", "").strip()
    return int(digits) if digits.isdigit() else None


def tile(client, network, indicator, state) -> str:
    html = client.get(reverse("dashboard"), YEAR_2024 | {"state": state}).content.decode()
    key = f"{network.program.pk}-{indicator.pk}"
    return re.search(rf'<article [^>]*data-figure="{key}".*?</article>', html, re.DOTALL)[0]


def shown_total(client, network, indicator, state) -> int:
    found = re.search(r'class="figure">([^<]*)<', tile(client, network, indicator, state))
    return number(found[1])


def chart(client, network, indicator, name, state) -> dict[str, list[int | None]]:
    """The table of a chart: each line's series, then its total, as the page writes them."""
    query = {"state": state, "figure": f"{network.program.pk}-{indicator.pk}"}
    html = client.get(reverse("dashboard_chart", args=[name]), YEAR_2024 | query).content.decode()
    found = {}
    for key, line in re.findall(r'<tr data-row="([^"]*)">(.*?)</tr>', html, re.DOTALL):
        cells = re.findall(r'<td class="(number[^"]*)">([^<]*)<', line)
        last = [css for css, _text in cells].index("number total")
        found[key] = [number(text) for _css, text in cells[: last + 1]]
    if foot := re.search(r'<tfoot>.*class="number total">([^<]*)<', html, re.DOTALL):
        found["foot"] = [number(foot[1])]
    return found


def test_the_total_of_a_tile_is_the_sum_of_its_rows(client, network, kind, state):
    for indicator, source in (
        (network.new, network.new), (network.active, network.new), (network.stock, network.stock),
        (network.events, network.events),
    ):  # fmt: skip
        rows = standing(counted(client, source, kind, state), source)
        total = sum(row["value"] for row in rows)
        assert shown_total(client, network, indicator, state) == total


def test_a_trend_is_the_sum_of_its_months_by_sex(client, network, kind, state):
    for indicator in (network.new, network.active, network.stock, network.events):
        rows = counted(client, indicator, kind, state)
        by_sex, by_month = sums(rows, "month", "sex"), sums(rows, "month")
        shown = chart(client, network, indicator, "trend", state)
        assert len(shown) == 12
        for key, entries in shown.items():
            expected = [by_sex.get((key, sex)) for sex in SEXES]
            assert entries == [*expected, by_month.get((key,))]


def test_sites_are_the_sum_of_their_rows(client, network, kind, state):
    for indicator in (network.new, network.stock, network.events):
        rows = counted(client, indicator, kind, state)
        by_site = sums(rows, "site")
        if indicator.time_rule == "last":
            months = sums(rows, "site", "month")
            by_site = {(site,): months[site, last] for site, last in sorted(months)}
        shown = chart(client, network, indicator, "sites", state)
        foot = shown.pop("foot", None)
        places = (network.north, network.south, network.hill)
        assert shown == {str(p.site_id): [by_site[p.site.code,]] for p in places}
        assert foot == (None if indicator is network.stock else [sum(by_site.values())])


def test_sex_by_age_is_the_sum_of_its_cells(client, network, kind, state):
    for indicator in (network.new, network.stock, network.events):
        rows = standing(counted(client, indicator, kind, state), indicator)
        cells, ages = sums(rows, "age", "sex"), sums(rows, "age")
        shown = chart(client, network, indicator, "sex_age", state)
        assert shown.pop("foot") == [sum(ages.values())]
        assert shown == {
            age: [*(cells.get((age, sex)) for sex in SEXES), ages.get((age,))] for age in AGES
        }


def test_pillars_show_the_sum_of_the_first_figure_of_their_unit(client, network, kind, state):
    for indicator in (network.new, network.events):
        total = sum(row["value"] for row in counted(client, indicator, kind, state))
        key = f"{network.program.pk}-{indicator.pk}"
        assert chart(client, network, indicator, "pillars", state) == {key: [total]}


def test_the_totals_of_both_files_are_the_sums_of_the_rows(client, network, kind, state):
    totals = read_csv(client, content="totals", state=state)
    sheet = read_xlsx(client, state=state).get_sheet_by_index(0).to_python()
    for indicator in (network.new, network.stock, network.events):
        rows = counted(client, indicator, kind, state)
        by_month = {key: value for (key,), value in sums(rows, "month").items()}
        total = sum(row["value"] for row in standing(rows, indicator))
        mine = [row for row in totals if row["indicator"] == indicator.code]
        first, *months = [row for row in mine if not row["site"]]
        assert (int(first["low"]), int(first["high"])) == (total, total)
        counts = {row["from"]: int(row["low"]) for row in months if row["low"]}
        assert counts == by_month
        line = next(row for row in sheet if row[1] == str(indicator))
        assert line[3:16] == [*(by_month.get(f"2024-{n:02}", "") for n in range(1, 13)), total]
