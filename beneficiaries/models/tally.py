from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.fields import EncryptedTextField, holds_sealed
from audit.history import tracked
from programs.constraints import CompositeForeignKey, identified_within_organisation
from programs.models import Breakdown, Cell, Indicator, Organisation, Program, Site
from programs.months import month_after
from programs.triggers import counts_revisions, keeps


class TallySheetQuerySet(models.QuerySet):
    def visible_to(self, user) -> TallySheetQuerySet:
        return self.filter(
            user.access.filter(
                "beneficiaries.view_counts",
                organisation="organisation",
                program="program",
                site="site",
            )
        )

    def of_day(self, program: Program, site: Site, day: dt.date) -> TallySheetQuerySet:
        return self.filter(program=program, site=site, day=day)

    def of_month(self, program: Program, site: Site, month: dt.date) -> TallySheetQuerySet:
        days = {"day__gte": month, "day__lt": month_after(month)}
        return self.filter(program=program, site=site, **days)

    def standing(self, program: Program, site: Site, month: dt.date) -> TallySheetQuerySet:
        """The sheets of a month that count: not cancelled."""
        return self.of_month(program, site, month).filter(cancelled_at=None)


@tracked()
class TallySheet(models.Model):
    """One day (or one round of a day) at a site without registers: who was met, by tally."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, verbose_name=_("organisation")
    )
    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="tally_sheets", verbose_name=_("program")
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="tally_sheets", verbose_name=_("site")
    )
    day = models.DateField(_("day"))
    number = models.PositiveSmallIntegerField(_("round of the day"), default=1)
    note = EncryptedTextField(
        _("note"), blank=True, max_length=1000, row=["program", "site", "day", "number"]
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("entered by"),
    )
    entered_at = models.DateTimeField(_("entered"), default=timezone.now)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = TallySheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("tally sheet")
        verbose_name_plural = _("tally sheets")
        ordering = ["-day", "-number"]
        constraints = [
            identified_within_organisation("tallysheet"),
            CompositeForeignKey(
                name="tallysheet_partnership",
                fields=["program", "organisation"],
                to="programs.Partnership",
                to_fields=["program", "organisation"],
                violation_error_message=_("The organisation does not take part in this program."),
            ),
            CompositeForeignKey(
                name="tallysheet_site",
                fields=["site", "organisation"],
                to="programs.Site",
                to_fields=["id", "organisation"],
                violation_error_message=_("This site belongs to another organisation."),
            ),
            UniqueConstraint(
                fields=["program", "site", "day", "number"],
                name="tallysheet_once",
                violation_error_message=_("This round of the day is already entered."),
            ),
            CheckConstraint(
                name="tallysheet_number",
                condition=Q(number__range=(1, 20)),
                violation_error_message=_("A day has 1 to 20 rounds."),
            ),
            holds_sealed("tallysheet", "note"),
        ]
        triggers = [
            counts_revisions(),
            keeps("organisation_id", "program_id", "site_id", "day", "number"),
        ]

    def __str__(self) -> str:
        return f"{self.program_id}/{self.site_id}/{self.day}/{self.number}"

    @property
    def month(self) -> dt.date:
        """The month of the report that it adds up into."""
        return self.day.replace(day=1)

    def places(self, permission: str) -> list[tuple[int, int | None, int | None]]:
        return [(self.organisation_id, self.program_id, self.site_id)]


@tracked()
class TallyCount(models.Model):
    """One number of a tally sheet: an event indicator in one cell."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    sheet = models.ForeignKey(TallySheet, on_delete=models.CASCADE, related_name="counts")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+")
    breakdown = models.ForeignKey(Breakdown, on_delete=models.PROTECT, related_name="+")
    cell = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="+")
    value = models.PositiveIntegerField(_("value"))

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints = [
            UniqueConstraint(
                fields=["sheet", "indicator", "cell"],
                name="tallycount_once",
                violation_error_message=_("This cell of the sheet already has a number."),
            ),
            CompositeForeignKey(
                name="tallycount_sheet",
                fields=["sheet", "organisation"],
                to="beneficiaries.TallySheet",
                to_fields=["id", "organisation"],
                violation_error_message=_("This sheet belongs to another organisation."),
            ),
            CompositeForeignKey(
                name="tallycount_indicator",
                fields=["indicator", "breakdown"],
                to="programs.Indicator",
                to_fields=["id", "breakdown"],
                violation_error_message=_("This indicator is not counted this way."),
            ),
            CompositeForeignKey(
                name="tallycount_cell",
                fields=["cell", "breakdown"],
                to="programs.Cell",
                to_fields=["id", "breakdown"],
                violation_error_message=_("This cell belongs to another breakdown."),
            ),
            CheckConstraint(
                name="tallycount_value",
                condition=Q(value__range=(0, 10_000)),
                violation_error_message=_("A tally is a whole number from 0 to 10,000."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.indicator_id}/{self.cell_id}"
