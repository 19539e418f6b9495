from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, Sum, UniqueConstraint
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.fields import EncryptedTextField, holds_sealed
from audit.history import tracked
from programs.models import Organisation
from programs.triggers import keeps
from reports.budget import DAYS_WAITING, HOURS, Budget
from reports.exports import Content
from reports.rights import APPROVE, EXPORT

from . import rules
from .states import FOLLOWS, OUT, RELEASED, WITH_FILE, Failure, Purpose, State

WATCHED = dt.timedelta(minutes=5)


class ExportQuerySet(models.QuerySet):
    def visible_to(self, user) -> ExportQuerySet:
        """One's own, while one may still export for that organisation."""
        held = user.access.organisations_with(EXPORT)
        return self.filter(requested_by_id=user.pk, organisation__in=held)

    def decidable_by(self, user) -> ExportQuerySet:
        """Those of others about which one's organisation is asked, whatever became of them."""
        asked = user.access.filter(APPROVE, organisation="approver_organisation")
        return self.filter(asked, needs_second_person=True).exclude(requested_by_id=user.pk)

    def waiting(self) -> ExportQuerySet:
        return self.filter(state=State.REQUESTED, needs_second_person=True)

    def listed(self) -> ExportQuerySet:
        return self.select_related("organisation", "requested_by", "decided_by")

    def budget(self, user, organisation: Organisation) -> Budget:
        """What was asked for in the last 24 hours, except what never left."""
        recent = timezone.now() - dt.timedelta(hours=HOURS)
        rows = self.filter(requested_at__gt=recent).exclude(state__in=RELEASED)
        own = Q(requested_by_id=user.pk)
        sums = rows.aggregate(
            spent_by_person=Sum("rows", filter=own, default=0),
            spent_by_organisation=Sum("rows", filter=Q(organisation=organisation), default=0),
            alone_by_person=Sum("rows", filter=own & Q(needs_second_person=False), default=0),
        )
        return Budget(**sums)


@tracked(exclude=["passphrase"])
class Export(models.Model):
    """Figures that someone takes out: what, why, how much, who agreed, what became of the file."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    serial = models.PositiveIntegerField(_("number"), default=0, editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("asked by"),
    )
    requested_at = models.DateTimeField(_("asked"), default=timezone.now)
    content = models.CharField(_("content"), max_length=20, choices=Content.choices)
    # The question as a query string says it, its months fixed: keys and codes.
    filter = models.JSONField(_("question"), default=dict)
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    purpose_note = EncryptedTextField(_("details of the purpose"), blank=True, max_length=1000)
    rows = models.PositiveIntegerField(_("rows"))
    # Decided by the database when it is asked for, with what was asked for before it.
    needs_second_person = models.BooleanField(
        _("takes a second person"), default=False, editable=False
    )
    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.REQUESTED
    )
    approver_organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("organisation that approves"),
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    refusal = EncryptedTextField(_("reason of the refusal"), blank=True, max_length=1000)
    failure = models.CharField(_("failure"), max_length=20, choices=Failure.choices, blank=True)
    begun_at = models.DateTimeField(_("begun"), null=True)
    built_at = models.DateTimeField(_("made"), null=True)
    built_rows = models.PositiveIntegerField(_("rows in the file"), null=True)
    # What the file is made of, by keys of rows.
    holds = models.JSONField(_("what it holds"), default=dict, blank=True)
    file_name = models.CharField(_("file"), max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("size"), null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    # Until it is shown, once; nobody can read it back after that.
    passphrase = EncryptedTextField(_("passphrase"), blank=True)
    passphrase_shown_at = models.DateTimeField(_("passphrase shown"), null=True)
    expires_at = models.DateTimeField(_("expires"), null=True)
    downloaded_at = models.DateTimeField(_("downloaded"), null=True)
    purged_at = models.DateTimeField(_("deleted"), null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-requested_at"]
        constraints = [
            UniqueConstraint(
                fields=["organisation", "serial"],
                name="export_serial_once",
                violation_error_message=_("This number is already taken."),
            ),
            CheckConstraint(
                name="export_content",
                condition=Q(content__in=Content.values),
                violation_error_message=_("Choose what to export."),
            ),
            CheckConstraint(
                name="export_purpose",
                condition=Q(purpose__in=Purpose.values),
                violation_error_message=_("Choose a purpose."),
            ),
            CheckConstraint(
                name="export_other_purpose_said",
                condition=~Q(purpose="other") | ~Q(purpose_note=""),
                violation_error_message=_("Say what the other purpose is."),
            ),
            CheckConstraint(
                name="export_holds_rows",
                condition=Q(rows__gt=0),
                violation_error_message=_("There is nothing to export for this choice."),
            ),
            CheckConstraint(
                name="export_no_more_than_asked",
                condition=Q(built_rows=None) | Q(built_rows__lte=F("rows")),
                violation_error_message=_("The file holds more rows than were asked for."),
            ),
            CheckConstraint(
                name="export_four_eyes",
                condition=Q(decided_by=None) | ~Q(decided_by=F("requested_by")),
                violation_error_message=_("Somebody else than who asked decides."),
            ),
            CheckConstraint(
                name="export_decision_whole",
                condition=Q(decided_by=None, decided_at=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                violation_error_message=_("A decision has its author and its moment."),
            ),
            CheckConstraint(
                name="export_second_person",
                condition=~Q(state__in=[State.BUILDING, *WITH_FILE, State.PURGED])
                | Q(needs_second_person=False)
                | Q(decided_by__isnull=False),
                violation_error_message=_("A second person approves an export of this size first."),
            ),
            CheckConstraint(
                name="export_decided",
                condition=~Q(state__in=[State.APPROVED, State.REFUSED])
                | Q(decided_by__isnull=False),
                violation_error_message=_("Say who decided."),
            ),
            CheckConstraint(
                name="export_refusal_says_why",
                condition=~Q(state=State.REFUSED) | ~Q(refusal=""),
                violation_error_message=_("Say why it is refused."),
            ),
            CheckConstraint(
                name="export_failure_says_why",
                condition=(Q(state=State.FAILED) & ~Q(failure=""))
                | (~Q(state=State.FAILED) & Q(failure="")),
                violation_error_message=_("Say why it was not made."),
            ),
            CheckConstraint(
                name="export_file_known",
                condition=~Q(state__in=[*WITH_FILE, State.PURGED])
                | (
                    Q(
                        built_at__isnull=False,
                        built_rows__isnull=False,
                        size__isnull=False,
                        expires_at__isnull=False,
                        sha256__regex=r"^[0-9a-f]{64}$",
                        file_name__regex=r"^[0-9a-f]{32}\.zip$",
                    )
                ),
                violation_error_message=_("A file that was made is known by name, size and hash."),
            ),
            CheckConstraint(
                name="export_passphrase_once",
                condition=Q(passphrase="")
                | Q(passphrase_shown_at=None, state__in=[*WITH_FILE, State.PURGED]),
                violation_error_message=_("A passphrase that was shown is kept nowhere."),
            ),
            *(holds_sealed("export", text) for text in ("purpose_note", "refusal", "passphrase")),
            CheckConstraint(
                name="export_out_when",
                condition=~Q(state__in=OUT) | Q(downloaded_at__isnull=False),
                violation_error_message=_("Say when it was downloaded."),
            ),
            CheckConstraint(
                name="export_purged_when",
                condition=~Q(state=State.PURGED) | Q(purged_at__isnull=False),
                violation_error_message=_("Say when the file was deleted."),
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "requested_at"], name="export_by_organisation"),
            models.Index(fields=["requested_by", "requested_at"], name="export_by_requester"),
            models.Index(fields=["approver_organisation", "state"], name="export_to_decide"),
        ]
        triggers = [
            keeps(
                "organisation_id", "requested_by_id", "requested_at", "serial", "content", "filter",
                "purpose", "rows", "needs_second_person",
            ),
            rules.starts_within_budget(RELEASED),
            rules.states_follow(FOLLOWS),
            rules.approver_belongs(),
            rules.decider_holds_the_right(),
            rules.asked_decides_only(),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("export", args=[self.pk])

    @property
    def number(self) -> str:
        """What the file itself says: `ORG-2026-0042`."""
        return f"{self.organisation.code}-{self.requested_at:%Y}-{self.serial:04}"

    @property
    def answer_until(self) -> dt.datetime:
        return self.requested_at + dt.timedelta(days=DAYS_WAITING)

    @property
    def is_waiting(self) -> bool:
        """For somebody's answer."""
        return self.state == State.REQUESTED and self.needs_second_person

    @property
    def is_under_way(self) -> bool:
        return self.state in (State.REQUESTED, State.APPROVED, State.BUILDING) and not (
            self.is_waiting
        )

    @property
    def is_watched(self) -> bool:
        """Whether its page asks again by itself: not for ever, that would keep a sitting open."""
        return self.is_under_way and timezone.now() - self.since < WATCHED

    @property
    def since(self) -> dt.datetime:
        return self.decided_at or self.requested_at

    @property
    def is_ready(self) -> bool:
        return self.state == State.BUILT and self.expires_at > timezone.now()

    @property
    def has_passphrase(self) -> bool:
        return bool(self.passphrase) and self.expires_at > timezone.now()

    @property
    def may_be_withdrawn(self) -> bool:
        return State.WITHDRAWN in FOLLOWS.get(State(self.state), ())
