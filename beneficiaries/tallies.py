"""Tally sheets as they are read: the day one is for, the sheets of a month, their sums."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.db.models import Sum
from django.utils import timezone

from programs.models import Indicator, KindOfWork, Program, ProgramSite, Site, SiteKind
from programs.months import month_after

from .closed import Closed, closed_places
from .models import TallyCount, TallySheet
from .sheet import Row, asked

# The hour at which a new day begins on a sheet: what happens after midnight belongs to the
# evening before, and where nights are spent so does the whole morning.
NIGHT_ENDS, DAY_BEGINS = 12, 4
MOST_ROUNDS = 20
# How far back the list of sites looks for sheets and for sites that closed.
DAYS_SHOWN = 40
Key = tuple[int, int]


def is_night_work(place: ProgramSite) -> bool:
    """Whether its sheets are of nights, each under the date of its evening."""
    return (
        place.site.kind == SiteKind.NIGHT_CENTRE
        or place.program.kind_of_work == KindOfWork.NIGHT_CARE
    )


def local_now(site: Site) -> dt.datetime:
    return timezone.now().astimezone(ZoneInfo(site.time_zone))


def day_of(place: ProgramSite) -> dt.date:
    """The day that a sheet opened now is for, where the site is."""
    turns_at = NIGHT_ENDS if is_night_work(place) else DAY_BEGINS
    return (local_now(place.site) - dt.timedelta(hours=turns_at)).date()


def is_open_on(place: ProgramSite, day: dt.date) -> bool:
    """Whether a sheet may be of this day: the site is open then, the day is not ahead."""
    return day in _days(place, day, day)


def tallied_rows(program: Program, month: dt.date) -> list[Row]:
    """What a tally sheet asks: the events that the program counts in the month."""
    rows = asked(program=program, month=month).rows
    return [row for row in rows if row.indicator.measure == Indicator.Measure.EVENTS]


def sums(*, program: Program, site: Site, month: dt.date) -> dict[Key, int]:
    """What the month's sheets that stand add up to, by (indicator, cell)."""
    rows = (
        TallyCount.objects.filter(sheet__in=TallySheet.objects.standing(program, site, month))
        .values("indicator", "cell")
        .annotate(total=Sum("value"))
    )
    return {(row["indicator"], row["cell"]): row["total"] for row in rows}


def anchor_of(sheet: TallySheet) -> str:
    """Where a sheet stands in the list of its month."""
    return f"sheet-{sheet.day}-{sheet.number}"


@dataclass
class SheetLine:
    """A sheet in the list of its month: by indicator, its total and the month's total so far."""

    sheet: TallySheet
    figures: list[tuple[Indicator, int, int]]

    @property
    def anchor(self) -> str:
        return anchor_of(self.sheet)


@dataclass
class Month:
    """The sheets of a site in a program for a month, last first, with totals and gaps."""

    place: ProgramSite
    month: dt.date
    totals: list[tuple[Indicator, int]] = field(default_factory=list)
    lines: list[SheetLine] = field(default_factory=list)
    days_without: list[dt.date] = field(default_factory=list)

    @property
    def day_to_enter(self) -> dt.date | None:
        """Today, as the site counts days, while it has no sheet."""
        day = day_of(self.place)
        return day if day in self.days_without else None

    @property
    def before(self) -> dt.date:
        return month_after(self.month, -1)

    @property
    def after(self) -> dt.date | None:
        after = month_after(self.month)
        return after if after <= local_now(self.place.site).date() else None


def month_of_sheets(place: ProgramSite, month: dt.date) -> Month:
    """Four queries, however many sheets: indicators, cells, sheets, sums."""
    indicators = [row.indicator for row in tallied_rows(place.program, month)]
    sheets = list(
        TallySheet.objects.of_month(place.program, place.site, month).select_related("entered_by")
    )
    counted = _totals(sheets)
    so_far: dict[int, int] = defaultdict(int)
    lines = []
    for sheet in reversed(sheets):
        figures = []
        for indicator in indicators:
            total = counted.get((sheet.pk, indicator.pk), 0)
            so_far[indicator.pk] += 0 if sheet.cancelled_at else total
            figures.append((indicator, total, so_far[indicator.pk]))
        lines.insert(0, SheetLine(sheet, figures))
    entered = {sheet.day for sheet in sheets if not sheet.cancelled_at}
    days = _days(place, month, month_after(month) - dt.timedelta(days=1))
    return Month(
        place=place,
        month=month,
        totals=[(indicator, so_far[indicator.pk]) for indicator in indicators],
        lines=lines,
        days_without=[day for day in days if day not in entered],
    )


@dataclass
class Day:
    """One round of a day at a site, made or to be made, and what is around it."""

    place: ProgramSite
    day: dt.date
    number: int
    rounds: list[TallySheet]
    rows: list[Row]
    closed: Closed | None

    @property
    def sheet(self) -> TallySheet | None:
        return next((one for one in self.rounds if one.number == self.number), None)

    @property
    def is_open(self) -> bool:
        """Whether it may be written now."""
        return not self.closed and not (self.sheet and self.sheet.cancelled_at)

    @property
    def standing(self) -> list[TallySheet]:
        return [one for one in self.rounds if not one.cancelled_at]

    @property
    def next_number(self) -> int | None:
        """The next round of the day, once there is one; a cancelled one keeps its number."""
        number = max((one.number for one in self.rounds), default=0) + 1
        return number if 1 < number <= MOST_ROUNDS else None

    @property
    def has_rounds(self) -> bool:
        """Whether there is more than this one to choose from, or to make."""
        return len(self.standing) > 1 or bool(self.next_number and self.is_open)

    @property
    def month(self) -> dt.date:
        return self.day.replace(day=1)

    @property
    def next_morning(self) -> dt.date | None:
        """The day a night ends, where nights are spent."""
        return self.day + dt.timedelta(days=1) if is_night_work(self.place) else None

    @property
    def before(self) -> dt.date | None:
        return self._neighbour(-1)

    @property
    def after(self) -> dt.date | None:
        return self._neighbour(1)

    def _neighbour(self, days: int) -> dt.date | None:
        day = self.day + dt.timedelta(days=days)
        return day if is_open_on(self.place, day) else None


def day_page(place: ProgramSite, day: dt.date | None, number: int | None) -> Day | None:
    """A round of a day (today, the first that stands, unless said), or the next one; else None."""
    day = day or day_of(place)
    if not is_open_on(place, day) or (number and number > MOST_ROUNDS):
        return None
    month = day.replace(day=1)
    rounds = TallySheet.objects.of_day(place.program, place.site, day).order_by("number")
    rounds = list(rounds.select_related("entered_by").prefetch_related("counts"))
    if number and number > max((one.number for one in rounds), default=0) + 1:
        return None
    numbers = [one.number for one in rounds if not one.cancelled_at]
    key = (place.organisation_id, place.program_id, place.site_id)
    return Day(
        place=place,
        day=day,
        number=number or next(iter(numbers), len(rounds) + 1),
        rounds=rounds,
        rows=tallied_rows(place.program, month),
        closed=closed_places([key], month).get(key),
    )


@dataclass
class Place:
    """A site that keeps tally sheets: the day to enter, whether it is entered, days without."""

    place: ProgramSite
    day: dt.date
    is_entered: bool
    days_without: int


def places_of(user) -> list[Place]:
    """The sites where `user` enters tally sheets: two queries, however many sites."""
    since = timezone.now().date() - dt.timedelta(days=DAYS_SHOWN)
    places = list(
        ProgramSite.objects.tallied()
        .reached_by(user, "beneficiaries.enter_counts")
        .filter(active__overlap=(since, None))
        .select_related("program", "site")
        .order_by("site__code", "program__code")
    )
    sheets = TallySheet.objects.filter(
        site__in=[place.site_id for place in places], day__gte=since, cancelled_at=None
    )
    entered: dict[tuple[int, int], set[dt.date]] = defaultdict(set)
    for program_id, site_id, day in sheets.values_list("program", "site", "day"):
        entered[program_id, site_id].add(day)
    return [_place(place, entered[place.program_id, place.site_id]) for place in places]


def _place(place: ProgramSite, entered: set[dt.date]) -> Place:
    day = day_of(place)
    days = _days(place, day.replace(day=1), day)
    return Place(
        place=place,
        day=day,
        is_entered=day in entered,
        days_without=sum(one not in entered for one in days if one != day),
    )


def _totals(sheets: Iterable[TallySheet]) -> dict[tuple[int, int], int]:
    rows = (
        TallyCount.objects.filter(sheet__in=sheets)
        .values("sheet", "indicator")
        .annotate(total=Sum("value"))
    )
    return {(row["sheet"], row["indicator"]): row["total"] for row in rows}


def _days(place: ProgramSite, first: dt.date, last: dt.date) -> list[dt.date]:
    """Days from first to last, none ahead, on which the site is open for the program."""
    opens, shuts, program = place.active.lower, place.active.upper, place.program
    first = max(day for day in (first, opens, program.starts_on) if day)
    today = local_now(place.site).date()
    ends = (last, today, program.ends_on, shuts and shuts - dt.timedelta(days=1))
    last = min(day for day in ends if day)
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
