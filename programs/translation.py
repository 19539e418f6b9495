"""The catalogue's words in French and English; read `program.name`, never the columns."""

from modeltranslation.translator import TranslationOptions, register

from audit.history import tracked

from .models import (
    Breakdown,
    Category,
    Code,
    CodeList,
    Dimension,
    FundedProject,
    Indicator,
    Organisation,
    Program,
    Site,
)


@register([Breakdown, Category, CodeList, Dimension, Organisation])
class Named(TranslationOptions):
    fields = ("name",)
    required_languages = ("fr", "en")


@register(Code)
class Labelled(TranslationOptions):
    fields = ("label",)
    required_languages = ("fr", "en")


@register([FundedProject, Program])
class WithObjective(TranslationOptions):
    fields = ("name", "objective")
    required_languages = ("fr", "en")


@register(Indicator)
class WithDefinition(TranslationOptions):
    fields = ("name", "definition", "counted_in")
    required_languages = {"fr": ("name", "definition"), "en": ("name", "definition")}


@register(Site)
class InAZone(TranslationOptions):
    fields = ("name", "zone")
    required_languages = ("fr", "en")


for model in (
    Breakdown,
    Category,
    Code,
    CodeList,
    Dimension,
    FundedProject,
    Indicator,
    Organisation,
    Program,
    Site,
):
    tracked()(model)
