from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from audit.history import tracked
from programs.constraints import CompositeForeignKey, not_empty
from programs.triggers import belongs, counts_revisions

from .breakdown import Cell
from .funding import Grant
from .indicator import Indicator
from .organisation import Organisation
from .program import Program
from .site import Site


class TargetQuerySet(models.QuerySet):
    def visible_to(self, user) -> TargetQuerySet:
        """Of programs one's organisation leads; elsewhere those of the sites one may see.

        A target tied to a grant shows to those who may see the grant.
        """
        can = "programs.view_catalogue"
        led = user.access.filter(can, organisation="organisation", program="program", site="site")
        of_sites = Q(site__in=Site.objects.visible_to(user))
        seen = Q(grant=None) | Q(grant__in=Grant.objects.visible_to(user))
        return self.filter(led | of_sites, seen)


@tracked()
class Target(models.Model):
    """What a program aims to reach for an indicator over a span of days."""

    class Kind(models.TextChoices):
        INCREMENTAL = "incremental", _("to reach within the span")
        CUMULATIVE = "cumulative", _("to have reached since the start")
        LEVEL = "level", _("to keep up each month")

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, verbose_name=_("organisation")
    )
    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="targets", verbose_name=_("program")
    )
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="targets", verbose_name=_("indicator")
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("site")
    )
    grant = models.ForeignKey(
        Grant, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("grant")
    )
    cell = models.ForeignKey(
        Cell, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("cell")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    span = DateRangeField(_("from, to"))
    value = models.PositiveIntegerField(_("value"))
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["program", "indicator", "span"]
        constraints = [
            CompositeForeignKey(
                name="target_program",
                fields=["program", "organisation"],
                to="programs.Program",
                to_fields=["id", "organisation"],
                violation_error_message=_("This program belongs to another organisation."),
            ),
            CompositeForeignKey(
                name="target_grant",
                fields=["grant", "organisation"],
                to="programs.Grant",
                to_fields=["id", "organisation"],
                violation_error_message=_("This grant belongs to another organisation."),
            ),
            ExclusionConstraint(
                name="target_no_overlap",
                expressions=[
                    ("indicator", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("program", RangeOperators.EQUAL),
                    (Coalesce("site", 0), RangeOperators.EQUAL),
                    (Coalesce("grant", 0), RangeOperators.EQUAL),
                    (Coalesce("cell", 0), RangeOperators.EQUAL),
                    ("span", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("There is already a target for this at that time."),
            ),
            not_empty("target", "span"),
        ]
        triggers = [
            counts_revisions(),
            belongs(
                "cell_is_of_the_indicator",
                unless="""NEW.cell_id IS NULL OR EXISTS (
                    SELECT FROM programs_cell c JOIN programs_indicator i USING (breakdown_id)
                    WHERE c.id = NEW.cell_id AND i.id = NEW.indicator_id)""",
                constraint="target_cell_of_indicator",
            ),
            # At any date: a target may be set before the program begins to count.
            belongs(
                "indicator_is_counted",
                unless="""EXISTS (
                    SELECT FROM programs_programindicator
                    WHERE program_id = NEW.program_id AND indicator_id = NEW.indicator_id)""",
                constraint="target_indicator_of_program",
            ),
            belongs(
                "site_is_of_the_program",
                unless="""NEW.site_id IS NULL OR EXISTS (
                    SELECT FROM programs_programsite
                    WHERE program_id = NEW.program_id AND site_id = NEW.site_id)""",
                constraint="target_site_of_program",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program} · {self.indicator}"

    @property
    def days(self) -> tuple[dt.date, dt.date | None]:
        """First and last day, both included."""
        last = self.span.upper - dt.timedelta(days=1) if self.span.upper else None
        return self.span.lower, last

    def places(self, permission: str) -> list[tuple[int, int | None, int | None]]:
        return self.program.places(permission)


@dataclass(frozen=True)
class Disagreement:
    """Targets of the parts of a span that do not sum to the one of the whole."""

    whole: Target
    parts: int


def disagreements(targets: Iterable[Target]) -> list[Disagreement]:
    """Cumulative targets that the incremental ones of their time do not sum to.

    A whole that is not wholly divided yet is wrong only when its parts already exceed it.
    """
    rows = list(targets)
    wholes = [row for row in rows if row.kind == Target.Kind.CUMULATIVE]
    found = []
    for whole in wholes:
        steps = [row for row in wholes if _same_aim(row, whole) and _is_before(row, whole)]
        start = min(row.span.lower for row in [*steps, whole])
        parts = [row for row in rows if _same_aim(row, whole) and _is_part(row, start, whole)]
        total = sum(row.value for row in parts)
        is_divided = bool(parts) and _covers(parts, start, whole)
        if total > whole.value or (is_divided and total != whole.value):
            found.append(Disagreement(whole, total))
    return found


def _same_aim(one: Target, other: Target) -> bool:
    fields = ("program_id", "indicator_id", "site_id", "grant_id", "cell_id")
    return all(getattr(one, field) == getattr(other, field) for field in fields)


def _is_before(step: Target, whole: Target) -> bool:
    """A cumulative target is reached by steps: the earlier ones belong to its time."""
    return step.span.upper is not None and step.span.upper <= whole.span.lower


def _is_part(row: Target, start: dt.date, whole: Target) -> bool:
    ends_within = whole.span.upper is None or (
        row.span.upper is not None and row.span.upper <= whole.span.upper
    )
    return row.kind == Target.Kind.INCREMENTAL and row.span.lower >= start and ends_within


def _covers(parts: list[Target], start: dt.date, whole: Target) -> bool:
    """Whether the parts follow each other from the first day of the whole to its last."""
    spans = sorted((row.span.lower, row.span.upper) for row in parts)
    follow = all(end == begin for (_, end), (begin, _) in itertools.pairwise(spans))
    return follow and spans[0][0] == start and spans[-1][1] == whole.span.upper
