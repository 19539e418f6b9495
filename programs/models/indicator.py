from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.history import tracked
from programs.constraints import CompositeForeignKey, both_languages, is_code, not_empty
from programs.triggers import belongs, counts_revisions, keeps

from .breakdown import Breakdown
from .program import Program


class IndicatorQuerySet(models.QuerySet):
    def matching(self, *, q: str = "", unit: str = "", program: Program | None = None):
        """Indicators whose code or name holds `q`, of a unit, reported by a program."""
        rows = self
        if q:
            rows = rows.filter(
                Q(name_fr__icontains=q) | Q(name_en__icontains=q) | Q(code__icontains=q)
            )
        if unit:
            rows = rows.filter(unit=unit)
        if program:
            rows = rows.filter(pk__in=program.program_indicators.values("indicator"))
        return rows


class Indicator(models.Model):
    """What is counted: in which unit, by which measure, and how it may be summed."""

    class Unit(models.TextChoices):
        PERSON = "person", _("persons")
        CONTACT = "contact", _("contacts")
        HOUSEHOLD = "household", _("households")
        ITEM = "item", _("items")

    class Measure(models.TextChoices):
        NEW_IN_YEAR = "new_in_year", _("new this year")
        NEW_IN_PERIOD = "new_in_period", _("new this month")
        ACTIVE_IN_PERIOD = "active_in_period", _("distinct this month")
        STOCK_AT_END = "stock_at_end", _("present at the end of the month")
        EVENTS = "events", _("events this month")

    class TimeRule(models.TextChoices):
        SUM = "sum", _("months add up")
        LAST = "last", _("the last month stands")
        NONE = "none", _("months never add up")

    class SiteRule(models.TextChoices):
        SUM = "sum", _("sites add up")
        NONE = "none", _("sites never add up")

    class Direction(models.TextChoices):
        UP = "up", _("more is better")
        DOWN = "down", _("less is better")

    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=200)
    definition = models.TextField(_("definition"))
    breakdown = models.ForeignKey(
        Breakdown, on_delete=models.PROTECT, related_name="indicators", verbose_name=_("breakdown")
    )
    unit = models.CharField(_("unit"), max_length=20, choices=Unit.choices)
    counted_in = models.CharField(
        _("word for the unit"),
        max_length=40,
        blank=True,
        default="",
        help_text=_("Nights, meals, rounds… Leave empty to say the unit itself."),
    )
    measure = models.CharField(_("measure"), max_length=20, choices=Measure.choices)
    time_rule = models.CharField(_("over time"), max_length=10, choices=TimeRule.choices)
    site_rule = models.CharField(_("over sites"), max_length=10, choices=SiteRule.choices)
    direction = models.CharField(
        _("direction"), max_length=10, choices=Direction.choices, default=Direction.UP
    )
    summed_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="stands_for",
        verbose_name=_("over a longer time, show"),
        help_text=_("The indicator that may be added up where this one may not."),
    )
    at_most = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bounds",
        verbose_name=_("never above"),
        help_text=_("This count cannot exceed that one: persons never exceed contacts."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["code"]
        constraints = [
            is_code("indicator"),
            *both_languages("indicator", "name", "definition"),
            UniqueConstraint(fields=["id", "breakdown"], name="indicator_id_breakdown"),
            CheckConstraint(
                name="indicator_counted_in_pair",
                condition=(Q(counted_in_fr=None) | Q(counted_in_fr=""))
                & (Q(counted_in_en=None) | Q(counted_in_en=""))
                | Q(counted_in_fr__isnull=False, counted_in_en__isnull=False)
                & ~Q(counted_in_fr="")
                & ~Q(counted_in_en=""),
                violation_error_message=_("Give the word in both languages, or in neither."),
            ),
            CheckConstraint(
                name="indicator_measure_time_rule",
                condition=Q(measure="active_in_period", time_rule="none")
                | Q(measure="stock_at_end", time_rule="last")
                | Q(measure__in=["new_in_year", "new_in_period", "events"], time_rule="sum"),
                violation_error_message=_(
                    "Distinct counts never add up over months, stocks keep the last month, "
                    "new persons and events add up."
                ),
            ),
            CheckConstraint(
                name="indicator_measure_unit",
                condition=Q(measure="events", unit__in=["contact", "item"])
                | (~Q(measure="events") & Q(unit__in=["person", "household"])),
                violation_error_message=_(
                    "Events are counted in contacts or items, everything else in persons "
                    "or households."
                ),
            ),
            CheckConstraint(
                name="indicator_not_its_own_bound",
                condition=(Q(summed_by=None) | ~Q(summed_by=F("id")))
                & (Q(at_most=None) | ~Q(at_most=F("id"))),
                violation_error_message=_("An indicator cannot stand for itself."),
            ),
        ]
        triggers = [
            counts_revisions(),
            keeps("code", "breakdown_id", "unit", "measure"),
            belongs(
                "stands_for_what_adds_up",
                unless="""NEW.summed_by_id IS NULL OR EXISTS (
                    SELECT FROM programs_indicator WHERE id = NEW.summed_by_id
                    AND unit = NEW.unit AND time_rule = 'sum')""",
                constraint="indicator_summed_by_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("indicator", args=[self.pk])

    @property
    def unit_name(self) -> str:
        """What stands after a number of it: nights, meals, else its unit."""
        # Not get_unit_display(): that hashes every choice again at each call.
        return self.counted_in or str(self.Unit(self.unit).label)

    @property
    def how_it_is_counted(self) -> str:
        """The measure, as a sentence."""
        return {
            self.Measure.NEW_IN_YEAR: gettext(
                "Each one is counted once a year in a program and site, at the first contact."
            ),
            self.Measure.NEW_IN_PERIOD: gettext(
                "Each one is counted once, in the month of the first contact."
            ),
            self.Measure.ACTIVE_IN_PERIOD: gettext(
                "Each one seen in the month is counted once that month, however often they come."
            ),
            self.Measure.STOCK_AT_END: gettext(
                "Those present on the last day of the month are counted."
            ),
            self.Measure.EVENTS: gettext(
                "Each event is counted: the same person may be behind several."
            ),
        }[self.measure]

    @property
    def how_months_add_up(self) -> str:
        if self.time_rule == self.TimeRule.SUM:
            return gettext("Months add up: a quarter or a year is the sum of its months.")
        if self.time_rule == self.TimeRule.LAST:
            return gettext("Months do not add up: the last month of a period stands for it.")
        return gettext("Months never add up: two may count the same person or household.")

    @property
    def how_sites_add_up(self) -> str:
        if self.site_rule == self.SiteRule.SUM:
            return gettext("Sites add up: several sites together are the sum of each.")
        return gettext("Sites never add up: two may count the same person or household.")


@tracked()
class ProgramIndicator(models.Model):
    """An indicator that a program reports each month, in the order of its grid."""

    organisation = models.ForeignKey("programs.Organisation", on_delete=models.PROTECT)
    program = models.ForeignKey(
        Program,
        on_delete=models.PROTECT,
        related_name="program_indicators",
        verbose_name=_("program"),
    )
    indicator = models.ForeignKey(
        Indicator,
        on_delete=models.PROTECT,
        related_name="program_indicators",
        verbose_name=_("indicator"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_main = models.BooleanField(
        _("main count of the program"),
        default=False,
        help_text=_("The one figure that counts each person once: funders are shown this one."),
    )
    active = DateRangeField(_("from, to"))
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("indicator of a program")
        verbose_name_plural = _("indicators of a program")
        ordering = ["program", "position"]
        constraints = [
            CompositeForeignKey(
                name="programindicator_program",
                fields=["program", "organisation"],
                to="programs.Program",
                to_fields=["id", "organisation"],
                violation_error_message=_("This program belongs to another organisation."),
            ),
            ExclusionConstraint(
                name="programindicator_no_overlap",
                expressions=[
                    ("program", RangeOperators.EQUAL),
                    ("indicator", RangeOperators.EQUAL),
                    ("active", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The program already reports this indicator then."),
            ),
            UniqueConstraint(
                fields=["program"],
                condition=Q(is_main=True),
                name="programindicator_one_main",
                violation_error_message=_("A program has one main count."),
            ),
            not_empty("programindicator", "active"),
        ]
        triggers = [counts_revisions()]

    def __str__(self) -> str:
        return f"{self.program} · {self.indicator}"

    def places(self, permission: str) -> list[tuple[int, int | None, int | None]]:
        return self.program.places(permission)
