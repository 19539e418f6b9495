"""What whoever reviews emergency access reads of it."""

from __future__ import annotations

from accounts.models import Elevation
from audit import reading
from audit.lines import Line, lines_of

MOST_LINES = 100


def done_under(elevation: Elevation) -> list[Line]:
    """What the journal says was done under it, for whoever reviews it; the first hundred lines."""
    with reading.of_organisations([elevation.organisation_id]) as entries:
        found = entries.under(elevation.pk, by=elevation.user_id, since=elevation.starts_at)
        return lines_of(found[:MOST_LINES])
