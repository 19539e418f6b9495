import datetime as dt

import pytest
from django.urls import reverse

from audit.models import JournalEntry
from reports.exports.file import neutral
from reports.models import Export
from tests import factories
from tests.exported import asked, made, read_csv, read_xlsx, rows_of, taken
from tests.network import YEAR, counts_of, make_network, month

pytestmark = pytest.mark.django_db
EXPECTED = {"fr": "\u00a0: attendu par mois", "en": ": expected by month"}


@pytest.fixture
def network(client):
    """Counts with every awkward case: gaps, missing cells, what is not approved, targets."""
    found = make_network()
    found.active.summed_by = found.new
    found.active.save()
    for number, value in ((1, 700), (2, 650), (5, 812)):
        counts_of(found, found.north, number, value)
        counts_of(found, found.hill, number, value // 7)
    counts_of(found, found.south, 2, 34, status="submitted")
    values = {found.events: {"F|C": 1, "M|C": "not_collected", "U|U": "withheld"}}
    factories.make_counts(found.south, month(3), values)
    for indicator, kind, value in (
        (found.new, "cumulative", 3000), (found.stock, "level", 900), (found.events, "incremental",
        4100),
    ):  # fmt: skip
        factories.make_target(found.program, indicator, kind=kind, value=value, span=YEAR)
    client.force_login(found.coordinator)
    return found


def in_language(user, language: str):
    user.language = language
    user.save(update_fields=["language"])


@pytest.mark.parametrize("language", ["fr", "en"])
def test_months_and_totals_are_the_same_in_both_files(client, network, language):
    in_language(network.coordinator, language)
    rows = read_csv(client, content="totals")
    sheet = read_xlsx(client).get_sheet_by_index(0).to_python()
    months, lines = [f"{month:%Y-%m}" for month in sheet[4][3:15]], iter(sheet[5:])
    for line in lines:
        named = [row for row in rows if row[f"indicator_{language}"] == line[1]]
        mine = [row for row in named if not row["site"]]
        total, by_month = mine[0], {row["from"]: row for row in mine if row["from"] == row["to"]}
        assert line[3:15] == [figure(by_month.get(month), "high") for month in months]
        assert line[15] == figure(total, "low")
        if total["target"]:
            expected = next(lines)
            assert expected[1] == f"{line[1]}{EXPECTED[language]}"
            assert expected[3:15] == [
                figure(by_month[month], "expected_in_period") for month in months
            ]


def figure(row: dict | None, name: str) -> int | str:
    """A number as a sheet holds it."""
    return int(row[name]) if row and row[name] else ""


def test_cells_add_up_to_the_totals(client, network):
    cells = read_csv(client)
    totals = read_csv(client, content="totals")
    for indicator in (network.new, network.events):
        mine = [int(r["value"]) for r in cells if r["indicator"] == indicator.code and r["value"]]
        total = next(r for r in totals if r["indicator"] == indicator.code)
        assert sum(mine) == int(total["low"])


def test_cells_are_the_same_in_both_files(client, network):
    rows = read_csv(client)
    data = read_xlsx(client).get_sheet_by_name("data").to_python()
    head = data[0]
    values = [dict(zip(head, row, strict=True)) for row in data[1:]]
    assert len(values) == len(rows)
    for row, value in zip(rows, values, strict=True):
        for name in ("organisation", "program", "site", "indicator", "missing_reason", "state"):
            assert row[name] == value[name]
        assert row["value"] == (str(int(value["value"])) if value["value"] != "" else "")
        assert dt.date.fromisoformat(row["month"]) == value["month"]


def test_missing_numbers_keep_their_reason(client, network):
    reasons = {row["missing_reason"] for row in read_csv(client) if row["value"] == ""}
    assert reasons == {"not_collected", "withheld"}


def test_the_codebook_speaks_both_languages(client, network):
    network.events.name_fr = "Rencontres"
    network.events.name_en = "Encounters"
    network.events.save()
    lines = read_xlsx(client).get_sheet_by_name("codebook").to_python()
    said = {tuple(row[:2]): row[2:4] for row in lines}
    assert said["indicator", "EVENTS"] == ["Rencontres", "Encounters"]
    french, english = said["file", "purpose"]
    assert (french, english) == (
        "conseil d’administration ou direction",
        "board or management of the organisation",
    )
    assert {"unit", "measure", "missing_reason", "file"} <= {row[0] for row in lines}


def test_plain_texts_are_left_alone():
    for text in ("Zone nord", "F", "", "0–5", "25+"):
        assert neutral(text) == text


def test_a_name_that_is_a_formula_is_harmless_in_both_files(client, network):
    network.north.site.name_en = '=HYPERLINK("https://example.org")'
    network.north.site.save()
    for content in ("counts", "totals"):
        assert "\"'=HYPERLINK" in taken(client, content)["export.csv"].decode("utf-8-sig")
    book = read_xlsx(client)
    for sheet, column in (("Sites", 3), ("codebook", 3)):
        lines = book.get_sheet_by_name(sheet).to_python()
        assert any(str(row[column]).startswith("'=HYPERLINK") for row in lines)


def test_a_confidential_site_is_named_by_its_code(client, network):
    network.north.site.is_confidential = True
    network.north.site.name_en = "Secret house"
    network.north.site.save()
    for content in ("counts", "totals"):
        for file in taken(client, content).values():
            assert "Secret house" not in file.decode("utf-8-sig")
    book = read_xlsx(client)
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    assert "Secret house" not in str(sheets)
    assert "NORTH" in [row[3] for row in sheets["Sites"]]


def test_a_partner_exports_its_own_rows(client, network):
    client.force_login(network.partner_user)
    assert {row["site"] for row in read_csv(client)} == {"HILL"}


def test_a_stranger_exports_nothing(client, network):
    client.force_login(factories.make_user("coordinator"))
    for content in ("counts", "totals", "workbook"):
        answer = asked(client, content)
        assert "There is nothing to export for this choice" in answer.content.decode()
    assert not Export.objects.exists()


def test_an_export_is_written_in_the_journal(client, network):
    rows = read_csv(client, site=str(network.north.site_id))
    told = {row.action: row for row in JournalEntry.objects.filter(target_type="export")}
    assert set(told) == {
        *("request_export", "build_export", "show_export_passphrase", "download_export"),
    }
    assert {row.user_id for row in told.values()} == {network.coordinator.pk}
    assert told["request_export"].details["site"] == str(network.north.site_id)
    assert told["build_export"].details["built_rows"] == len(rows)
    assert told["download_export"].reason == "governance"
    reports = {str(report.pk) for report in network.north.site.reports.all()}
    assert set(told["build_export"].shown_ids) == reports


def test_names_say_nothing_of_what_is_inside(client, network):
    export = made(client, "workbook")
    answer = client.post(reverse("export_download", args=[export.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="export-0001.zip"'
    assert answer["Cache-Control"] == "no-store"


def test_every_file_says_whose_copy_it_is(client, network):
    files = taken(client, "counts")
    number = Export.objects.get().number
    assert {row["export"] for row in rows_of(files["export.csv"])} == {number}
    for name in ("about.txt", "codebook.csv"):
        text = files[name].decode("utf-8-sig")
        assert number in text
        assert network.coordinator.display_name in text
    sheet = read_xlsx(client).get_sheet_by_index(0).to_python()
    assert network.coordinator.display_name in sheet[2][0]
