from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.history import tracked
from programs.constraints import (
    both_languages,
    identified_within_organisation,
    is_code,
    not_empty,
)
from programs.triggers import belongs, counts_revisions, keeps

from .organisation import Organisation


class Pillar(models.TextChoices):
    PREVENTION = "PREVENTION", _("Prevention")
    PROTECTION = "PROTECTION", _("Protection")
    REINTEGRATION = "REINTEGRATION", _("Reintegration")
    TRAINING = "TRAINING", _("Training")
    ADVOCACY = "ADVOCACY", _("Advocacy")
    LEGAL_AID = "LEGAL_AID", _("Legal aid")
    OUTREACH = "OUTREACH", _("Outreach")
    EDUCATION = "EDUCATION", _("Education")
    SHELTER = "SHELTER", _("Shelter")


class KindOfWork(models.TextChoices):
    EDUCATION = "EDUCATION", _("educational support")
    NIGHT_CARE = "NIGHT_CARE", _("night care")
    PLACEMENT = "PLACEMENT", _("institutional placement")
    MARAUDE = "MARAUDE", _("maraude (street round)")
    BORDER_RECEPTION = "BORDER_RECEPTION", _("border reception")
    SHELTER = "SHELTER", _("long-term shelter")
    FAMILY_SUPPORT = "FAMILY_SUPPORT", _("family support")
    LEGAL_DESK = "LEGAL_DESK", _("legal desk")
    PEER_SUPPORT = "PEER_SUPPORT", _("peer support")
    ORIENTATION = "ORIENTATION", _("identification and orientation")
    PREVENTION = "PREVENTION", _("prevention and awareness")
    TRAINING = "TRAINING", _("training")
    ADVOCACY = "ADVOCACY", _("advocacy")


class ProgramQuerySet(models.QuerySet):
    def visible_to(self, user) -> ProgramQuerySet:
        """Programs that a membership covers, led by its organisation or worked in as a partner."""
        can = "programs.view_catalogue"
        led = user.access.filter(can, organisation="organisation", program="pk", site="sites")
        worked_in = user.access.filter(
            can, organisation="partnerships__organisation", program="pk", site="sites"
        )
        return self.filter(pk__in=Program.objects.filter(led | worked_in).values("pk"))

    def matching(
        self, *, q: str = "", pillar: str = "", is_over: bool | None = None
    ) -> ProgramQuerySet:
        """Programs whose code or name holds `q`, of a pillar, still running or over."""
        rows = self
        if q:
            rows = rows.filter(
                Q(name_fr__icontains=q) | Q(name_en__icontains=q) | Q(code__icontains=q)
            )
        if pillar:
            rows = rows.filter(pillar=pillar)
        if is_over is not None:
            over = Q(is_active=False) | Q(ends_on__lt=timezone.localdate())
            rows = rows.filter(over if is_over else ~over)
        return rows


class Program(models.Model):
    """A standing offer of work (ESP, NCC, IPP, maraudes…), led by `organisation`."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="programs", verbose_name=_("lead")
    )
    code = models.CharField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=200)
    objective = models.TextField(_("objective"))
    pillar = models.CharField(_("pillar"), max_length=20, choices=Pillar.choices)
    kind_of_work = models.CharField(_("kind of work"), max_length=20, choices=KindOfWork.choices)
    age_min = models.PositiveSmallIntegerField(_("youngest age"), null=True, blank=True)
    age_max = models.PositiveSmallIntegerField(_("oldest age"), null=True, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    due_days = models.PositiveSmallIntegerField(
        _("days to report"),
        default=5,
        help_text=_("Counts of a month are due this many days after it ends."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    sites = models.ManyToManyField("programs.Site", through="programs.ProgramSite", editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = ProgramQuerySet.as_manager()

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")
        ordering = ["organisation", "code"]
        constraints = [
            UniqueConstraint(
                fields=["organisation", "code"],
                name="program_code_once",
                violation_error_message=_("This organisation already has a program of this code."),
            ),
            identified_within_organisation("program"),
            is_code("program"),
            *both_languages("program", "name", "objective"),
            CheckConstraint(
                name="program_ages",
                condition=Q(age_min=None) | Q(age_max=None) | Q(age_max__gte=F("age_min")),
                violation_error_message=_("The oldest age must not be under the youngest."),
            ),
            CheckConstraint(
                name="program_dates",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day must not be before the first."),
            ),
        ]
        triggers = [
            counts_revisions(),
            keeps("organisation_id", "code"),
            pgtrigger.Trigger(
                name="lead_is_a_partner",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                    INSERT INTO programs_partnership
                        (organisation_id, program_id, role, active, revision)
                    VALUES (NEW.organisation_id, NEW.id, 'lead',
                            daterange(NEW.starts_on, NULL), 1);
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("program", args=[self.pk])

    @property
    def is_over(self) -> bool:
        ended = self.ends_on is not None and self.ends_on < timezone.localdate()
        return ended or not self.is_active

    def places(self, permission: str) -> list[tuple[int, int | None, int | None]]:
        """Where a right over this program may come from: the lead, at large or for this program."""
        return [(self.organisation_id, self.pk, None)]


class PartnershipQuerySet(models.QuerySet):
    def visible_to(self, user) -> PartnershipQuerySet:
        """All of a program that one's organisation leads; elsewhere one's own and the lead's."""
        can = "programs.view_catalogue"
        own = user.access.filter(can, organisation="organisation", program="program")
        led = user.access.filter(can, organisation="program__organisation", program="program")
        is_lead = Q(role=Partnership.Role.LEAD, program__in=Program.objects.visible_to(user))
        return self.filter(own | led | is_lead)


@tracked()
class Partnership(models.Model):
    """An organisation that takes part in a program, in a role, between two dates."""

    class Role(models.TextChoices):
        LEAD = "lead", _("lead")
        IMPLEMENTING = "implementing", _("implementing partner")
        AGENCY = "agency", _("public agency")
        FUNDER = "funder", _("funder")
        NETWORK = "network", _("network")

    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="partnerships",
        verbose_name=_("organisation"),
    )
    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="partnerships", verbose_name=_("program")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    active = DateRangeField(_("from, to"))
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("partnership")
        verbose_name_plural = _("partnerships")
        ordering = ["program", "role", "organisation"]
        constraints = [
            UniqueConstraint(
                fields=["program", "organisation"],
                name="partnership_once",
                violation_error_message=_("This organisation already takes part in the program."),
            ),
            UniqueConstraint(
                fields=["program"],
                condition=Q(role="lead"),
                name="partnership_one_lead",
                violation_error_message=_("A program has one lead."),
            ),
            not_empty("partnership", "active"),
        ]
        triggers = [
            counts_revisions(),
            keeps("organisation_id", "program_id"),
            belongs(
                "lead_leads",
                unless="""(NEW.role = 'lead') = (NEW.organisation_id = (
                    SELECT organisation_id FROM programs_program WHERE id = NEW.program_id))""",
                constraint="partnership_lead_leads",
            ),
            # The lead's own dates are those of the program.
            belongs(
                "outlasts_its_sites",
                unless="""NEW.role = 'lead' OR NOT EXISTS (
                    SELECT FROM programs_programsite AS place
                    WHERE place.program_id = NEW.program_id
                        AND place.organisation_id = NEW.organisation_id
                        AND NOT place.active <@ NEW.active)""",
                constraint="partnership_outlasts_its_sites",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program} · {self.organisation}"

    def places(self, permission: str) -> list[tuple[int, int | None, int | None]]:
        """Who may change it: the lead of the program."""
        return self.program.places(permission)
