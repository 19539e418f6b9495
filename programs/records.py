"""What each reading page of the catalogue shows, narrowed to its reader."""

from __future__ import annotations

from django.db.models import Case, Count, F, Prefetch, Q, QuerySet, When

from .alphabet import by_name
from .models import (
    BreakdownDimension,
    Category,
    Document,
    FundedProject,
    Grant,
    GrantScope,
    Indicator,
    Organisation,
    Partnership,
    Program,
    ProgramIndicator,
    ProgramSite,
    Site,
    Target,
)
from .rights import EDIT


def organisations(user) -> QuerySet[Organisation]:
    return Organisation.objects.visible_to(user).order_by(F("is_active").desc(), by_name(), "pk")


def organisation(user) -> QuerySet[Organisation]:
    return Organisation.objects.visible_to(user).prefetch_related(
        "years",
        Prefetch("partnerships", _partnerships(user).select_related("program__organisation")),
        Prefetch("sites", sites(user)),
    )


def documents(user, about: Organisation) -> list[Document]:
    """Those about an organisation that one's own keep, each with whether one may change it."""
    rows = list(Document.objects.visible_to(user).filter(about=about).for_list())
    for row in rows:
        row.may_change = not (row.is_replaced or row.withdrawn_at) and user.has_perm(EDIT, row)
    return rows


def programs(user) -> QuerySet[Program]:
    seen = Q(program_sites__in=ProgramSite.objects.visible_to(user))
    return (
        Program.objects.visible_to(user)
        .select_related("organisation")
        .annotate(site_count=Count("program_sites__site", filter=seen, distinct=True))
        .order_by(F("is_active").desc(), by_name(), "pk")
    )


def program(user) -> QuerySet[Program]:
    return (
        Program.objects.visible_to(user)
        .select_related("organisation")
        .prefetch_related(
            Prefetch("partnerships", _partnerships(user)),
            Prefetch("program_sites", _sites_of_programs(user)),
            Prefetch("program_indicators", _indicators_of_programs()),
            Prefetch("targets", _targets(user)),
            Prefetch("grant_scopes", _scopes(user)),
        )
    )


def sites(user) -> QuerySet[Site]:
    return (
        Site.objects.visible_to(user)
        .select_related("organisation")
        .prefetch_related(Prefetch("program_sites", _sites_of_programs(user)))
        .order_by(F("is_active").desc(), by_name("organisation__name"), "code", "pk")
    )


def site(user) -> QuerySet[Site]:
    return sites(user)


def indicators(user) -> QuerySet[Indicator]:
    """All the indicators, for all share them, with how many of one's programs report each."""
    reported = Q(program_indicators__program__in=Program.objects.visible_to(user))
    return Indicator.objects.annotate(
        program_count=Count("program_indicators__program", filter=reported, distinct=True)
    ).order_by(F("is_active").desc(), by_name(), "pk")


def indicator(user) -> QuerySet[Indicator]:
    reported = ProgramIndicator.objects.filter(program__in=Program.objects.visible_to(user))
    dimensions = BreakdownDimension.objects.select_related("dimension").order_by("position")
    categories = Category.objects.order_by("position")
    return (
        Indicator.objects.select_related("breakdown", "summed_by", "at_most")
        .annotate(cell_count=Count("breakdown__cells"))
        .prefetch_related(
            Prefetch("breakdown__dimension_rows", dimensions),
            Prefetch("breakdown__dimension_rows__dimension__categories", categories),
            Prefetch("program_indicators", reported.select_related("program__organisation")),
        )
    )


def projects(user) -> QuerySet[FundedProject]:
    return (
        FundedProject.objects.visible_to(user)
        .select_related("organisation")
        .prefetch_related(
            Prefetch("grants", Grant.objects.visible_to(user).select_related("funder"))
        )
        .order_by("-period", by_name(), "pk")
    )


def project(user) -> QuerySet[FundedProject]:
    grants = Grant.objects.visible_to(user).select_related("funder")
    return (
        FundedProject.objects.visible_to(user)
        .select_related("organisation")
        .prefetch_related(
            Prefetch("grants", grants.prefetch_related(Prefetch("scopes", _scopes(user))))
        )
    )


def _partnerships(user) -> QuerySet[Partnership]:
    """The lead first."""
    is_lead = Case(When(role=Partnership.Role.LEAD, then=0), default=1)
    rows = Partnership.objects.visible_to(user).select_related("organisation")
    return rows.order_by(is_lead, by_name("organisation__name"), "program__code", "pk")


def _sites_of_programs(user) -> QuerySet[ProgramSite]:
    """With the programs of each site: a confidential one asks who coordinates it."""
    return (
        ProgramSite.objects.visible_to(user)
        .select_related("site", "organisation", "program")
        .prefetch_related("site__program_sites__program")
        .order_by(by_name("site__organisation__name"), "site__code", "active")
    )


def _indicators_of_programs() -> QuerySet[ProgramIndicator]:
    return ProgramIndicator.objects.select_related("indicator__summed_by").order_by("position")


def _targets(user) -> QuerySet[Target]:
    return (
        Target.objects.visible_to(user)
        .select_related("indicator", "site", "grant__funder", "cell")
        .prefetch_related("cell__category_rows__category", "site__program_sites__program")
        .order_by(by_name("indicator__name"), "span")
    )


def _scopes(user) -> QuerySet[GrantScope]:
    return (
        GrantScope.objects.visible_to(user)
        .select_related("grant__project", "grant__funder", "program", "site")
        .prefetch_related("site__program_sites__program")
        .order_by("period", "program")
    )
