from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from audit.fields import EncryptedTextField, holds_sealed
from audit.history import tracked
from programs.constraints import CompositeForeignKey
from programs.models import Breakdown, Cell, Indicator, Organisation
from programs.triggers import keeps

from .lock import REFUSE_LOCKED_MONTH
from .report import CountReport


def never_the_same_revision(table: str) -> pgtrigger.Trigger:
    """Each write takes a revision that no row ever had.

    A row may be cleared and typed again: a number that starts over at 1 would make a stale save
    look fresh. Revisions also name one event of the history.
    """
    return pgtrigger.Trigger(
        name="never_the_same_revision",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            NEW.revision := nextval(pg_get_serial_sequence('{table}', 'id'));
            RETURN NEW;
        """,
    )


def frozen_with_its_report() -> pgtrigger.Trigger:
    """Counts change only while their report is a draft or was returned (the old one and the new).

    FOR SHARE, so that a submission waits for the change and the change for the submission; a
    report that cannot be seen refuses too. Nor do they change in a locked month.
    """
    return pgtrigger.Trigger(
        name="frozen_with_its_report",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("wanted", "bigint"), ("report", "beneficiaries_countreport")],
        func="""
            FOREACH wanted IN ARRAY array_remove(ARRAY[
                CASE WHEN TG_OP <> 'INSERT' THEN OLD.report_id END,
                CASE WHEN TG_OP <> 'DELETE' THEN NEW.report_id END], NULL)
            LOOP
                SELECT * INTO report FROM beneficiaries_countreport WHERE id = wanted FOR SHARE;
                IF report.status IS NULL OR report.status NOT IN ('draft', 'returned') THEN
                    RAISE EXCEPTION 'report % is %: its counts are frozen',
                        wanted, coalesce(report.status, 'not visible')
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'beneficiarycount_frozen';
                END IF;
                -- locked
            END LOOP;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """.replace("-- locked", REFUSE_LOCKED_MONTH),
    )


@tracked(
    obj_field=pghistory.ObjForeignKey(db_index=False, related_name="events"),
    meta={"indexes": [models.Index(fields=["report", "pgh_id"], name="countevent_of_report")]},
)
class BeneficiaryCount(models.Model):
    """One number of a report: an indicator in one cell of its breakdown, or why it is missing."""

    class MissingReason(models.TextChoices):
        NOT_COLLECTED = "not_collected", _("not collected")
        NOT_APPLICABLE = "not_applicable", _("not applicable")
        WITHHELD = "withheld", _("withheld")

    # How a missing number is written in a cell, in files and by keyboard.
    MARKS = {"nc": "not_collected", "na": "not_applicable", "…": "withheld"}
    MAX_VALUE = 100_000

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    # Found through its report: indexes of its own on the catalogue's keys would only slow saving.
    report = models.ForeignKey(
        CountReport, on_delete=models.CASCADE, related_name="counts", db_index=False
    )
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    breakdown = models.ForeignKey(
        Breakdown, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    cell = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="+", db_index=False)
    value = models.PositiveIntegerField(_("value"), null=True)
    missing_reason = models.CharField(
        _("why it is missing"), max_length=20, choices=MissingReason.choices, blank=True
    )
    comment = EncryptedTextField(
        _("comment"), blank=True, max_length=2000, row=["report", "indicator", "cell"]
    )
    is_derived = models.BooleanField(_("from the tally sheets"), default=False)
    revision = models.PositiveBigIntegerField(db_default=1, editable=False)

    class Meta:
        verbose_name = _("count")
        verbose_name_plural = _("counts")
        constraints = [
            UniqueConstraint(
                fields=["report", "indicator", "cell"],
                name="beneficiarycount_once",
                violation_error_message=_("This cell already has a number."),
            ),
            CompositeForeignKey(
                name="beneficiarycount_report",
                fields=["report", "organisation"],
                to="beneficiaries.CountReport",
                to_fields=["id", "organisation"],
                violation_error_message=_("This report belongs to another organisation."),
            ),
            CompositeForeignKey(
                name="beneficiarycount_indicator",
                fields=["indicator", "breakdown"],
                to="programs.Indicator",
                to_fields=["id", "breakdown"],
                violation_error_message=_("This indicator is not counted this way."),
            ),
            CompositeForeignKey(
                name="beneficiarycount_cell",
                fields=["cell", "breakdown"],
                to="programs.Cell",
                to_fields=["id", "breakdown"],
                violation_error_message=_("This cell belongs to another breakdown."),
            ),
            CheckConstraint(
                name="beneficiarycount_value",
                condition=Q(value__isnull=True) | Q(value__range=(0, 100_000)),
                violation_error_message=_("A count is a whole number from 0 to 100 000."),
            ),
            CheckConstraint(
                name="beneficiarycount_value_or_reason",
                condition=(Q(value__isnull=True) & ~Q(missing_reason=""))
                | (Q(value__isnull=False) & Q(missing_reason="")),
                violation_error_message=_("Give a number, or say why it is missing."),
            ),
            CheckConstraint(
                name="beneficiarycount_missing_reason",
                condition=Q(missing_reason__in=["", "not_collected", "not_applicable", "withheld"]),
                violation_error_message=_("Unknown reason."),
            ),
            holds_sealed("beneficiarycount", "comment"),
        ]
        indexes = [
            models.Index(
                fields=["report", "indicator"],
                # The organisation, which row-level security asks of every row.
                include=["cell", "value", "organisation"],
                name="beneficiarycount_figures",
            )
        ]
        triggers = [
            never_the_same_revision("beneficiaries_beneficiarycount"),
            frozen_with_its_report(),
            keeps("report_id", "indicator_id", "cell_id", "breakdown_id"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.indicator_id}/{self.cell_id}"


@tracked(meta={"indexes": [models.Index(fields=["report", "pgh_id"], name="noteevent_of_report")]})
class CountNote(models.Model):
    """Why an indicator of a report is unusual, in the words of whoever entered it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    report = models.ForeignKey(CountReport, on_delete=models.CASCADE, related_name="notes")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+")
    text = EncryptedTextField(_("explanation"), max_length=2000, row=["report", "indicator"])
    revision = models.PositiveBigIntegerField(db_default=1, editable=False)

    class Meta:
        verbose_name = _("explanation of a count")
        verbose_name_plural = _("explanations of counts")
        constraints = [
            UniqueConstraint(
                fields=["report", "indicator"],
                name="countnote_once",
                violation_error_message=_("This row is already explained: change that text."),
            ),
            CompositeForeignKey(
                name="countnote_report",
                fields=["report", "organisation"],
                to="beneficiaries.CountReport",
                to_fields=["id", "organisation"],
                violation_error_message=_("This report belongs to another organisation."),
            ),
            CheckConstraint(
                name="countnote_text_filled",
                condition=~Q(text=""),
                violation_error_message=_("Write the explanation."),
            ),
            holds_sealed("countnote", "text"),
        ]
        triggers = [
            never_the_same_revision("beneficiaries_countnote"),
            frozen_with_its_report(),
            keeps("report_id", "indicator_id"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.indicator_id}"
