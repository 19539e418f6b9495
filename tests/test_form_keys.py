"""Every form that makes something carries the key that makes it count once."""

from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from accounts.roles import Role
from audit.submissions import FIELD
from tests.browser.test_every_page import faces
from tests.factories import make_elevation, make_membership, make_user
from tests.forms import forms_of
from tests.scene import make_scene
from tests.signing import with_application

# Sent twice, these lead where once leads: they set what they say, or ask for what is shown.
SAME_TWICE = {
    *["account_logout", "set_language", "quick_exit", "elevation_end", "count_report"],
    # With the revision that was read, or a proof of who one is.
    *["count_cell_save", "account_change_password", "mfa_reauthenticate"],
    # Handed over once: its state says so.
    "export_download",
    *["tally_sheet_cancel", "tally_sheet_restore", "count_report_open"],
}


@pytest.mark.django_db
def test_every_form_that_makes_something_has_its_key(client):
    scene = make_scene()
    person = make_user(Role.COORDINATOR, scene.organisation)
    for role in (Role.ADMINISTRATOR, Role.PLATFORM_ADMINISTRATOR, Role.FIELD_WORKER):
        make_membership(person, role, scene.organisation)
    make_elevation(person, scene.organisation)
    with_application(person)
    client.force_login(person)
    bare, keyed = set(), 0
    for address in faces(scene, person):
        for form in forms_of(client.get(address).content.decode()):
            name = resolve(urlsplit(form.action).path or urlsplit(address).path).view_name
            is_list = name.endswith("_changelist")  # of the catalogue: it has no actions
            if form.method == "post" and name not in SAME_TWICE and not is_list:
                keyed += FIELD in form.fields
                bare |= set() if FIELD in form.fields else {name}
    assert bare == set()
    assert keyed > 10
