"""Saving in the editing pages: journal, stale saves, refusals told in the form."""

import datetime as dt

import pytest

from accounts.roles import Role
from audit.models import JournalEntry
from programs.models import Breakdown, Partnership, Program, ProgramSite, Target
from tests.editing import administrator, own, to, typed
from tests.factories import (
    make_dimension,
    make_grant,
    make_indicator,
    make_partnership,
    make_program,
    make_program_site,
    make_project,
    make_site,
    make_target,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
__all__ = ["administrator", "own"]


def test_a_change_is_saved_and_written_down(administrator, own):
    program = make_program(own)
    address = to("program", "change", program.pk)
    answer = administrator.post(address, typed(administrator, address, name_fr="Nouveau nom"))
    assert answer.status_code == 302
    program.refresh_from_db()
    assert program.name_fr == "Nouveau nom"
    line = JournalEntry.objects.get(action="change_program")
    assert line.details == {"fields": ["name_fr"]}
    assert line.organisation_id == own.pk


def test_a_new_program_opens_again_for_its_partners_and_sites(administrator, own):
    data = {
        "organisation": own.pk, "code": "NCC", "name_fr": "Centres", "name_en": "Centres",
        "objective_fr": "Abriter", "objective_en": "Shelter", "pillar": "SHELTER",
        "kind_of_work": "NIGHT_CARE", "starts_on": "2026-01-01", "due_days": "5",
        "is_active": "on",
    }  # fmt: skip
    answer = administrator.post(to("program", "add"), data)
    program = Program.objects.get(code="NCC")
    assert answer["Location"] == to("program", "change", program.pk)
    assert program.partnerships.get().role == Partnership.Role.LEAD


def test_a_stale_save_shows_both_texts_and_a_second_one_stands(administrator, own):
    program = make_program(own)
    address = to("program", "change", program.pk)
    mine = typed(administrator, address, name_en="My name")
    Program.objects.filter(pk=program.pk).update(name_en="Their name")
    shown = administrator.post(address, mine)
    page = shown.content.decode()
    assert shown.status_code == 200
    assert "Somebody else saved this meanwhile" in page
    assert "It now says “Their name”. You typed “My name”." in page
    assert 'value="My name"' in page
    assert Program.objects.get(pk=program.pk).name_en == "Their name"
    read = shown.context["adminform"].form["read_revision"].value()
    assert administrator.post(address, mine | {"read_revision": read}).status_code == 302
    assert Program.objects.get(pk=program.pk).name_en == "My name"


def test_a_stale_row_of_a_row_is_seen_too(administrator, own):
    place = make_program_site(make_program(own), make_site(own))
    address = to("program", "change", place.program_id)
    mine = typed(administrator, address, **{"program_sites-0-active_1": "2027-01-31"})
    ProgramSite.objects.filter(pk=place.pk).update(active=(dt.date(2001, 1, 1), None))
    page = administrator.post(address, mine).content.decode()
    assert "It now says “2001-01-01”. You typed “2000-01-01 – 2027-01-31”." in page
    place.refresh_from_db()
    assert place.active.upper is None


def test_two_people_who_change_different_rows_do_not_disturb_each_other(administrator, own):
    program = make_program(own)
    make_partnership(program)
    address = to("program", "change", program.pk)
    mine = typed(administrator, address, **{"partnerships-0-role": "agency"})
    Program.objects.filter(pk=program.pk).update(due_days=program.due_days)
    assert administrator.post(address, mine).status_code == 302


def test_a_rule_of_a_form_is_told_beside_the_field(administrator, own):
    program = make_program(own)
    address = to("program", "change", program.pk)
    answer = administrator.post(address, typed(administrator, address, name_fr=""))
    assert "name_fr" in answer.context["adminform"].form.errors


def test_what_only_the_database_knows_becomes_an_error_of_the_form(administrator, own):
    """Days of a partner that end before its site does: a trigger refuses, the page says so."""
    program = make_program(own)
    partner = make_partnership(program)
    make_program_site(program, make_site(partner.organisation))
    address = to("program", "change", program.pk)
    sent = typed(administrator, address, **{"partnerships-0-active_1": "2026-01-31", "due_days": 7})
    answer = administrator.post(address, sent)
    assert answer.status_code == 200
    assert "end the site first" in answer.content.decode()
    assert Program.objects.get(pk=program.pk).due_days == 5
    assert not JournalEntry.objects.filter(action="change_program").exists()


def test_a_refusal_in_a_row_of_a_row_is_told_as_well(administrator, own):
    grant = make_grant(make_project(own))
    program, other = make_program(own), make_program(own)
    strange = make_program_site(other, make_site(own)).site
    address = to("grant", "change", grant.pk)
    row = {
        "scopes-TOTAL_FORMS": "1", "scopes-0-program": program.pk, "scopes-0-site": strange.pk,
        "scopes-0-share": "50", "scopes-0-period_0": "2026-01-01",
        "scopes-0-period_1": "2026-12-31", "scopes-0-grant": grant.pk,
    }  # fmt: skip
    answer = administrator.post(address, typed(administrator, address, **row))
    assert "This site does not run this program." in answer.content.decode()
    assert not grant.scopes.exists()
    row["scopes-0-site"] = ""
    assert administrator.post(address, typed(administrator, address, **row)).status_code == 302
    assert grant.scopes.get().organisation == own


def test_a_number_of_rows_alone_makes_no_rows(administrator, own):
    address = to("program", "change", make_program(own).pk)
    sent = typed(administrator, address, **{"partnerships-TOTAL_FORMS": "9999999999"})
    answer = administrator.post(address, sent)
    rows = [each.formset for each in answer.context["inline_admin_formsets"]]
    assert len(next(each for each in rows if each.prefix == "partnerships")) <= len(sent)


def test_targets_that_do_not_sum_are_saved_and_said(administrator, own):
    program, indicator = make_program(own), make_indicator()
    make_target(program, indicator, kind="cumulative", value=50)
    data = {
        "program": program.pk, "indicator": indicator.pk, "kind": "incremental",
        "span_0": "2026-01-01", "span_1": "2026-12-31", "value": "40",
    }  # fmt: skip
    page = administrator.post(to("target", "add"), data, follow=True).content.decode()
    assert "sum to 40, and the target of the whole is 50" in page
    assert Target.objects.filter(program=program).count() == 2


def test_the_platform_makes_a_breakdown_from_dimensions(client, own):
    client.force_login(make_user(Role.PLATFORM_ADMINISTRATOR, own))
    sex, place = make_dimension("SEX", "F", "M", "U"), make_dimension("PLACE", "IN", "OUT", "U")
    data = {"code": "SEX_PLACE", "name_fr": "x", "name_en": "x"}
    twice = client.post(
        to("breakdown", "add"), data | {"first": sex.pk, "second": sex.pk}
    ).content.decode()
    assert "Choose each dimension once." in twice
    answer = client.post(to("breakdown", "add"), data | {"first": sex.pk, "second": place.pk})
    assert answer.status_code == 302
    breakdown = Breakdown.objects.get(code="SEX_PLACE")
    assert breakdown.cells.first().key == "F|IN"
    assert breakdown.cells.count() == 9


def test_too_many_cells_are_refused_in_the_form(client, own):
    client.force_login(make_user(Role.PLATFORM_ADMINISTRATOR, own))
    wide = [make_dimension(f"D{n}", *"ABCDEF", "U") for n in range(3)]
    data = {"code": "WIDE", "name_fr": "x", "name_en": "x"}
    names = ("first", "second", "third")
    data |= {name: dimension.pk for name, dimension in zip(names, wide, strict=True)}
    page = client.post(to("breakdown", "add"), data).content.decode()
    assert "343 cells are too many" in page
    assert not Breakdown.objects.exists()


def test_a_form_sent_twice_makes_one_row(administrator, own):
    data = {
        "organisation": own.pk, "code": "CENTRE", "name_fr": "Centre", "name_en": "Centre",
        "kind": "DAY_CENTRE", "country": "FR", "zone_fr": "Nord", "zone_en": "North",
        "time_zone": "UTC", "is_active": "on",
        "form_key": "6d0b0d1c-6a3e-4d8f-9f3b-111111111111",
    }  # fmt: skip
    first, second = (administrator.post(to("site", "add"), data) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert own.sites.count() == 1
