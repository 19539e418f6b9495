"""A form that is sent twice counts once."""

import uuid

import pytest
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from audit import submissions
from audit.models import SubmittedForm
from tests.factories import make_user

pytestmark = pytest.mark.django_db


class Page:
    """A view that counts its calls."""

    def __init__(self, response) -> None:
        self.calls, self.response = 0, response

    def __call__(self, request) -> HttpResponse:
        self.calls += 1
        return self.response


def send(page: Page, key: str, user=None) -> HttpResponse:
    request = RequestFactory().post("/form/")
    request.user = user or make_user(None)
    request.is_let_in = True
    return submissions.once(key, request, page)


def test_the_second_time_leads_where_the_first_one_led():
    page, user, key = Page(HttpResponseRedirect("/made/7/")), make_user(None), str(uuid.uuid4())
    assert [send(page, key, user)["Location"] for _ in range(2)] == ["/made/7/", "/made/7/"]
    assert page.calls == 1


def test_what_is_led_by_htmx_leads_again_too():
    response = HttpResponse(status=204, headers={"HX-Redirect": "/made/7/"})
    page, user, key = Page(response), make_user(None), str(uuid.uuid4())
    send(page, key, user)
    assert send(page, key, user)["Location"] == "/made/7/"


def test_a_form_shown_again_with_errors_can_be_sent_again():
    page, user, key = Page(HttpResponse("mend this")), make_user(None), str(uuid.uuid4())
    send(page, key, user)
    send(page, key, user)
    assert page.calls == 2
    assert not SubmittedForm.objects.exists()


def test_somebody_elses_key_leads_nowhere():
    page, key = Page(HttpResponseRedirect("/made/7/")), str(uuid.uuid4())
    send(page, key)
    assert send(page, key)["Location"] == "/form/"
    assert page.calls == 1


def test_a_key_that_is_none_is_no_key():
    page = Page(HttpResponseRedirect("/made/7/"))
    send(page, "not a key")
    assert page.calls == 1
    assert not SubmittedForm.objects.exists()


def test_each_form_has_its_own_key():
    assert submissions.new_key() != submissions.new_key()
