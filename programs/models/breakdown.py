from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.history import tracked
from programs.constraints import CompositeForeignKey, both_languages, is_code, not_empty
from programs.triggers import counts_revisions, keeps, never_changes

# Nobody fills a larger grid (the limit PSI sets itself in DHIS2).
MOST_CELLS = 100
MADE_ONCE = _("A breakdown is made once, with its dimensions and its cells.")


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
            is_code("category"),
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


@tracked()
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
            UniqueConstraint(
                fields=["breakdown", "dimension"],
                name="breakdowndimension_once",
                violation_error_message=MADE_ONCE,
            ),
            UniqueConstraint(
                fields=["breakdown", "position"],
                name="breakdowndimension_position",
                violation_error_message=MADE_ONCE,
            ),
        ]
        triggers = [never_changes()]

    def __str__(self) -> str:
        return f"{self.breakdown} · {self.dimension}"


@tracked()
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
            UniqueConstraint(
                fields=["breakdown", "key"], name="cell_key_once", violation_error_message=MADE_ONCE
            ),
            UniqueConstraint(fields=["id", "breakdown"], name="cell_id_breakdown"),
            UniqueConstraint(
                fields=["breakdown", "position"],
                name="cell_position_once",
                violation_error_message=_("Two cells cannot stand at the same position."),
            ),
            CheckConstraint(
                name="cell_at_most_a_hundred",
                condition=Q(position__lt=MOST_CELLS),
                violation_error_message=_("A breakdown has at most 100 cells."),
            ),
        ]
        triggers = [never_changes()]

    def __str__(self) -> str:
        return self.key

    @property
    def label(self) -> str:
        """Its categories in words, in the order of the breakdown; "Total" for its only cell.

        For many cells prefetch `category_rows__category`.
        """
        rows = sorted(self.category_rows.all(), key=lambda row: row.pk)
        return " · ".join(row.category.name for row in rows) or gettext("Total")


@tracked()
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
            UniqueConstraint(
                fields=["cell", "dimension"],
                name="cellcategory_once",
                violation_error_message=MADE_ONCE,
            ),
            CompositeForeignKey(
                name="cellcategory_cell",
                fields=["cell", "breakdown"],
                to="programs.Cell",
                to_fields=["id", "breakdown"],
                violation_error_message=MADE_ONCE,
            ),
            CompositeForeignKey(
                name="cellcategory_dimension",
                fields=["breakdown", "dimension"],
                to="programs.BreakdownDimension",
                to_fields=["breakdown", "dimension"],
                violation_error_message=MADE_ONCE,
            ),
            CompositeForeignKey(
                name="cellcategory_category",
                fields=["category", "dimension"],
                to="programs.Category",
                to_fields=["id", "dimension"],
                violation_error_message=MADE_ONCE,
            ),
        ]
        triggers = [never_changes()]

    def __str__(self) -> str:
        return f"{self.cell} · {self.category}"
