from __future__ import annotations

import zoneinfo
from functools import cache

from babel import Locale
from babel.core import get_global
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, Func, Q, UniqueConstraint, Value
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from audit.history import tracked
from programs.alphabet import place_of
from programs.constraints import both_languages, is_code, not_empty
from programs.triggers import counts_revisions, keeps


class OrganisationKind(models.TextChoices):
    OWN = "OWN", _("association that uses this portal")
    PARTNER_NGO = "PARTNER_NGO", _("partner association")
    PUBLIC_AGENCY = "PUBLIC_AGENCY", _("public agency")
    FUNDER = "FUNDER", _("funder")
    RESIDENTIAL_INSTITUTION = "RESIDENTIAL_INSTITUTION", _("residential institution")
    HEALTH = "HEALTH", _("health service")
    SCHOOL = "SCHOOL", _("school")
    POLICE = "POLICE", _("police")
    COURT_PROSECUTION = "COURT_PROSECUTION", _("court or prosecution")
    LEGAL_BAR = "LEGAL_BAR", _("bar or lawyers")
    SHELTER = "SHELTER", _("shelter provider")
    EMBASSY = "EMBASSY", _("embassy")


class Language(models.TextChoices):
    FRENCH = "fr", _("French")
    ENGLISH = "en", _("English")


NOTHING_CHOSEN = ("", "---------")


@cache
def time_zones() -> list[tuple[str, str]]:
    """Time zones to choose from, as region/city, and UTC."""
    # The list is read from the disk: 30 ms.
    cities = sorted(name for name in zoneinfo.available_timezones() if "/" in name)
    return [(name, name) for name in ["UTC", *cities]]


def countries() -> list[tuple[str, str]]:
    """ISO 3166-1 codes with their names in the reader's language; none, first."""
    names = Locale(get_language() or "en").territories
    rows = [(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha()]
    return [NOTHING_CHOSEN, *sorted(rows, key=lambda row: place_of(row[1]))]


@cache
def _currency_codes() -> frozenset[str]:
    """Legal tender somewhere today, or since 2015: a grant of then is still edited."""
    return frozenset(
        code
        for held in get_global("territory_currencies").values()
        for code, _start, end, is_tender in held
        if is_tender and (end is None or end[0] >= 2015)
    )


def currencies() -> list[tuple[str, str]]:
    """ISO 4217 codes with their names in the reader's language; none, first."""
    names = Locale(get_language() or "en").currencies
    rows = [(code, f"{code} · {names.get(code, code)}") for code in sorted(_currency_codes())]
    return [NOTHING_CHOSEN, *rows]


class OrganisationQuerySet(models.QuerySet):
    def visible_to(self, user) -> OrganisationQuerySet:
        """One's own, the partners of programs one's own leads, the leads one works for, funders."""
        if user.has_perm("programs.manage_organisations"):
            return self
        own = user.access.organisations_with("programs.view_catalogue")
        paid = user.access.organisations_with("programs.view_funding")
        around = Organisation.objects.filter(
            Q(pk__in=own | paid)
            | Q(partnerships__program__organisation__in=own)
            | Q(programs__partnerships__organisation__in=own)
            | Q(grants_given__organisation__in=paid)
        )
        return self.filter(pk__in=around.values("pk"))

    def editable_by(self, user) -> OrganisationQuerySet:
        """One's own, and of those where nobody has an account what no other organisation uses."""
        if user.has_perm("programs.manage_organisations"):
            return self
        own = user.access.organisations_with("programs.edit_catalogue")
        if not own:
            return self.none()
        # Asked of the database, which does not show the rows of others that it takes to know.
        is_used = Func(
            "pk",
            Value(sorted(own), output_field=ArrayField(models.BigIntegerField())),
            function="portal_is_used",
            output_field=models.BooleanField(),
        )
        of_nobody = ~Q(kinds__contains=[OrganisationKind.OWN]) & Q(is_used=False)
        return self.alias(is_used=is_used).filter(Q(pk__in=own) | of_nobody)

    def matching(self, *, q: str = "", kind: str = "") -> OrganisationQuerySet:
        """Organisations whose name, code or other name holds `q`, of a kind."""
        rows = self
        if q:
            others = Func(
                "aliases", Value(" "), function="array_to_string", output_field=models.TextField()
            )
            rows = rows.alias(other_names=others).filter(
                Q(name_fr__icontains=q)
                | Q(name_en__icontains=q)
                | Q(code__icontains=q)
                | Q(other_names__icontains=q)
            )
        return rows.filter(kinds__contains=[kind]) if kind else rows

    def funding(self, user) -> OrganisationQuerySet:
        """Funders of the grants that this person may see."""
        can = "programs.view_funding"
        seen = Organisation.objects.filter(
            user.access.filter(can, organisation="grants_given__organisation")
            | (Q(grants_given__isnull=False) & user.access.filter(can, organisation="pk"))
        )
        return self.filter(pk__in=seen.values("pk"))

    def funders(self) -> OrganisationQuerySet:
        return self.filter(kinds__contains=[OrganisationKind.FUNDER])


class Organisation(models.Model):
    """An association, agency, funder or institution; the tenant when it uses the portal."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=200)
    aliases = ArrayField(
        models.CharField(max_length=200),
        verbose_name=_("other names"),
        default=list,
        blank=True,
        help_text=_("Other spellings and former names, so that a search finds it."),
    )
    kinds = ArrayField(
        models.CharField(max_length=30, choices=OrganisationKind.choices),
        verbose_name=_("kinds"),
    )
    country = models.CharField(
        _("country"), max_length=2, help_text=_("Two letters, as in ISO 3166: FR, IN, KH…")
    )
    language = models.CharField(
        _("working language"), max_length=2, choices=Language.choices, default=Language.ENGLISH
    )
    time_zone = models.CharField(_("time zone"), max_length=50, default="UTC")
    agreement = DateRangeField(
        _("agreement"), null=True, blank=True, help_text=_("First and last day of the agreement.")
    )
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("No longer active, roles in it open nothing; what was counted stays."),
    )
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]
        constraints = [
            is_code("organisation"),
            *both_languages("organisation", "name"),
            CheckConstraint(
                name="organisation_country_format",
                condition=Q(country__regex=r"^[A-Z]{2}$"),
                violation_error_message=_("A country is two capital letters, as in ISO 3166."),
            ),
            CheckConstraint(
                name="organisation_has_a_kind",
                condition=Q(kinds__len__gt=0),
                violation_error_message=_("Choose at least one kind of organisation."),
            ),
            not_empty("organisation", "agreement"),
        ]
        triggers = [counts_revisions(), keeps("code")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("organisation", args=[self.pk])

    def places(self, permission: str) -> list[tuple[int, int | None, int | None]]:
        return [(self.pk, None, None)]

    @property
    def organisation_id(self) -> int:
        """The tenant this row belongs to: itself."""
        return self.pk

    @property
    def country_name(self) -> str:
        return Locale(get_language() or "en").territories.get(self.country, self.country)

    @property
    def is_tenant(self) -> bool:
        return OrganisationKind.OWN in self.kinds

    @property
    def kind_names(self) -> list[str]:
        return [str(OrganisationKind(kind).label) for kind in self.kinds]


@tracked()
class OrganisationYear(models.Model):
    """What an organisation published about one year: staff, budget, people served."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="years", verbose_name=_("organisation")
    )
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(1900), MaxValueValidator(2100)]
    )
    staff = models.PositiveIntegerField(_("staff"), null=True, blank=True)
    budget = models.DecimalField(
        _("budget"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    people_served = models.PositiveIntegerField(_("people served"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("yearly facts")
        verbose_name_plural = _("yearly facts")
        ordering = ["-year"]
        constraints = [
            UniqueConstraint(
                fields=["organisation", "year"],
                name="organisationyear_once",
                violation_error_message=_("This year is already there: change that row."),
            ),
            CheckConstraint(
                name="organisationyear_year",
                condition=Q(year__range=(1900, 2100)),
                violation_error_message=_("A year lies between 1900 and 2100."),
            ),
            CheckConstraint(
                name="organisationyear_budget_currency",
                condition=Q(budget__isnull=True) | Q(currency__regex=r"^[A-Z]{3}$"),
                violation_error_message=_("Choose the currency of the budget."),
            ),
        ]
        triggers = [counts_revisions()]

    def __str__(self) -> str:
        return str(self.year)
