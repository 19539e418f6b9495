"""Changes of the catalogue that more than one row takes."""

from __future__ import annotations

from itertools import product

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from .models import Breakdown, BreakdownDimension, Cell, CellCategory, Dimension

MOST_CELLS = 100


@transaction.atomic
def create_breakdown(
    *, code: str, name_fr: str, name_en: str, dimensions: list[Dimension]
) -> Breakdown:
    """Make a breakdown with its cells, once: cells are never regenerated.

    A cell's key is its categories' codes joined by "|", in the order of `dimensions`. More than
    100 cells are refused: nobody fills such a grid (the limit PSI sets itself in DHIS2).
    """
    categories = [list(d.categories.order_by("position")) for d in dimensions]
    combinations = list(product(*categories))
    if len(combinations) > MOST_CELLS:
        raise ValidationError(
            _("%(cells)s cells are too many: a breakdown has at most %(most)s.")
            % {"cells": len(combinations), "most": MOST_CELLS}
        )
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
    return breakdown
