"""Every page of the portal, in both languages: accessible, no wider than a phone, no complaint."""

import pytest
from django.urls import reverse

from accounts import factors
from accounts.roles import Role
from ngo_portal import access
from tests.browser.conftest import DESK, PHONE
from tests.factories import make_membership, make_user
from tests.scene import make_scene
from tests.test_access_matrix import without_object

# A page that sends a file or only takes a form has no face of its own.
FACELESS = {
    "workbook_download",
    "document_file",
    "account_reauthenticate",
    # A passkey of somebody else; one's own is visited in test_accounts.py.
    "passkey_rename",
    "factor_remove",
}
ADDRESSES_OF_CATALOGUE = [
    "/catalogue/",
    "/catalogue/programs/organisation/",
    "/catalogue/programs/program/add/",
    "/catalogue/programs/indicator/",
    "/catalogue/programs/target/add/",
]


def faces(scene, person) -> list[str]:
    """Addresses of everything that a GET shows, a chart and an indicator among it."""
    indicator = scene.program.program_indicators.first().indicator_id
    named = [
        address
        for name, address in [*without_object(), *scene.addresses(person)]
        if "GET" in access.PAGES[name].methods and name not in FACELESS
    ]
    chart = f"/dashboard/chart/trend/?figure={scene.program.pk}-{indicator}"
    own = reverse("factor_remove", args=[factors.main_of(person).get().pk])
    return [*named, f"/indicators/{indicator}/", chart, own, *ADDRESSES_OF_CATALOGUE]


@pytest.mark.parametrize(
    ("language", "size", "scheme"), [("fr", PHONE, "light"), ("en", DESK, "dark")]
)
def test_every_page_is_accessible_and_fits(visit, language, size, scheme):
    scene = make_scene()
    person = make_user(Role.COORDINATOR, scene.organisation, language=language)
    for role in set(Role.values) - {Role.COORDINATOR, Role.FUNDER, Role.PARTNER}:
        make_membership(person, role, scene.organisation)
    window = visit(language, size, color_scheme=scheme)
    wrong = {}
    for address in ["/sign-in/", "/sign-in/password/reset/", "/invitations/unknown/"]:
        wrong[address] = [window.open(address).status >= 500, *window.violations()]
    window.sign_in(person)
    for address in faces(scene, person):
        window.complaints.clear()
        answer = window.open(address)
        wrong[address] = [
            *([f"status {answer.status}"] if answer.status >= 400 else []),
            *(["wider than the screen"] if window.overflows() else []),
            *window.complaints,
            *window.low_targets(),
            *window.violations(),
        ]
    told = [f"{address}: {each}" for address, found in wrong.items() for each in found if each]
    assert told == [], "\n".join(told)
