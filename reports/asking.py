"""What somebody asks to export: for which organisation, how much, and whether it may leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rights import holders
from programs.models import FundedProject, Organisation, Program, Site
from programs.models.program import Pillar

from . import figures, period
from .budget import Budget
from .exports import Content, Source
from .figures import Selection
from .figures.selection import read_key
from .models import Export
from .rights import APPROVE, EXPORT

# The objects that a filter names.
NAMED: dict[str, type[Model]] = {
    "organisation": Organisation,
    "program": Program,
    "site": Site,
    "project": FundedProject,
    "funder": Organisation,
}


@dataclass(frozen=True)
class Question:
    """A content, for one organisation, narrowed to what its asker reads there."""

    by: User
    organisation: Organisation
    # The organisations for which this person may export; one as a rule.
    organisations: list[Organisation]
    content: str
    selection: Selection

    @cached_property
    def source(self) -> Source:
        return Source(self.selection, self.content)

    @property
    def rows(self) -> int:
        return self.source.rows

    @property
    def filter(self) -> dict[str, str]:
        return self.selection.query

    @property
    def content_label(self) -> str:
        return Content(self.content).label

    @property
    def sentences(self) -> list[str]:
        return figures.sentences(self.selection)

    @cached_property
    def budget(self) -> Budget:
        return Export.objects.budget(self.by, self.organisation)

    @property
    def fits(self) -> bool:
        return self.rows <= self.budget.left

    @property
    def needs_second_person(self) -> bool:
        return self.budget.needs_second_person(self.rows)

    @cached_property
    def approver(self) -> Organisation | None:
        """The organisation asked: one's own; of somebody alone there, the lead of the programs."""
        own = self.organisation
        if not self.needs_second_person:
            return own
        if holders(own.pk, APPROVE, besides=[self.by], are_settled=True):
            return own
        leads = {program.organisation_id for program in self.selection.programs}
        leads.discard(own.pk)
        return Organisation.objects.filter(pk__in=leads).first() if len(leads) == 1 else None

    @property
    def query(self) -> str:
        return urlencode({**self.filter, "content": self.content})


def read(by: User, query: Mapping[str, str]) -> Question:
    """The question of an address; what cannot be read or seen is left out and noted."""
    held = by.access.organisations_with(EXPORT)
    organisations = list(Organisation.objects.filter(pk__in=held).order_by("name", "pk"))
    wanted = read_key((query.get("within") or "").strip())
    chosen = next((one for one in organisations if one.pk == wanted), organisations[0])
    content = query.get("content", "")
    return Question(
        by=by,
        organisation=chosen,
        organisations=organisations,
        content=content if content in Content.values else Content.WORKBOOK,
        selection=fixed(figures.select(by.within(chosen.pk), query)),
    )


def fixed(selection: Selection) -> Selection:
    """The same question with its months named: "the last twelve" would be others tomorrow."""
    return replace(selection, period=replace(selection.period, code=period.RANGE))


def words(export: Export, user: User) -> list[str]:
    """What was asked, in words, for somebody who reads the catalogue but perhaps no figure."""
    asked = export.filter
    texts = [months(export)]
    for name, model in NAMED.items():
        key = read_key(asked.get(name, ""))
        if key is not None:
            found = model.objects.visible_to(user).filter(pk=key).first()
            texts.append(str(found) if found else _("something you do not see"))
    if "pillar" in asked:
        texts.append(str(Pillar(asked["pillar"]).label))
    if asked.get("state") == figures.selection.UNAPPROVED:
        texts.append(_("Figures not yet approved included"))
    return texts


def months(export: Export) -> str:
    return period.parse(export.filter, timezone.localdate()).span
