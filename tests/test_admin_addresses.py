"""Addresses of the editing pages that ask for something: filters, dates, keys."""

import pytest

from accounts.roles import Role

from .editing import administrator, own, to
from .factories import make_organisation, make_program, make_program_site, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
__all__ = ["administrator", "own"]


@pytest.mark.parametrize("model", ["grant", "target", "program"])
@pytest.mark.parametrize("said", ["", "x", "2026-01-01", "[2026-01-01,)"])
def test_an_address_that_says_dates_fills_in_none(client, model, said):
    client.force_login(make_user(Role.ADMINISTRATOR, make_organisation()))
    fields = {"period": said, "span": said, "active": said}
    answer = client.get(to(model, "add"), fields)
    assert answer.status_code == 200


@pytest.mark.parametrize(("field", "status"), [("", 200), ("name", 400), ("no_such_field", 400)])
def test_an_address_that_names_another_key_is_no_failure(administrator, own, field, status):
    page = to("program", "change", make_program(own).pk)
    assert administrator.get(page, {"_to_field": field}).status_code == status


@pytest.mark.parametrize(
    ("model", "question"),
    [
        ("grant", {"period": "\ufffd"}),
        ("fundedproject", {"period": "x"}),
        ("organisation", {"aliases": "x"}),
        ("organisation", {"kinds__contains": "x"}),
        ("program", {"active": "x"}),
        ("target", {"span__contains": "x"}),
        ("site", {"organisation__agreement": "x"}),
    ],
)
def test_a_list_answers_no_question_that_its_filters_do_not_ask(client, model, question):
    client.force_login(make_user(Role.ADMINISTRATOR, make_organisation()))
    assert client.get(to(model), question).status_code == 400


def test_a_list_answers_its_filters(client):
    place = make_program_site()
    client.force_login(make_user(Role.ADMINISTRATOR, place.organisation))
    for model, question in (
        ("site", {"is_active__exact": "1"}),
        ("site", {"organisation__id__exact": str(place.organisation_id)}),
        ("program", {"organisation__id__exact": str(place.organisation_id)}),
        ("indicator", {"unit__exact": "person"}),
    ):
        assert client.get(to(model), question).status_code == 200
    unreadable = client.get(to("site"), {"organisation__id__exact": "x"})
    assert unreadable.status_code in {200, 302}
