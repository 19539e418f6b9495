"""What one row of the standard catalogue says; both languages stand side by side."""

from __future__ import annotations

from dataclasses import dataclass

TIME_RULES = {
    "new_in_year": "sum",
    "new_in_period": "sum",
    "active_in_period": "none",
    "stock_at_end": "last",
    "events": "sum",
}


@dataclass(frozen=True)
class CategoryRow:
    code: str
    fr: str
    en: str
    is_unknown: bool = False

    @property
    def names(self) -> dict[str, str]:
        return {"name_fr": self.fr, "name_en": self.en}


@dataclass(frozen=True)
class DimensionRow:
    code: str
    fr: str
    en: str
    categories: tuple[CategoryRow, ...]

    @property
    def names(self) -> dict[str, str]:
        return {"name_fr": self.fr, "name_en": self.en}


@dataclass(frozen=True)
class BreakdownRow:
    code: str
    fr: str
    en: str
    dimensions: tuple[str, ...]

    @property
    def names(self) -> dict[str, str]:
        return {"name_fr": self.fr, "name_en": self.en}


@dataclass(frozen=True)
class IndicatorRow:
    """`fr` and `en` are the name and the definition; `counted_in` the word for its unit, fr, en."""

    code: str
    unit: str
    measure: str
    breakdown: str
    fr: tuple[str, str]
    en: tuple[str, str]
    summed_by: str = ""
    at_most: str = ""
    counted_in: tuple[str, str] = ("", "")

    @property
    def names(self) -> dict[str, str]:
        return {
            "name_fr": self.fr[0],
            "name_en": self.en[0],
            "definition_fr": self.fr[1],
            "definition_en": self.en[1],
            "counted_in_fr": self.counted_in[0],
            "counted_in_en": self.counted_in[1],
        }

    @property
    def time_rule(self) -> str:
        return TIME_RULES[self.measure]

    @property
    def site_rule(self) -> str:
        """The same person may come to several sites in a month: only that count does not add up."""
        return "none" if self.measure == "active_in_period" else "sum"


@dataclass(frozen=True)
class CodeRow:
    code: str
    fr: str
    en: str
    htcds: str = ""
    ctdc: str = ""


@dataclass(frozen=True)
class CodeListRow:
    code: str
    fr: str
    en: str
    codes: tuple[CodeRow, ...]

    @property
    def names(self) -> dict[str, str]:
        return {"name_fr": self.fr, "name_en": self.en}
