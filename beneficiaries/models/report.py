from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.fields import EncryptedTextField, holds_sealed
from audit.history import tracked
from programs.constraints import CompositeForeignKey, identified_within_organisation
from programs.models import Organisation, Program, Site
from programs.months import month_after
from programs.triggers import counts_revisions, keeps

from .lock import REFUSE_LOCKED_MONTH
from .review import lead_decides_only

# Where a right over work at a site comes from: who works there, or who leads the program.
OWN = {"organisation": "organisation", "program": "program", "site": "site"}
LED = OWN | {"organisation": "program__organisation"}

# What a report is, for ever: its texts are sealed for it.
IDENTITY = ["program", "site", "month", "version"]
# Letters of a reason, at least.
LEAST_REASON = 10


class CountReportQuerySet(models.QuerySet):
    def visible_to(self, user) -> CountReportQuerySet:
        """Reports a membership covers; of partners in programs one leads, once submitted."""
        own = user.access.filter("beneficiaries.view_counts", **OWN)
        led = user.access.filter("beneficiaries.review_counts", **LED)
        return self.filter(own | (led & Q(status__in=CountReport.SHOWN_TO_LEAD)))

    def to_review_by(self, user) -> CountReportQuerySet:
        """Submitted reports that this person may approve: not their own."""
        can = "beneficiaries.review_counts"
        reviewed = user.access.filter(can, **OWN) | user.access.filter(can, **LED)
        return self.filter(reviewed, status="submitted").exclude(submitted_by=user)

    def open(self) -> CountReportQuerySet:
        return self.filter(status__in=CountReport.OPEN)

    def approved(self) -> CountReportQuerySet:
        return self.filter(status=CountReport.Status.APPROVED)

    def of_month(self, *, program: Program, site: Site, month: dt.date) -> CountReportQuerySet:
        return self.filter(program=program, site=site, month=month)

    def hold(self) -> set[int]:
        """Until the transaction ends nobody else writes these reports or their counts.

        Taken before counts are read or locked, so that no two savings wait for each other.
        Returns the keys of those that are held.
        """
        return set(self.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))

    def current(self) -> CountReport | None:
        """The version that work goes on with: the open one, else the approved one."""
        found = self.exclude(status=CountReport.Status.SUPERSEDED).order_by("-version")
        return found.first()


def due_on(program: Program, month: dt.date) -> dt.date:
    """The last day to submit a month of a program: `due_days` after the month ends."""
    return month_after(month) + dt.timedelta(days=program.due_days - 1)


def not_in_a_locked_month() -> pgtrigger.Trigger:
    """A locked month takes no new report, and its reports keep their state and their comment."""
    return pgtrigger.Trigger(
        name="not_in_a_locked_month",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func="IF TG_OP = 'INSERT' OR OLD.status IS DISTINCT FROM NEW.status"
        + " OR OLD.comment IS DISTINCT FROM NEW.comment THEN"
        + REFUSE_LOCKED_MONTH.replace("report", "NEW")
        + "END IF; RETURN NEW;",
    )


@tracked()
class CountReport(models.Model):
    """The counts of one organisation in one program at one site for one month, in one version."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        RETURNED = "returned", _("returned")
        APPROVED = "approved", _("approved")
        SUPERSEDED = "superseded", _("superseded")

    EDITABLE = (Status.DRAFT, Status.RETURNED)
    OPEN = (Status.DRAFT, Status.SUBMITTED, Status.RETURNED)
    SHOWN_TO_LEAD = (Status.SUBMITTED, Status.APPROVED, Status.SUPERSEDED)

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, verbose_name=_("organisation")
    )
    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="reports", verbose_name=_("program")
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="reports", verbose_name=_("site")
    )
    month = models.DateField(_("month"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    supersedes = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        verbose_name=_("corrects"),
    )
    correction_reason = EncryptedTextField(
        _("why it is corrected"), blank=True, max_length=2000, row=IDENTITY
    )
    status = models.CharField(
        _("state"), max_length=20, choices=Status.choices, default=Status.DRAFT
    )
    comment = EncryptedTextField(
        _("comment on this month"), blank=True, max_length=2000, row=IDENTITY
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("submitted by"),
    )
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("reviewed by"),
    )
    reviewed_at = models.DateTimeField(_("reviewed"), null=True)
    return_reason = EncryptedTextField(
        _("why it is returned"), blank=True, max_length=2000, row=IDENTITY
    )
    # Of its counts, when it was returned: what was submitted can be read again.
    returned_revisions = ArrayField(models.BigIntegerField(), null=True, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = CountReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("count report")
        verbose_name_plural = _("count reports")
        constraints = [
            identified_within_organisation("countreport"),
            CompositeForeignKey(
                name="countreport_partnership",
                fields=["program", "organisation"],
                to="programs.Partnership",
                to_fields=["program", "organisation"],
                violation_error_message=_("The organisation does not take part in this program."),
            ),
            CompositeForeignKey(
                name="countreport_site",
                fields=["site", "organisation"],
                to="programs.Site",
                to_fields=["id", "organisation"],
                violation_error_message=_("This site belongs to another organisation."),
            ),
            UniqueConstraint(
                fields=["program", "site", "month", "version"],
                name="countreport_version_once",
                violation_error_message=_("This version of the report is already there."),
            ),
            UniqueConstraint(
                fields=["program", "site", "month"],
                condition=Q(status="approved"),
                name="countreport_one_approved",
                violation_error_message=_("This month already has an approved report."),
            ),
            UniqueConstraint(
                fields=["program", "site", "month"],
                condition=Q(status__in=["draft", "submitted", "returned"]),
                name="countreport_one_open",
                violation_error_message=_("This month already has a report in progress."),
            ),
            CheckConstraint(
                name="countreport_status",
                condition=Q(
                    status__in=["draft", "submitted", "returned", "approved", "superseded"]
                ),
                violation_error_message=_("Unknown state."),
            ),
            CheckConstraint(
                name="countreport_month_starts_on_the_first",
                condition=Q(month=TruncMonth("month")),
                violation_error_message=_("A month is written as its first day."),
            ),
            CheckConstraint(
                name="countreport_corrects_a_version",
                condition=Q(version=1, supersedes=None)
                | Q(version__gt=1, supersedes__isnull=False),
                violation_error_message=_("A later version corrects an earlier one."),
            ),
            holds_sealed("countreport", "comment"),
            holds_sealed(
                "countreport",
                "correction_reason",
                unless=Q(version=1, correction_reason=""),
                at_least=LEAST_REASON,
                message=_("Say in at least ten characters why it is corrected."),
            ),
            CheckConstraint(
                name="countreport_submitted_by_someone",
                condition=~Q(status__in=["submitted", "returned", "approved", "superseded"])
                | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                violation_error_message=_("A submitted report says who submitted it."),
            ),
            CheckConstraint(
                name="countreport_reviewed_by_someone",
                condition=~Q(status__in=["returned", "approved", "superseded"])
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False),
                violation_error_message=_("A reviewed report says who reviewed it."),
            ),
            CheckConstraint(
                name="countreport_four_eyes",
                condition=~Q(status__in=["approved", "superseded"])
                | ~Q(reviewed_by=F("submitted_by")),
                violation_error_message=_(
                    "Someone else approves: you submitted this report yourself."
                ),
            ),
            holds_sealed(
                "countreport",
                "return_reason",
                unless=~Q(status="returned") & Q(return_reason=""),
                at_least=LEAST_REASON,
                message=_("Say in at least ten characters what to mend."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "month"],
                include=["program", "site", "status"],
                name="countreport_organisation_month",
            ),
            models.Index(fields=["program", "month"], name="countreport_program_month"),
        ]
        triggers = [
            counts_revisions(),
            keeps("organisation_id", "program_id", "site_id", "month", "version"),
            not_in_a_locked_month(),
            lead_decides_only(),
        ]

    def __str__(self) -> str:
        return f"{self.program_id}/{self.site_id}/{self.month:%Y-%m}/v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("count_report", args=[self.pk])

    @property
    def is_editable(self) -> bool:
        return self.status in self.EDITABLE

    @property
    def correction(self) -> CountReport | None:
        """The version that corrects this one, if there is one."""
        return getattr(self, "superseded_by", None)

    @property
    def is_over(self) -> bool:
        """Whether its month has ended where its site is."""
        today = timezone.now().astimezone(ZoneInfo(self.site.time_zone)).date()
        return today >= month_after(self.month)

    @property
    def due_on(self) -> dt.date:
        return due_on(self.program, self.month)

    def places(self, permission: str) -> list[tuple[int, int | None, int | None]]:
        """One's own rows; a lead reviews its partners' once they are submitted."""
        places = [(self.organisation_id, self.program_id, self.site_id)]
        shown = self.status in self.SHOWN_TO_LEAD
        if permission == "beneficiaries.review_counts" and shown:
            places.append((self.program.organisation_id, self.program_id, self.site_id))
        return places
