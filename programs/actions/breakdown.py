from __future__ import annotations

from itertools import product

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit import journal
from programs.models import Breakdown, BreakdownDimension, Category, Cell, CellCategory, Dimension
from programs.models.breakdown import MOST_CELLS
from programs.rights import EDIT_SHARED
from programs.violations import explained


@transaction.atomic
def create_breakdown(
    *, code: str, name_fr: str, name_en: str, dimensions: list[Dimension], by=None
) -> Breakdown:
    """Make a breakdown with its cells, once: cells are never regenerated.

    A cell's key is its categories' codes joined by "|", in the order of `dimensions`; a
    breakdown without any dimension has one cell, its total.
    """
    if by is not None and not by.has_perm(EDIT_SHARED):
        raise PermissionDenied
    combinations = _combinations(dimensions)
    with explained():
        breakdown = Breakdown.objects.create(code=code, name_fr=name_fr, name_en=name_en)
    BreakdownDimension.objects.bulk_create(
        BreakdownDimension(breakdown=breakdown, dimension=dimension, position=position)
        for position, dimension in enumerate(dimensions)
    )
    cells = Cell.objects.bulk_create(
        Cell(breakdown=breakdown, key="|".join(c.code for c in combination), position=position)
        for position, combination in enumerate(combinations)
    )
    CellCategory.objects.bulk_create(
        CellCategory(
            cell=cell, breakdown=breakdown, dimension_id=category.dimension_id, category=category
        )
        for cell, combination in zip(cells, combinations, strict=True)
        for category in combination
    )
    journal.record("add_breakdown", breakdown, by=by, details={"cells": len(cells)})
    return breakdown


def _combinations(dimensions: list[Dimension]) -> list[tuple[Category, ...]]:
    """One tuple of categories a cell, in the order of the grid.

    Refused: more cells than anyone fills, and a dimension without its unknown, for then a total
    of which only a part is known could not be entered.
    """
    categories = [list(d.categories.order_by("position")) for d in dimensions]
    for dimension, its_categories in zip(dimensions, categories, strict=True):
        if not any(category.is_unknown for category in its_categories):
            raise ValidationError(
                _("“%(dimension)s” has no unknown category: add it first.")
                % {"dimension": dimension}
            )
    combinations = list(product(*categories))
    if len(combinations) > MOST_CELLS:
        raise ValidationError(
            _("%(cells)s cells are too many: a breakdown has at most %(most)s.")
            % {"cells": len(combinations), "most": MOST_CELLS}
        )
    return combinations
