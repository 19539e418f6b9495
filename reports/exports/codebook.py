"""What every code of an export means, in French and in English side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import override

from beneficiaries.models import BeneficiaryCount, CountReport
from programs.models import Indicator, Target
from reports.figures import Board, sentences

from .counts import Counts
from .file import Mark, neutral

# kind, code, French, English, French definition, English definition
Line = tuple[str, str, str, str, str, str]
HEAD = ("kind", "code", "fr", "en", "definition_fr", "definition_en")


def lines(board: Board, found: Counts, mark: Mark) -> Iterator[Line]:
    """One line for each code used in a file, and what the file was made from."""
    for line in _lines(board, found, mark):
        yield tuple(map(neutral, line))


def _lines(board: Board, found: Counts, mark: Mark) -> Iterator[Line]:
    yield from _about(board, mark)
    yield from _places(found)
    yield from _indicators(board)
    yield from _shares(board)
    for dimension in found.dimensions:
        yield ("dimension", dimension.code.lower(), dimension.name_fr, dimension.name_en, "", "")
        for category in dimension.categories.all():
            kind = f"category of {dimension.code.lower()}"
            yield (kind, category.code, category.name_fr, category.name_en, "", "")
    choices = (
        ("unit", Indicator.Unit), ("measure", Indicator.Measure),
        ("over time", Indicator.TimeRule), ("over sites", Indicator.SiteRule),
        ("state", CountReport.Status), ("missing_reason", BeneficiaryCount.MissingReason),
        ("kind of target", Target.Kind),
    )  # fmt: skip
    for kind, values in choices:
        for value in values:
            yield (kind, value.value, *_both(value.label), "", "")


def _about(board: Board, mark: Mark) -> Iterable[Line]:
    """When the file was made, for whom, and from which question."""
    now = mark.made_at.isoformat(timespec="minutes")
    french, english = (_question(board, language) for language in ("fr", "en"))
    return [
        ("file", "export", mark.number, mark.number, "", ""),
        ("file", "made_for", mark.person, mark.person, "", ""),
        ("file", "purpose", *_both(mark.purpose), "", ""),
        ("file", "made_at", now, now, "", ""),
        ("file", "question", french, english, "", ""),
    ]


def _question(board: Board, language: str) -> str:
    with override(language):
        return " · ".join(sentences(board.selection))


def _places(found: Counts) -> Iterator[Line]:
    seen = found.selection.visible
    for one in seen.organisations.values():
        yield (
            "organisation",
            one.code,
            one.name_fr,
            one.name_en,
            "",
            "",
        )
    for program in seen.programs.values():
        yield (
            "program", program.code, program.name_fr, program.name_en,
            program.objective_fr, program.objective_en,
        )  # fmt: skip
    for site in seen.sites.values():
        names = (site.code,) * 2 if site.is_confidential else (site.name_fr, site.name_en)
        yield ("site", site.code, *names, "", "")


def _indicators(board: Board) -> Iterator[Line]:
    indicators = {tile.indicator.pk: tile.indicator for tile in board.tiles}
    for one in indicators.values():
        rules = [one.unit, one.measure, f"time {one.time_rule}", f"sites {one.site_rule}"]
        yield (
            "indicator", one.code, one.name_fr, one.name_en,
            f"{one.definition_fr} [{' · '.join(rules)}]",
            f"{one.definition_en} [{' · '.join(rules)}]",
        )  # fmt: skip


def _shares(board: Board) -> Iterator[Line]:
    """What the chosen grants pay for; figures are those of the whole work, never of a share."""
    for cover in board.selection.covers or []:
        grant, scope = cover.grant, cover.scope
        places = [scope.program.code, *([scope.site.code] if scope.site else [])]
        days = [day.isoformat() if day else "…" for day in cover.days]
        paid = f"{scope.share.normalize():f} % · {' · '.join(places)} · {' – '.join(days)}"
        funder = grant.funder
        yield (
            "grant", grant.reference, grant.project.name_fr, grant.project.name_en,
            f"{funder.name_fr} · {paid}", f"{funder.name_en} · {paid}",
        )  # fmt: skip


def _both(label) -> tuple[str, str]:
    """A label of a choice in French and in English."""
    found = []
    for language in ("fr", "en"):
        with override(language):
            found.append(str(label))
    return found[0], found[1]
