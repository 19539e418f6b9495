"""What a new password may not be built on."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.roles import Role
from tests.factories import make_organisation, make_program, make_user

pytestmark = pytest.mark.django_db


def refuses(password: str, *where) -> set[str]:
    try:
        validate_password(password, make_user(*where, display_name="Asha"))
    except ValidationError as error:
        return {each.code for each in error.error_list}
    return set()


@pytest.mark.parametrize(
    "password",
    ["Portail2026!!", "trafficking-2026", "maraude-maraude", "Prévention 2026!", "MotDePasse1234"],
)
def test_words_of_the_work_are_refused(password):
    assert "context_words" in refuses(password)


@pytest.mark.parametrize("password", ["Mumbai-Smiles-2026", "smilesMUMBAI99!", "nightcare-2026!!"])
def test_names_of_organisations_and_programs_are_refused(password):
    place = make_organisation("Mumbai Smiles")
    make_program(place, name_fr="Soins", name_en="Night care")
    assert "context_words" in refuses(password, Role.FIELD_WORKER, place)


@pytest.mark.parametrize("password", ["password1234", "short", "123456789123"])
def test_common_and_short_ones_are_refused(password):
    assert refuses(password)


@pytest.mark.parametrize(
    "password", ["quatre mots sans lien", "trois maraudes sur un toit bleu", "κόκκινο ποδήλατο 7"]
)
def test_words_that_do_not_belong_together_are_taken(password):
    assert refuses(password) == set()


def test_sixty_four_characters_and_more_are_taken():
    assert refuses("violet tram under a slow cloud " * 4) == set()
