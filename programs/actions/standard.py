from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from audit import journal
from programs import standard
from programs.models import Breakdown, Category, Code, CodeList, Dimension, Indicator

from .breakdown import create_breakdown

SINCE = DateRange(dt.date(2000, 1, 1), None)


@transaction.atomic
def load_standard_catalogue(*, by=None) -> int:
    """Add what is missing of the words all organisations share; returns how many rows it added.

    What is there stays as it is: the platform's own wording is never overwritten.
    """
    added = _add_dimensions() + _add_breakdowns(by) + _add_indicators() + _add_code_lists()
    if added:
        journal.record("load_catalogue", by=by, details={"rows": added})
    return added


def _add_dimensions() -> int:
    added = 0
    for row in standard.DIMENSIONS:
        dimension, is_new = Dimension.objects.get_or_create(code=row.code, defaults=row.names)
        if not is_new:
            continue
        Category.objects.bulk_create(
            Category(
                dimension=dimension,
                code=category.code,
                position=position,
                is_unknown=category.is_unknown,
                valid=SINCE,
                **category.names,
            )
            for position, category in enumerate(row.categories)
        )
        added += 1 + len(row.categories)
    return added


def _add_breakdowns(by) -> int:
    known = set(Breakdown.objects.values_list("code", flat=True))
    dimensions = {dimension.code: dimension for dimension in Dimension.objects.all()}
    missing = [row for row in standard.BREAKDOWNS if row.code not in known]
    for row in missing:
        create_breakdown(
            code=row.code, dimensions=[dimensions[d] for d in row.dimensions], by=by, **row.names
        )
    return len(missing)


def _add_indicators() -> int:
    known = set(Indicator.objects.values_list("code", flat=True))
    breakdowns = {breakdown.code: breakdown for breakdown in Breakdown.objects.all()}
    missing = [row for row in standard.INDICATORS if row.code not in known]
    Indicator.objects.bulk_create(
        Indicator(
            code=row.code,
            breakdown=breakdowns[row.breakdown],
            unit=row.unit,
            measure=row.measure,
            time_rule=row.time_rule,
            site_rule=row.site_rule,
            **row.names,
        )
        for row in missing
    )
    indicators = {indicator.code: indicator for indicator in Indicator.objects.all()}
    for row in (r for r in missing if r.summed_by or r.at_most):
        Indicator.objects.filter(code=row.code).update(
            summed_by=indicators.get(row.summed_by), at_most=indicators.get(row.at_most)
        )
    return len(missing)


def _add_code_lists() -> int:
    added = 0
    for row in standard.CODE_LISTS:
        code_list, is_new = CodeList.objects.get_or_create(code=row.code, defaults=row.names)
        known = set(code_list.codes.values_list("code", flat=True))
        missing = [
            Code(
                code_list=code_list,
                code=code.code,
                position=position,
                htcds_code=code.htcds,
                ctdc_code=code.ctdc,
                label_fr=code.fr,
                label_en=code.en,
            )
            for position, code in enumerate(row.codes)
            if code.code not in known
        ]
        Code.objects.bulk_create(missing)
        added += len(missing) + is_new
    return added
