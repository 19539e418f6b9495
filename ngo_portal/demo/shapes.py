"""The shapes of the demonstration data: what a family module says, before any row exists.

Every text is a pair (French, English). A span is half open, as in the database. Organisations,
sites and programs are named by their codes; a program's code is unique in the demonstration.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

Text = tuple[str, str]
Span = tuple[dt.date, dt.date | None]


def both(**texts: Text) -> dict[str, str]:
    """`name=("Centre", "Center")` as name_fr and name_en, each in its typography."""
    french = {f"{name}_fr": typeset(fr) for name, (fr, _en) in texts.items()}
    return french | {f"{name}_en": en for name, (_fr, en) in texts.items()}


def said_in(language: str, text: Text) -> str:
    """One of the two languages."""
    return typeset(text[0]) if language.startswith("fr") else text[1]


def typeset(text: str) -> str:
    """French with its no-break spaces, which nobody sees while typing."""
    text = re.sub(r" (?=[;:!?»%])|(?<=«) ", "\u00a0", text)
    return re.sub(r"(?<=\d) (?=\d{3})", "\u202f", text)


@dataclass(frozen=True)
class Year:
    """Facts that an organisation published about a year."""

    year: int
    source: str
    staff: int | None = None
    budget: int | None = None
    currency: str = ""
    people_served: int | None = None


@dataclass(frozen=True)
class Org:
    """An organisation; `domain` when it has accounts, under .example."""

    code: str
    name: Text
    kinds: str
    country: str
    language: str = "en"
    time_zone: str = "UTC"
    aliases: tuple[str, ...] = ()
    years: tuple[Year, ...] = ()
    agreement: Span | None = None
    domain: str = ""


@dataclass(frozen=True)
class Place:
    """A site, at the level of a zone."""

    organisation: str
    code: str
    name: Text
    zone: Text
    kind: str
    country: str
    time_zone: str
    capacity: int | None = None
    is_confidential: bool = False
    is_active: bool = True


@dataclass(frozen=True)
class Partner:
    """An organisation that takes part in a program besides the lead."""

    organisation: str
    role: str
    since: dt.date
    until: dt.date | None = None


@dataclass(frozen=True)
class Work:
    """A site open for a program: since when, how many people it serves in a usual month."""

    site: str
    people: int
    # None: since the first of the rolling months.
    since: dt.date | None = None
    # Months before the current one that the work stopped; None while it goes on.
    stopped_months_ago: int | None = None
    until: dt.date | None = None
    is_tallied: bool = False


@dataclass(frozen=True)
class Row:
    """An indicator of a program and how its invented figures are made (see counts.py)."""

    indicator: str
    how: str
    rate: float = 1.0
    # Another row of the program that these are drawn from, instead of the month's people.
    among: str = ""
    # Exact totals by month, for published results that must be found again.
    exact: dict[tuple[int, int], int] = field(default_factory=dict, hash=False)
    is_main: bool = False


@dataclass(frozen=True)
class Aim:
    """A target of a program; `since` None: the civil year of today."""

    indicator: str
    kind: str
    value: int
    span: Span | None = None
    # Code of the grant's funder and its reference, for a target a grant sets.
    grant: str = ""
    # Key of the one cell it is about.
    cell: str = ""


@dataclass(frozen=True)
class Prog:
    """A program with its partners, its indicators in the order of the grid and its sites."""

    lead: str
    code: str
    name: Text
    objective: Text
    pillar: str
    kind: str
    starts_on: dt.date
    profile: dict[str, float] = field(hash=False)
    season: tuple[float, ...]
    rows: tuple[Row, ...]
    works: tuple[Work, ...]
    ends_on: dt.date | None = None
    ages: tuple[int | None, int | None] = (None, None)
    growth: float = 0.04
    due_days: int = 5
    # The row whose exact totals say how many people a month can bring.
    paced_by: str = ""
    partners: tuple[Partner, ...] = ()
    aims: tuple[Aim, ...] = ()


@dataclass(frozen=True)
class Cover:
    """What a grant covers."""

    program: str
    share: float = 100
    site: str = ""


@dataclass(frozen=True)
class Money:
    """A grant of a project."""

    funder: str
    reference: str
    language: str
    covers: tuple[Cover, ...] = ()
    span: Span | None = None
    amount: int | None = None
    currency: str = ""


@dataclass(frozen=True)
class Project:
    """A funded project with its true period."""

    organisation: str
    code: str
    name: Text
    objective: Text
    span: Span
    grants: tuple[Money, ...]


@dataclass(frozen=True)
class Account:
    """Somebody who signs in; `program` and `site` narrow the role."""

    name: str
    role: str
    organisation: str
    display: Text
    language: str = ""
    programs: tuple[str, ...] = ()
    site: str = ""


@dataclass(frozen=True)
class Family:
    """One of the program families: its rows, in the order in which they are made."""

    code: str
    title: Text
    is_invented: bool
    organisations: tuple[Org, ...]
    places: tuple[Place, ...]
    programs: tuple[Prog, ...]
    projects: tuple[Project, ...]
    accounts: tuple[Account, ...]
