"""How much may leave in a day, and from how much on a second person is asked.

One place, read by the trigger that holds it (reports/models/export.py): change a number here, then
run `makemigrations`. A row is one count, or one line of totals. The whole of the largest
organisation we measured is 51 840 counts over two years.
"""

from __future__ import annotations

from dataclasses import dataclass

# The last 24 hours, not a calendar day: midnight gives nobody two budgets in a row.
HOURS = 24
# About twice everything that a large organisation counted in two years.
ROWS_A_PERSON = 100_000
# Three people with a large export each; a fourth says that something unusual goes on.
ROWS_AN_ORGANISATION = 300_000
# A program of ten sites over a year stays below; the whole of a large organisation does not. It is
# the sum that nobody else decides on: asking five times avoids nobody.
SECOND_PERSON_ABOVE = 20_000
# A built archive is there for a day, a request waits three for its answer: a weekend.
HOURS_KEPT = 24
DAYS_WAITING = 3


@dataclass(frozen=True)
class Budget:
    """What is left to one person in one organisation, in rows."""

    spent_by_person: int
    spent_by_organisation: int
    # What of it nobody else had to decide on.
    alone_by_person: int

    @property
    def left(self) -> int:
        return max(
            0,
            min(
                ROWS_A_PERSON - self.spent_by_person,
                ROWS_AN_ORGANISATION - self.spent_by_organisation,
            ),
        )

    def needs_second_person(self, rows: int) -> bool:
        """Whether so much more is for somebody else to decide."""
        return self.alone_by_person + rows > SECOND_PERSON_ABOVE
