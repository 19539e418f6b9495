"""Every name of the portal stands in the glossary, in both languages, as the screen says it."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.apps import apps
from django.utils.translation import override

from accounts.roles import Role
from audit.words import WORDS

ROOT = Path(__file__).resolve().parent.parent
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
APPS = ("audit", "programs", "accounts", "beneficiaries", "reports")
STATES = {"state", "status", "outcome", "missing_reason"}
with (ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.po").open("rb") as file:
    FRENCH = read_po(file, locale="fr")


def said(name) -> tuple[str, str]:
    """A name as the screen says it, in English and in French."""
    with override("en"):
        english = str(name)
    french = FRENCH.get(english).string
    return english, french if isinstance(french, str) else french[0]


def told() -> dict[str, tuple[str, str]]:
    """The names of the glossary by their code."""
    rows = [line.split("|")[1:] for line in GLOSSARY.splitlines() if line.startswith("| `")]
    return {
        code.strip(" `"): (english.strip(), french.strip()) for code, english, french, *_ in rows
    }


def models() -> list:
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in APPS and not model.__name__.endswith("Event")
    ]


NAMES = {
    **{model.__name__: model._meta.verbose_name for model in models()},
    **{role.value: role.label for role in Role},
    **{code: word for words in WORDS.values() for code, word in words.items()},
}


@pytest.mark.parametrize("code", NAMES)
def test_a_name_of_the_portal_is_in_the_glossary(code):
    assert told().get(code) == said(NAMES[code])


def test_the_states_of_the_portal_are_in_the_glossary():
    states = GLOSSARY.partition("### States")[2].partition("###")[0]
    labels = {
        word
        for model in models()
        for field in model._meta.fields
        if field.name in STATES and field.choices
        for _value, label in field.choices
        for word in said(label)
    }
    assert [word for word in sorted(labels) if word not in states] == []


def test_no_name_stands_twice():
    codes = [line.split("|")[1].strip() for line in GLOSSARY.splitlines() if line.startswith("| `")]
    assert sorted(set(codes)) == sorted(codes)
