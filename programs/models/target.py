from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import CheckConstraint, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from programs.constraints import CompositeForeignKey, not_empty
from programs.triggers import counts_revisions

from .funding import Grant
from .indicator import Cell, Indicator
from .organisation import Organisation
from .program import Program
from .site import Site


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
            CheckConstraint(
                name="target_value",
                condition=Q(value__gte=0),
                violation_error_message=_("A target is zero or more."),
            ),
            ExclusionConstraint(
                name="target_no_overlap",
                expressions=[
                    ("indicator", RangeOperators.EQUAL),
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
        triggers = [counts_revisions()]

    def __str__(self) -> str:
        return f"{self.program} · {self.indicator}: {self.value}"
