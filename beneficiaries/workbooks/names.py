"""Names of sheets: what Excel takes, what people recognise, the same from month to month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from programs.models import ProgramSite

from .layout import DATA, NOTICE

# A program and a site of it.
Place = tuple[int, int]
LONGEST = 31


def sheet_names(places: Iterable[ProgramSite]) -> dict[Place, str]:
    """By program and site: both codes where they fit and say which; else shortened, with keys.

    Codes and keys never change, so neither does a name.
    """
    places = list(places)
    plain = {(one.program_id, one.site_id): _plain(one) for one in places}
    used = Counter([NOTICE.upper(), DATA.upper(), *plain.values()])
    return {
        (one.program_id, one.site_id): _short(one)
        if used[name := plain[one.program_id, one.site_id]] > 1 or len(name) > LONGEST
        else name
        for one in places
    }


def _plain(place: ProgramSite) -> str:
    return f"{place.program.code} {place.site.code}"


def _short(place: ProgramSite) -> str:
    """Both codes cut alike, then what no two sheets share; "~" stands in no code."""
    tail = f"~{place.program_id}.{place.site_id}"
    room = LONGEST - len(tail) - 1
    site = place.site.code[: max(room // 2, room - len(place.program.code))]
    return f"{place.program.code[: room - len(site)]} {site}{tail}"
