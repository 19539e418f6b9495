"""Somebody else saved meanwhile: both texts are shown, and what was typed stays."""

import datetime as dt

import pytest

from accounts.models import Membership, User
from tests.factories import make_organisation, make_user
from tests.forms import form_with

pytestmark = pytest.mark.django_db


def test_a_profile_shows_both_names(client):
    person = make_user("coordinator", make_organisation())
    client.force_login(person)
    form = form_with(client.get("/me/").content.decode(), "display_name")
    User.objects.filter(pk=person.pk).update(display_name="From the other tab")
    page = client.post("/me/", form.data(display_name="From this tab")).content.decode()
    assert "It now says “From the other tab”. You typed “From this tab”." in page
    again = form_with(page, "display_name")
    assert again.fields["display_name"] == ["From this tab"]
    assert client.post("/me/", again.data()).status_code == 302
    assert User.objects.get(pk=person.pk).display_name == "From this tab"


def test_a_profile_saved_over_the_same_words_shows_none(client):
    person = make_user("coordinator", make_organisation())
    client.force_login(person)
    form = form_with(client.get("/me/").content.decode(), "display_name")
    User.objects.filter(pk=person.pk).update(display_name="The same")
    page = client.post("/me/", form.data(display_name="The same")).content.decode()
    assert "Somebody changed this" in page
    assert "It now says" not in page


def test_the_end_of_a_role_shows_both_days(client):
    place = make_organisation()
    membership = make_user("field_worker", place).memberships.get()
    client.force_login(make_user("administrator", place))
    address = f"/access/memberships/{membership.pk}/end/"
    form = form_with(client.get(address).content.decode(), "last_day")
    span = (membership.active.lower, dt.date(2031, 1, 1))
    Membership.objects.filter(pk=membership.pk).update(active=span)
    page = client.post(address, form.data(last_day="2030-05-01")).content.decode()
    assert "It now says “2030-12-31”" in page
    again = form_with(page, "last_day")
    assert client.post(address, again.data()).status_code == 302
    membership.refresh_from_db()
    assert membership.last_day == dt.date(2030, 5, 1)
