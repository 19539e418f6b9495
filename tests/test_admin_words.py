"""The editing pages in the house's words and formats, in both languages."""

import datetime as dt
import re

import pytest

from accounts.roles import Role
from tests.editing import own, to, typed
from tests.factories import (
    make_grant,
    make_organisation,
    make_program,
    make_program_indicator,
    make_project,
    make_target,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
__all__ = ["own"]


@pytest.fixture(params=["fr", "en"])
def administrator(client, own, request):
    client.force_login(make_user(Role.ADMINISTRATOR, own, language=request.param))
    client.language = request.param
    return client


def read(client, address: str, **asked) -> str:
    """The page, its white space as a browser shows it."""
    return re.sub(r"[ \n]+", " ", client.get(address, asked).content.decode())


def test_lists_say_days_numbers_and_countries_as_the_portal_does(administrator, own):
    program = make_program(own)
    make_target(program, span=(dt.date(2026, 1, 1), dt.date(2027, 1, 1)), value=90000)
    make_target(program, span=(dt.date(2026, 1, 1), None))
    make_grant(make_project(own), amount=12500, currency="EUR")
    make_organisation("Funder", kinds=["FUNDER"], country="BE")
    span, since, country = {
        "fr": ("1er\xa0janv. 2026 – 31 déc. 2026", "depuis le 1er\xa0janv. 2026", "Belgique"),
        "en": ("1 Jan 2026 – 31 Dec 2026", "since 1 Jan 2026", "Belgium"),
    }[administrator.language]
    page = read(administrator, to("target"))
    assert span in page
    assert since in page
    assert "90\u202f000" in page
    assert "12\u202f500\xa0EUR" in read(administrator, to("grant"))
    assert country in read(administrator, to("organisation"))


def test_titles_and_buttons_are_words_of_an_association(administrator, own):
    target = make_target(make_program(own))
    words = {
        "fr": ("Cibles · Catalogue", "Ajouter une cible", "Ajouter un partenaire"),
        "en": ("Targets · Catalogue", "Add a target", "Add a partner"),
    }
    title, add, add_partner = words[administrator.language]
    for page in (
        read(administrator, to("target")),
        read(administrator, to("target", "change", target.pk)),
        read(administrator, to("target", "add")),
    ):
        assert re.search(rf"<title>\s*{title}\s*</title>", page)
    assert add in read(administrator, to("target"))
    assert re.search(rf"<h1>\s*{add}\s*</h1>", read(administrator, to("target", "add")))
    page = read(administrator, to("program", "change", target.program_id))
    assert add_partner in page
    address = to("target", "change", target.pk)
    answer = administrator.post(address, typed(administrator, address, value=5), follow=True)
    said = {"fr": "Enregistré.", "en": "Saved."}[administrator.language]
    assert [str(one) for one in answer.context["messages"]] == [said]


def test_an_empty_list_says_so_once_and_counts_nothing(administrator):
    page = read(administrator, to("target"))
    nothing = {"fr": "Rien ici.", "en": "Nothing here."}[administrator.language]
    assert page.count(nothing) == 1
    assert "paginator" not in page


def test_what_may_stay_empty_is_marked(administrator, own):
    row = make_program_indicator(make_program(own))
    said = {"fr": "(facultatif)", "en": "(optional)"}[administrator.language]
    page = read(administrator, to("program", "change", row.program_id))
    labels = re.findall(r"<label for=\"id_([a-z_]+(?:-0-\w+)?)\">(.*?)</label>", page)
    marked = {name for name, label in labels if said in label}
    assert {"age_min", "age_max", "ends_on"} <= marked
    # What is ticked or not, what stays as it is and what must be given.
    assert not {"is_active", "code", "name_fr", "starts_on"} & marked
    assert "program_indicators-0-is_main" not in marked


def test_an_error_box_leads_to_each_field(administrator, own):
    row = make_program_indicator(make_program(own))
    address = to("program", "change", row.program_id)
    changes = {"name_en": "", "due_days": "", "program_indicators-0-active_0": ""}
    page = administrator.post(address, typed(administrator, address, **changes)).content.decode()
    box = page[page.index('id="error-summary"') : page.index('id="program_form"')]
    for field in ("name_en", "due_days", "program_indicators-0-active_0"):
        assert f'href="#id_{field}"' in box
        assert f'id="id_{field}"' in page


def test_what_is_only_read_is_shown_with_its_hints(administrator, own):
    """An indicator belongs to all: its page has no field to fill in."""
    row = make_program_indicator(make_program(own))
    page = read(administrator, to("indicator", "change", row.indicator_id))
    assert 'class="help">' in page
    assert "_helptext" not in page
