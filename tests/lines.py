"""The lines of the totals as both files have them, with the names that the page's reader gives."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from tests.exported import read_csv, read_xlsx

REASONS = ("not_collected", "not_applicable", "withheld")
# What the screen says of a figure or a program, and where the CSV and the sheet have it.
COLUMNS = {
    "not_collected": ("cells_not_collected", "not collected"),
    "not_applicable": ("cells_not_applicable", "not applicable"),
    "withheld": ("cells_withheld", "withheld"),
    "sites": ("sites", "Sites"),
    "complete_sites": ("sites_complete", "Sites complete"),
    "late_sites": ("sites_late", "Sites late"),
    "reports": ("reports", "Reports expected"),
    "approved_reports": ("reports_approved", "Reports approved"),
    "waiting_reports": ("reports_not_approved", "Reports not yet approved"),
    "corrections": ("corrections", "Corrections under way"),
    "target": ("target", "Target"),
    "percent": ("percent", "Percent of the target"),
    "expected_percent": ("expected_percent", "Percent expected by now"),
    "kept_months": ("months_kept", "Months on target"),
    "reported_months": ("months_reported", "Months reported"),
    "bound_sites": ("target_sites", "Sites of the target"),
    "grant": ("target_grant", None),
}
# How the sheet names the line of what a target expects of each month.
EXPECTED = ": expected by month"


def number(text) -> str:
    """A number as both files and the page write it, without spaces between thousands."""
    return f"{text:.0f}" if isinstance(text, float) else str(text).replace("\u202f", "")


def pair(low, high) -> str:
    return str(low) if low == high else f"{low} – {high}"


def in_csv(client, question) -> list[dict]:
    """The rows of the totals, each with its months and its sites beside it."""
    found = []
    for row in read_csv(client, content="totals", **question):
        counted, expected = pair(row["low"], row["high"]), row["expected_in_period"]
        if row["site"]:
            reports = f"{row['reports_approved']} / {row['reports']}" if row["reports"] else ""
            found[-1]["at"][row["site_en"]] = (counted or "–", expected, reports)
        elif row["from"] == row["to"] and not row["sites"] and not row["target"]:
            for name, value in (("months", counted), ("expected_months", expected)):
                found[-1][name] |= {row["from"]: value} if value else {}
        else:
            found.append(_csv_line(row))
            if not row["sites"]:
                found[-1] |= {name: found[-2][name] for name in ("months", "expected_months", "at")}
    return found


def _csv_line(row: dict) -> dict:
    facts = {name: row[theirs] for name, (theirs, _sheet) in COLUMNS.items()}
    return facts | {
        "name": (row["program_en"], row["indicator_en"]),
        "is_further": not row["sites"],
        "months": {},
        "expected_months": {},
        "at": {},
        "total": row["low"] if row["at_least"] == "1" else pair(row["low"], row["high"]),
        "pending": row["not_yet_approved"],
        "with_unapproved": pair(row["with_unapproved_low"], row["with_unapproved_high"]),
        "missing_cells": str(sum(int(row[f"cells_{reason}"] or 0) for reason in REASONS)),
        "reached": pair(row["reached_low"], row["reached_high"]) or "–",
        "cell": row["target_cell"],
        "days": (row["target_from"], row["target_to"]),
        "approved_at": clock(
            row["last_approval"] and dt.datetime.fromisoformat(row["last_approval"])
        ),
    }


def in_sheet(client, question) -> list[dict]:
    """The lines of the formatted sheet, each with what is expected by month and its sites."""
    book = read_xlsx(client, **question)
    rows, places = (book.get_sheet_by_index(position).to_python() for position in (0, 1))
    lines = [dict(zip(rows[4], row, strict=True)) for row in rows[5:]]
    found = []
    for line in map(_sheet_line, lines):
        if line["name"][1].endswith(EXPECTED):
            found[-1]["expected_months"] = line["months"]
        else:
            found.append(line | {"at": _sites(places, line["name"])})
    return found


def _sites(rows: list[list], name: tuple[str, str]) -> dict[str, tuple[str, str, str]]:
    """Site → what the sheet of sites says of one figure there."""
    return {
        row[3]: (
            number(row[4]) or "–",
            number(row[5]),
            " / ".join(map(number, [one for one in row[6:] if one != ""])),
        )
        for row in rows[1:]
        if (row[0], row[1]) == name
    }


def _sheet_line(line: dict) -> dict:
    facts = {n: number(line[head]) for n, (_csv, head) in COLUMNS.items() if head}
    months = {key: value for key, value in line.items() if isinstance(key, dt.date)}
    return facts | {
        "name": (line["Program"], line["Figure"]),
        "is_further": line["Sites"] == "",
        "months": {f"{key:%Y-%m}": number(value) for key, value in months.items() if value != ""},
        "expected_months": {},
        "total": number(line["Total"]),
        "notes": line["How it is read"].replace("\u202f", ""),
        "pending": number(line["Not yet approved"]),
        "with_unapproved": number(line["With what is not yet approved"]),
        "missing_cells": number(line["Cells without a number"]),
        "reached": number(line["Reached"]) or "–",
        "about": line["What the target is about"],
        "days": (line["First day of the target"], line["Last day of the target"]),
        "approved_at": clock(line["Last approval"]),
    }


def clock(at: dt.datetime | str) -> str:
    """The hour of a moment, where the reader is."""
    return f"{timezone.localtime(at) if at and at.tzinfo else at:%H:%M}" if at else ""
