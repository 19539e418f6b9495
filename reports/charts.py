"""Charts: a table of figures → a Vega-Lite dict → SVG made on the server, and kept.

The SVG holds presentation attributes alone (no style, no link), so that it stands under the
portal's strict policy; `dashboard.css` gives it the theme's colours by Vega's class names.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import lru_cache

import vl_convert
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User

from . import figures
from .figures import Amount, Row, Selection, Table

THIN_SPACE = "\u202f"
# Okabe and Ito's order, told apart by every eye; unknown is grey.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
UNKNOWN = "#8a9499"
# The pattern that stands for unknown, which the page holds (_legend.html).
HATCH = "url(#hatch)"
ACCENT = "#0e6470"
INK = "#18252d"
# A generic name: measuring texts in named fonts takes three times as long to draw.
FONT = "sans-serif"
NUMBERS = {"decimal": ",", "thousands": THIN_SPACE, "grouping": [3], "currency": ["", ""]}
# Vega describes its marks in English; the caption and the table do so in the reader's language.
DESCRIPTION = re.compile(r' (?:role|aria-roledescription|aria-label)="[^"]*"')
# What a drawn axis of numbers is made of: the room before the months, and its texts.
ROOM = re.compile(r'viewBox="0 0 \S+ (\S+)"><g [^>]*translate\((\S+),(\S+)\)')
NUMBERS_OF_AXIS = re.compile(r'<g [^>]*role-axis-label"[^>]*>(<text text-anchor="end".*?)</g>')
# A fragment also holds names of categories, which its stamp does not know.
FRAGMENT_SECONDS = 10 * 60
# Over more than a year, one month of a quarter is named, or of as many as have room for theirs.
MOST_MONTHS_NAMED = 12
# Raised when the drawing changes, so that no older picture is shown.
EDITION = 6
# A lying bar and a line of the name above it, in px.
BAR = 18
LINE = 14
CONFIG = {
    "background": "transparent",
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12, "labelColor": "#51626c", "gridColor": "#dcdfd9", "domain": False,
        "ticks": False, "labelPadding": 6, "title": None,
        # Measuring texts is nearly all that drawing costs: none to see whether to cut them.
        "labelLimit": 0,
    },
    "aria": False,
}  # fmt: skip


# The charts of the dashboard, in their order.
NAMES = ("trend", "sites", "sex_age", "pillars")


def table(selection: Selection, name: str, key: str) -> Table | None:
    """The figures of one chart; None for a chart or a figure that is not there."""
    figure = figures.figure(selection, key)
    if figure is None or name not in NAMES:
        return None
    if name == "pillars":
        return figures.pillars(selection, figure.tile.counted.unit)
    return {"trend": figures.trend, "sex_age": figures.sex_age, "sites": figures.sites}[name](
        figure
    )


def fragment_key(user: User, name: str, query: Mapping[str, str]) -> str:
    """Where the finished fragment of a page is kept; "" when the page gave no stamp.

    The page's stamp changes with its figures. The key holds who reads and by which memberships,
    so that nobody reads a fragment made for someone else, or for rights that have ended.
    """
    if not query.get("stamp"):
        return ""
    memberships = sorted(str(one.pk) for one in user.access.held)
    parts = [EDITION, get_language(), str(user.pk), memberships, name, sorted(query.items())]
    return f"fragment:{hashlib.sha256(json.dumps(parts).encode()).hexdigest()}"


def svg(table: Table) -> str:
    """The picture of a table; the same figures are drawn once by each process."""
    drawn = _drawn(json.dumps(specification(table), sort_keys=True))
    return drawn + scale(drawn) if table.name == "trend" else drawn


def scale(drawn: str) -> str:
    """The numbers beside columns once more: they stay in sight where the columns are moved."""
    numbers = NUMBERS_OF_AXIS.search(drawn)
    if not numbers:
        return ""
    height, left, top = ROOM.search(drawn).groups()
    return (
        f'<svg class="scale" width="{left}" height="{height}" viewBox="0 0 {left} {height}">'
        f'<g transform="translate({left},{top})">{numbers[1]}</g></svg>'
    )


@lru_cache(maxsize=256)
def _drawn(spec: str) -> str:
    return draw(json.loads(spec))


def legend(table: Table) -> list[tuple[str, str]]:
    """The names of the series and what fills them; none where there is one alone."""
    colours = _colours(table)
    fills = [(name, HATCH if one == UNKNOWN else one) for name, one in colours.items()]
    return fills if len(fills) > 1 else []


def draw(spec: dict) -> str:
    """A Vega-Lite dict as SVG; nothing is fetched from anywhere."""
    shape = json.dumps(spec | {"data": {"name": "rows"}}, sort_keys=True)
    compiled = _compiled(shape)
    rows, *derived = compiled["data"]
    full = compiled | {"data": [rows | spec["data"], *derived]}
    found = vl_convert.vega_to_svg(full, format_locale=NUMBERS, allowed_base_urls=[])
    return DESCRIPTION.sub("", found).replace(f'fill="{UNKNOWN}"', f'fill="{HATCH}"')


@lru_cache(maxsize=256)
def _compiled(shape: str) -> dict:
    """A Vega-Lite dict without its rows, in Vega: half the work, the same for all figures alike."""
    return vl_convert.vegalite_to_vega(shape)


def warm_up() -> None:
    """Draw something small, so that the first reader does not wait for the library to load."""
    draw({"data": {"values": [{"x": 1}]}, "mark": "bar", "encoding": {"x": {"field": "x"}}})


def specification(table: Table) -> dict:
    """What to draw: stacked columns of months, bars of sites, ages or programs."""
    layers = _columns(table) if table.name == "trend" else _bars(table)
    return {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "config": CONFIG} | layers


def _columns(table: Table) -> dict:
    x = {
        "field": "row",
        "type": "ordinal",
        "sort": None,
        "axis": {
            "labelAngle": 0,
            "labelExpr": _month_name(len(table.rows)),
            "labelOverlap": False,
        },
    }
    layers = [_series(table, x, "y")]
    if table.level is not None:
        layers.append(
            {
                "mark": {"type": "rule", "strokeDash": [4, 3], "color": INK},
                "encoding": {"y": {"datum": table.level, "type": "quantitative"}},
            }
        )
    elif table.has_expected:
        layers.append(_ticks(table, x, "y"))
    return {"width": 640, "height": 230, "data": {"values": _values(table)}, "layer": layers}


def _month_name(months: int) -> str:
    """Its name on two lines, of the last month and of others at even distances before it."""
    if months <= MOST_MONTHS_NAMED:
        return "split(datum.label, ' ')"
    step = 3 * -(-months // (3 * MOST_MONTHS_NAMED))
    from_last = f"round((1 - datum.index) * {months - 1})"
    return f"{from_last} % {step} === 0 ? split(datum.label, ' ') : ''"


def _bars(table: Table) -> dict:
    lines = 2 if table.group_head else 1
    y = {"field": "row", "type": "ordinal", "sort": None, "axis": _names(table, lines)}
    layers = [_series(table, y, "x")]
    if table.has_expected:
        layers.append(_ticks(table, y, "x"))
    is_beside = table.name == "sex_age"
    return {
        "width": 300,
        "height": {"step": 30 if is_beside else BAR + 8 + lines * LINE},
        # The reader's font may be wider than the one that names were measured in.
        "padding": {"left": 20 if is_beside else 2, "top": 5, "right": 8, "bottom": 5},
        "data": {"values": _values(table)},
        "layer": layers,
    }


def _names(table: Table, lines: int) -> dict:
    """Names of ages stand before their bars; those of sites and programs, often long, above."""
    axis = {"labelExpr": "slice(split(datum.label, '\\n'), 1)", "grid": False}
    if table.name == "sex_age":
        return axis | {"labelLimit": 200}
    above = {"labelAlign": "left", "labelBaseline": "bottom", "labelLineHeight": LINE}
    height = BAR / 2 + 2 + (lines - 1) * LINE
    return axis | above | {"labelOffset": -height, "labelPadding": 0, "labelLimit": 300}


def _values(table: Table) -> list[dict]:
    """One datum for each part of each bar; a row without a number leaves its place empty."""
    found = []
    for row in table.rows:
        label = _label(table, row)
        parts = _parts(table, row) or [(_("at least"), 0)]
        found += [
            {"row": label, "part": part, "n": number, "rank": rank}
            for rank, (part, number) in enumerate(parts)
        ]
        if row.expected is not None:
            found[-1]["expected"] = row.expected
    return found


def _label(table: Table, row: Row) -> str:
    """What stands under or before a bar, a line each; a bar has its key first, for two of one name
    are two bars."""
    if table.name == "trend":
        return row.label
    return "\n".join([row.key, row.label, *([row.group] if table.group_head else [])])


def _parts(table: Table, row: Row) -> list[tuple[str, int]]:
    """The series of a bar; where sites overlap, what is sure and what may be counted twice."""
    if table.is_split:
        pairs = zip(table.columns, row.entries, strict=True)
        return [(c.label, e.high) for c, e in pairs if isinstance(e, Amount)]
    if not isinstance(row.total, Amount):
        return []
    parts = [(_("at least"), row.total.low)]
    if not row.total.is_exact:
        parts.append((_("if nobody was counted twice"), row.total.high - row.total.low))
    return parts


def _series(table: Table, place: dict, across: str) -> dict:
    """The bars, stacked in the order of their series."""
    colours = _colours(table)
    value = {
        "field": "n",
        "type": "quantitative",
        "stack": "zero",
        "axis": {
            "format": ",d",
            "tickMinStep": 1,
            "tickCount": 5,
            # Numbers above each other have room enough.
            "labelOverlap": across == "x",
        },
    }
    colour = {
        "field": "part",
        "type": "nominal",
        "scale": {"domain": list(colours), "range": list(colours.values())},
        # The page writes it: a drawn one is measured text by text.
        "legend": None,
    }
    encoding = {across: value, _other(across): place, "color": colour, "order": {"field": "rank"}}
    return {
        "mark": {"type": "bar"} | ({"width": {"band": 0.66}} if across == "y" else {"height": BAR}),
        "encoding": encoding,
    }


def _other(axis: str) -> str:
    return "x" if axis == "y" else "y"


def _colours(table: Table) -> dict[str, str]:
    """The series of a table and their colours, as its legend names them; one has the accent."""
    if table.is_split:
        known = [column for column in table.columns if not column.is_unknown]
        colours = dict(zip([c.label for c in known], COLOURS, strict=False))
        return colours | {c.label: UNKNOWN for c in table.columns if c.is_unknown}
    if all(row.total.is_exact for row in table.rows if isinstance(row.total, Amount)):
        return {_("at least"): ACCENT}
    return {_("at least"): ACCENT, _("if nobody was counted twice"): UNKNOWN}


def _ticks(table: Table, place: dict, across: str) -> dict:
    """What was expected of each bar, as a tick across it."""
    size = {"width": {"band": 0.9}} if across == "y" else {"height": BAR + 6}
    return {
        "transform": [{"filter": "isValid(datum.expected)"}],
        "mark": {"type": "tick", "thickness": 2, "color": INK, **size},
        "encoding": {
            across: {"field": "expected", "type": "quantitative", "stack": None},
            _other(across): place,
        },
    }
