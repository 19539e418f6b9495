from __future__ import annotations

import datetime as dt

from babel import Locale
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from audit.history import tracked
from programs.constraints import (
    CompositeForeignKey,
    both_languages,
    identified_within_organisation,
    is_code,
    not_empty,
)
from programs.months import month_after
from programs.triggers import belongs, counts_revisions, keeps

from .organisation import Organisation
from .program import Program


class SiteKind(models.TextChoices):
    DAY_CENTRE = "DAY_CENTRE", _("day centre")
    NIGHT_CENTRE = "NIGHT_CENTRE", _("night centre")
    RECEPTION_OFFICE = "RECEPTION_OFFICE", _("reception office")
    SHELTER = "SHELTER", _("shelter")
    OUTREACH_ZONE = "OUTREACH_ZONE", _("outreach zone")
    LEGAL_DESK = "LEGAL_DESK", _("legal desk")
    COMMUNITY = "COMMUNITY", _("community")
    OFFICE = "OFFICE", _("office")


class SiteQuerySet(models.QuerySet):
    def visible_to(self, user) -> SiteQuerySet:
        """Sites a membership covers, and partners' sites in programs one's organisation leads."""
        can = "programs.view_catalogue"
        own = user.access.filter(
            can, organisation="organisation", program="program_sites__program", site="pk"
        )
        led = user.access.filter(
            can,
            organisation="program_sites__program__organisation",
            program="program_sites__program",
            site="pk",
        )
        return self.filter(pk__in=Site.objects.filter(own | led).values("pk"))

    def matching(
        self, *, q: str = "", kind: str = "", program: Program | None = None
    ) -> SiteQuerySet:
        """Sites whose code, name or zone holds `q` (confidential ones answer to their code)."""
        rows = self
        if q:
            words = Q()
            for field in ("name_fr", "name_en", "zone_fr", "zone_en"):
                words |= Q(**{f"{field}__icontains": q})
            rows = rows.filter(Q(code__icontains=q) | (Q(is_confidential=False) & words))
        if kind:
            rows = rows.filter(kind=kind)
        if program:
            rows = rows.filter(pk__in=program.program_sites.values("site"))
        return rows


class Site(models.Model):
    """A place where an organisation works, named at the level of a zone, never more precisely."""

    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="sites",
        verbose_name=_("organisation"),
    )
    code = models.CharField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=SiteKind.choices)
    country = models.CharField(_("country"), max_length=2)
    zone = models.CharField(
        _("zone"),
        max_length=200,
        help_text=_("A district or a town, never an address."),
    )
    capacity = models.PositiveIntegerField(_("capacity"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=50, default="UTC")
    is_confidential = models.BooleanField(
        _("confidential"),
        default=False,
        help_text=_("Its name and zone are shown only to those who work there or coordinate it."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["organisation", "code"]
        constraints = [
            UniqueConstraint(
                fields=["organisation", "code"],
                name="site_code_once",
                violation_error_message=_("This organisation already has a site of this code."),
            ),
            identified_within_organisation("site"),
            is_code("site"),
            CheckConstraint(
                name="site_country_format",
                condition=Q(country__regex=r"^[A-Z]{2}$"),
                violation_error_message=_("A country is two capital letters, as in ISO 3166."),
            ),
            *both_languages("site", "name", "zone"),
        ]
        triggers = [counts_revisions(), keeps("organisation_id", "code")]

    def __str__(self) -> str:
        return self.code if self.is_confidential else self.name

    def get_absolute_url(self) -> str:
        return reverse("site", args=[self.pk])

    def places(self, permission: str) -> list[tuple[int, int | None, int | None]]:
        return [(self.organisation_id, None, self.pk)]

    @property
    def country_name(self) -> str:
        return Locale(get_language() or "en").territories.get(self.country, self.country)

    def is_open_to(self, user) -> bool:
        """Whether `user` may read the name and zone: works there, or coordinates a program of it.

        Reads the site's programs: prefetch `program_sites__program` for a list.
        """
        if not self.is_confidential:
            return True
        programs = [row.program for row in self.program_sites.all()]
        works = [(self.organisation_id, program.pk, self.pk) for program in programs]
        leads = [(program.organisation_id, program.pk, None) for program in programs]
        return user.access.covers(
            "programs.view_catalogue", [*works, *self.places("programs.view_catalogue")]
        ) or user.access.covers("beneficiaries.review_counts", leads)

    def label_for(self, user) -> str:
        """Its name, or its code alone to those who neither work there nor coordinate it."""
        return self.name if self.is_open_to(user) else self.code

    def zone_for(self, user) -> str:
        return self.zone if self.is_open_to(user) else ""


class ProgramSiteQuerySet(models.QuerySet):
    def reached_by(self, user, permission: str) -> ProgramSiteQuerySet:
        """Where a membership of `user` holds `permission`."""
        return self.filter(
            user.access.filter(
                permission, organisation="organisation", program="program", site="site"
            )
        )

    def visible_to(self, user) -> ProgramSiteQuerySet:
        """Sites of one's own in a program, and all of a program that one's organisation leads."""
        can = "programs.view_catalogue"
        paths = {"program": "program", "site": "site"}
        return self.filter(
            user.access.filter(can, organisation="organisation", **paths)
            | user.access.filter(can, organisation="program__organisation", **paths)
        )

    def tallied(self) -> ProgramSiteQuerySet:
        return self.filter(is_tallied=True)

    def active_in(self, month: dt.date, last: dt.date | None = None) -> ProgramSiteQuerySet:
        """Open at least one day of the month, in a program that runs: a report is expected.

        With `last`, of the months until that one: `ProgramSite.is_active_in` says which of them.
        """
        after = month_after(last or month)
        return self.filter(
            Q(program__ends_on=None) | Q(program__ends_on__gte=month),
            active__overlap=(month, after),
            program__starts_on__lt=after,
        )


@tracked()
class ProgramSite(models.Model):
    """A site open for a program between two dates; counts are expected for each month of it."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, verbose_name=_("organisation")
    )
    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="program_sites", verbose_name=_("program")
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="program_sites", verbose_name=_("site")
    )
    active = DateRangeField(_("from, to"))
    is_tallied = models.BooleanField(
        _("daily tally sheet"),
        default=False,
        help_text=_("The site has no register: staff enter contacts day by day on a tally sheet."),
    )
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = ProgramSiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("site of a program")
        verbose_name_plural = _("sites of a program")
        ordering = ["program", "site"]
        constraints = [
            CompositeForeignKey(
                name="programsite_partnership",
                fields=["program", "organisation"],
                to="programs.Partnership",
                to_fields=["program", "organisation"],
                violation_error_message=_("The organisation does not take part in this program."),
            ),
            CompositeForeignKey(
                name="programsite_site",
                fields=["site", "organisation"],
                to="programs.Site",
                to_fields=["id", "organisation"],
                violation_error_message=_("This site belongs to another organisation."),
            ),
            ExclusionConstraint(
                name="programsite_no_overlap",
                expressions=[
                    ("program", RangeOperators.EQUAL),
                    ("site", RangeOperators.EQUAL),
                    ("active", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The site is already open for this program then."),
            ),
            not_empty("programsite", "active"),
        ]
        triggers = [
            counts_revisions(),
            keeps("organisation_id", "program_id", "site_id"),
            # Locks the partnership: of two who write at once, the second sees the first.
            belongs(
                "within_partnership",
                unless="""(SELECT role = 'lead' OR NEW.active <@ active
                    FROM programs_partnership
                    WHERE program_id = NEW.program_id
                        AND organisation_id = NEW.organisation_id
                    FOR SHARE)""",
                constraint="programsite_within_partnership",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program} · {self.site}"

    def is_active_in(self, month: dt.date) -> bool:
        """Whether `active_in` finds it."""
        after, program, active = month_after(month), self.program, self.active
        return (
            program.starts_on < after
            and (program.ends_on is None or program.ends_on >= month)
            and (active.lower is None or active.lower < after)
            and (active.upper is None or active.upper > month)
        )

    def places(self, permission: str) -> list[tuple[int, int | None, int | None]]:
        """Who may change it: the lead of the program, and the organisation whose site it is."""
        return [*self.program.places(permission), *self.site.places(permission)]
