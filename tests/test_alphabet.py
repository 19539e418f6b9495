"""Names stand where people look for them, whatever collation the database was made with."""

import pytest
from django.urls import reverse

from accounts.models import Membership
from accounts.roles import Role
from programs import records
from programs.alphabet import PLAIN, place_of
from programs.forms.filters import ProgramFilter, SiteFilter
from programs.models import Organisation
from tests.factories import (
    make_organisation,
    make_partnership,
    make_program,
    make_program_site,
    make_site,
    make_user,
)

pytestmark = pytest.mark.django_db
# In the order of the alphabet; by code point "AGRASC" stands before "Ac.Sé" and « Équipe » last.
NAMES = ["abri de nuit", "Ac.Sé", "AGRASC", "Écoutes", "Équipe mobile", "École…", "Œuvre", "Zonta"]
ORDER = ["abri de nuit", "Ac.Sé", "AGRASC", "École…", "Écoutes", "Équipe mobile", "Œuvre", "Zonta"]


@pytest.fixture
def own():
    return make_organisation("Musée")


def test_a_letter_with_a_mark_stands_with_the_one_without():
    assert sorted(NAMES, key=place_of) == ORDER
    assert {PLAIN[sign] for sign in "éÉçÇñÿĀ"} == set("eEcCnyA")


def test_organisations_and_programs_are_listed_by_the_alphabet(own):
    for number, name in enumerate(NAMES):
        partner = make_organisation(name)
        make_partnership(make_program(own, name_fr=name, name_en=str(number)), partner)
    person = make_user(Role.COORDINATOR, own, language="fr")
    found = [one.name for one in records.organisations(person) if one.name != "Musée"]
    assert found == ORDER
    assert [one.name_en for one in records.programs(person)] == [str(n) for n in range(len(NAMES))]
    offered = SiteFilter({}, user=person).fields["program"].queryset
    assert [one.name_en for one in offered] == [str(n) for n in range(len(NAMES))]
    assert ProgramFilter({}, user=person).is_used is False


def test_a_list_is_in_the_order_of_the_readers_language(client, own):
    for name_fr, name_en in (("Écoute", "Listening"), ("Zones", "Areas"), ("abri", "shelter")):
        make_program(own, name_fr=name_fr, name_en=name_en)
    for language, order in (
        ("fr", ["abri", "Écoute", "Zones"]),
        ("en", ["Areas", "Listening", "shelter"]),
    ):
        client.force_login(make_user(Role.COORDINATOR, own, language=language))
        page = client.get(reverse("programs"))
        assert [getattr(row, f"name_{language}") for row in page.context["page"]] == order


def test_menus_of_the_dashboard_stand_by_the_alphabet(client, own):
    program = make_program(own)
    for name in NAMES:
        make_program_site(program, make_site(own, name_en=name))
    client.force_login(make_user(Role.COORDINATOR, own))
    menus = client.get(reverse("dashboard")).context["bar"].menus
    (sites,) = [menu for menu in menus if menu.name == "site"]
    assert [label for _key, label, _is_chosen in sites.options] == ORDER


def test_accounts_stand_by_the_names_of_people(own):
    for name in ("Zoé", "Émile", "alma", "Bruno"):
        make_user(Role.FIELD_WORKER, own, display_name=name)
    rows = Membership.objects.matching(state="current", organisation=own)
    assert [str(row.user) for row in rows] == ["alma", "Bruno", "Émile", "Zoé"]


@pytest.mark.ignore_template_errors
def test_choices_of_the_editing_pages_stand_by_the_alphabet(client, own):
    for name in NAMES:
        make_organisation(name, kinds=["FUNDER"])
    client.force_login(make_user(Role.PLATFORM_ADMINISTRATOR, own))
    form = client.get(reverse("catalogue:programs_grant_add")).context["adminform"].form
    offered = [label for key, label in form.fields["funder"].choices if key]
    assert offered == ORDER
    listed = client.get(reverse("catalogue:programs_organisation_changelist")).context["cl"]
    assert [one.name for one in listed.queryset if one.name != "Musée"] == ORDER
    assert Organisation.objects.count() == len(NAMES) + 1
    countries = client.get(reverse("catalogue:programs_site_add")).context["adminform"].form
    labels = [label for key, label in countries.fields["country"].choices if key]
    assert labels.index("Åland Islands") < labels.index("Zimbabwe")
