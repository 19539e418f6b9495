from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from programs.constraints import CompositeForeignKey, both_languages, is_code, not_empty
from programs.triggers import counts_revisions, keeps

from .program import Program


class Dimension(models.Model):
    """A way of telling people apart in counts: sex, age…"""

    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100)
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("dimension")
        verbose_name_plural = _("dimensions")
        ordering = ["code"]
        constraints = [is_code("dimension"), *both_languages("dimension", "name")]
        triggers = [counts_revisions(), keeps("code")]

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    """One value of a dimension: girls, 6–11 years, unknown…"""

    dimension = models.ForeignKey(
        Dimension, on_delete=models.PROTECT, related_name="categories", verbose_name=_("dimension")
    )
    code = models.CharField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_unknown = models.BooleanField(_("unknown"), default=False)
    valid = DateRangeField(_("from, to"))
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["dimension", "position"]
        constraints = [
            UniqueConstraint(
                fields=["dimension", "code"],
                name="category_code_once",
                violation_error_message=_("This dimension already has this category."),
            ),
            UniqueConstraint(fields=["id", "dimension"], name="category_id_dimension"),
            UniqueConstraint(
                fields=["dimension"],
                condition=Q(is_unknown=True),
                name="category_one_unknown",
                violation_error_message=_("A dimension has one unknown category."),
            ),
            *both_languages("category", "name"),
            not_empty("category", "valid"),
        ]
        triggers = [counts_revisions(), keeps("dimension_id", "code")]

    def __str__(self) -> str:
        return self.name


class Breakdown(models.Model):
    """An ordered set of dimensions that an indicator is counted by, with its fixed cells."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100)
    dimensions = models.ManyToManyField(Dimension, through="BreakdownDimension", editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("breakdown")
        verbose_name_plural = _("breakdowns")
        ordering = ["code"]
        constraints = [is_code("breakdown"), *both_languages("breakdown", "name")]
        triggers = [counts_revisions(), keeps("code")]

    def __str__(self) -> str:
        return self.name


class BreakdownDimension(models.Model):
    """A dimension of a breakdown, at its position."""

    breakdown = models.ForeignKey(
        Breakdown, on_delete=models.PROTECT, related_name="dimension_rows"
    )
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT)
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        verbose_name = _("dimension of a breakdown")
        verbose_name_plural = _("dimensions of a breakdown")
        ordering = ["breakdown", "position"]
        constraints = [
            UniqueConstraint(fields=["breakdown", "dimension"], name="breakdowndimension_once"),
            UniqueConstraint(fields=["breakdown", "position"], name="breakdowndimension_position"),
        ]

    def __str__(self) -> str:
        return f"{self.breakdown} · {self.dimension}"


class Cell(models.Model):
    """One box of a breakdown: one category of each of its dimensions. Never regenerated."""

    breakdown = models.ForeignKey(Breakdown, on_delete=models.PROTECT, related_name="cells")
    key = models.CharField(_("key"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"))
    categories = models.ManyToManyField(Category, through="CellCategory", editable=False)

    class Meta:
        verbose_name = _("cell")
        verbose_name_plural = _("cells")
        ordering = ["breakdown", "position"]
        constraints = [
            UniqueConstraint(fields=["breakdown", "key"], name="cell_key_once"),
            UniqueConstraint(fields=["id", "breakdown"], name="cell_id_breakdown"),
        ]

    def __str__(self) -> str:
        return self.key


class CellCategory(models.Model):
    """The category of a cell in one dimension of its breakdown."""

    cell = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="category_rows")
    breakdown = models.ForeignKey(Breakdown, on_delete=models.PROTECT, related_name="+")
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="cell_rows")

    class Meta:
        verbose_name = _("category of a cell")
        verbose_name_plural = _("categories of a cell")
        constraints = [
            UniqueConstraint(fields=["cell", "dimension"], name="cellcategory_once"),
            CompositeForeignKey(
                name="cellcategory_cell",
                fields=["cell", "breakdown"],
                to="programs.Cell",
                to_fields=["id", "breakdown"],
            ),
            CompositeForeignKey(
                name="cellcategory_dimension",
                fields=["breakdown", "dimension"],
                to="programs.BreakdownDimension",
                to_fields=["breakdown", "dimension"],
            ),
            CompositeForeignKey(
                name="cellcategory_category",
                fields=["category", "dimension"],
                to="programs.Category",
                to_fields=["id", "dimension"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cell} · {self.category}"


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
    is_sensitive = models.BooleanField(_("sensitive"), default=True)
    is_active = models.BooleanField(_("active"), default=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["code"]
        constraints = [
            is_code("indicator"),
            *both_languages("indicator", "name", "definition"),
            UniqueConstraint(fields=["id", "breakdown"], name="indicator_id_breakdown"),
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
        triggers = [counts_revisions(), keeps("code", "breakdown_id", "unit", "measure")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("indicator", args=[self.pk])


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
