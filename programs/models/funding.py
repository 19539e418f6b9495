from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.history import tracked
from programs.constraints import (
    CompositeForeignKey,
    both_languages,
    identified_within_organisation,
    is_code,
    not_empty,
)
from programs.triggers import belongs, counts_revisions, keeps

from .organisation import Language, Organisation
from .program import Program
from .site import Site


class FundedProjectQuerySet(models.QuerySet):
    def visible_to(self, user) -> FundedProjectQuerySet:
        """Projects of one's organisation, and those one's organisation funds."""
        return self.filter(
            user.access.filter("programs.view_funding", organisation="organisation")
            | user.access.filter("programs.view_funding", organisation="grants__funder")
        ).distinct()

    def matching(
        self, *, q: str = "", funder: Organisation | None = None, is_over: bool | None = None
    ) -> FundedProjectQuerySet:
        """Projects whose code or name holds `q`, paid by a funder, under way or over."""
        rows = self
        if q:
            rows = rows.filter(
                Q(name_fr__icontains=q) | Q(name_en__icontains=q) | Q(code__icontains=q)
            )
        if funder:
            rows = rows.filter(pk__in=funder.grants_given.values("project"))
        if is_over is not None:
            over = Q(is_active=False) | Q(period__fully_lt=(timezone.localdate(), None))
            rows = rows.filter(over if is_over else ~over)
        return rows


class FundedProject(models.Model):
    """What grants pay for, with dates and an objective; not a program, which goes on."""

    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="projects",
        verbose_name=_("organisation"),
    )
    code = models.CharField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=200)
    objective = models.TextField(_("objective"))
    period = DateRangeField(_("from, to"))
    is_active = models.BooleanField(_("active"), default=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = FundedProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("funded project")
        verbose_name_plural = _("funded projects")
        ordering = ["organisation", "code"]
        constraints = [
            UniqueConstraint(
                fields=["organisation", "code"],
                name="fundedproject_code_once",
                violation_error_message=_("This organisation already has a project of this code."),
            ),
            identified_within_organisation("fundedproject"),
            is_code("fundedproject"),
            *both_languages("fundedproject", "name", "objective"),
            not_empty("fundedproject", "period"),
        ]
        triggers = [counts_revisions(), keeps("organisation_id", "code")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("project", args=[self.pk])

    @property
    def is_over(self) -> bool:
        ended = self.period.upper is not None and self.period.upper <= timezone.localdate()
        return ended or not self.is_active

    def places(self, permission: str) -> list[tuple[int, int | None, int | None]]:
        return [(self.organisation_id, None, None)]


class GrantQuerySet(models.QuerySet):
    def visible_to(self, user) -> GrantQuerySet:
        """Grants of one's organisation, and those it gives: never another funder's."""
        can = "programs.view_funding"
        return self.filter(
            user.access.filter(can, organisation="organisation")
            | user.access.filter(can, organisation="funder")
        )


@tracked()
class Grant(models.Model):
    """Money of one funder for a project, over a period."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, verbose_name=_("organisation")
    )
    project = models.ForeignKey(
        FundedProject, on_delete=models.PROTECT, related_name="grants", verbose_name=_("project")
    )
    funder = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="grants_given",
        verbose_name=_("funder"),
    )
    reference = models.CharField(_("reference"), max_length=60)
    period = DateRangeField(_("from, to"))
    amount = models.DecimalField(
        _("amount"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    report_language = models.CharField(
        _("language of the report"), max_length=2, choices=Language.choices
    )
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        ordering = ["project", "funder"]
        constraints = [
            UniqueConstraint(
                fields=["organisation", "funder", "reference"],
                name="grant_reference_once",
                violation_error_message=_("This funder's reference is already there."),
            ),
            identified_within_organisation("grant"),
            CompositeForeignKey(
                name="grant_project",
                fields=["project", "organisation"],
                to="programs.FundedProject",
                to_fields=["id", "organisation"],
                violation_error_message=_("This project belongs to another organisation."),
            ),
            CheckConstraint(
                name="grant_amount_above_zero",
                condition=Q(amount__isnull=True) | Q(amount__gt=0),
                violation_error_message=_("An amount is above zero."),
            ),
            CheckConstraint(
                name="grant_amount_has_currency",
                condition=Q(amount__isnull=True) | Q(currency__regex=r"^[A-Z]{3}$"),
                violation_error_message=_("Choose the currency of the amount."),
            ),
            not_empty("grant", "period"),
        ]
        triggers = [counts_revisions(), keeps("organisation_id", "project_id")]

    def __str__(self) -> str:
        return f"{self.funder} · {self.reference}"

    def places(self, permission: str) -> list[tuple[int, int | None, int | None]]:
        return [(self.organisation_id, None, None)]


class GrantScopeQuerySet(models.QuerySet):
    def visible_to(self, user) -> GrantScopeQuerySet:
        return self.filter(grant__in=Grant.objects.visible_to(user))


@tracked()
class GrantScope(models.Model):
    """What a grant covers: a program, perhaps one site of it, for a share, between two dates."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, verbose_name=_("organisation")
    )
    grant = models.ForeignKey(
        Grant, on_delete=models.CASCADE, related_name="scopes", verbose_name=_("grant")
    )
    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="grant_scopes", verbose_name=_("program")
    )
    site = models.ForeignKey(
        Site,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="grant_scopes",
        verbose_name=_("site"),
        help_text=_("Leave empty for all the sites of the program, partners' included."),
    )
    share = models.DecimalField(
        _("share (%)"),
        max_digits=5,
        decimal_places=2,
        default=100,
        help_text=_("Part of the work this grant pays for."),
    )
    period = DateRangeField(_("from, to"))
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = GrantScopeQuerySet.as_manager()

    class Meta:
        verbose_name = _("what a grant covers")
        verbose_name_plural = _("what a grant covers")
        ordering = ["grant", "program", "site"]
        constraints = [
            CompositeForeignKey(
                name="grantscope_grant",
                fields=["grant", "organisation"],
                to="programs.Grant",
                to_fields=["id", "organisation"],
                violation_error_message=_("This grant belongs to another organisation."),
            ),
            CompositeForeignKey(
                name="grantscope_partnership",
                fields=["program", "organisation"],
                to="programs.Partnership",
                to_fields=["program", "organisation"],
                violation_error_message=_("The organisation does not take part in this program."),
            ),
            CheckConstraint(
                name="grantscope_share",
                condition=Q(share__gt=0) & Q(share__lte=100),
                violation_error_message=_("A share is above 0 and at most 100."),
            ),
            ExclusionConstraint(
                name="grantscope_no_overlap",
                expressions=[
                    ("grant", RangeOperators.EQUAL),
                    ("program", RangeOperators.EQUAL),
                    (Coalesce("site", 0), RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The grant already covers this at that time."),
            ),
            not_empty("grantscope", "period"),
        ]
        triggers = [
            counts_revisions(),
            belongs(
                "site_is_of_the_program",
                unless="""NEW.site_id IS NULL OR EXISTS (
                    SELECT FROM programs_programsite
                    WHERE program_id = NEW.program_id AND site_id = NEW.site_id)""",
                constraint="grantscope_site_of_program",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grant} · {self.program}"

    def places(self, permission: str) -> list[tuple[int, int | None, int | None]]:
        return [(self.organisation_id, None, None)]
