"""Named figures: the one place where counts become totals. Page, charts and exports read these."""

from .ages import sex_age
from .board import Board, board
from .evidence import Evidence, evidence, openable
from .goals import goals_by_site
from .places import pillars, site_rows, sites
from .rules import Amount, Total
from .selection import Selection, choices, fiscal_starts, select, sentences
from .tables import Entry, Figure, Row, Table, figure
from .tiles import Section, Tile
from .trend import expected_by_month, trend

__all__ = [
    "Amount", "Board", "Entry", "Evidence", "Figure", "Row", "Section", "Selection", "Table",
    "Tile", "Total", "board", "choices", "evidence", "expected_by_month", "figure",
    "fiscal_starts", "goals_by_site", "openable", "pillars", "select", "sentences", "sex_age",
    "site_rows", "sites", "trend",
]  # fmt: skip
