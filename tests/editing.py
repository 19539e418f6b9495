"""The editing pages of the catalogue as their tests reach them, and what a form of theirs sends."""

import pytest
from django.urls import reverse

from accounts.roles import Role

from .factories import make_membership, make_organisation, make_user


@pytest.fixture
def own():
    return make_organisation("Own association")


@pytest.fixture
def administrator(client, own):
    client.force_login(make_user(Role.ADMINISTRATOR, own))
    return client


@pytest.fixture
def platform(client, own):
    client.force_login(make_user(Role.PLATFORM_ADMINISTRATOR, own))
    return client


def editor_of_all(organisation):
    """Somebody who edits rows of an organisation and what all share."""
    user = make_user(Role.PLATFORM_ADMINISTRATOR, organisation)
    make_membership(user, Role.ADMINISTRATOR, organisation)
    return user


def to(model: str, page: str = "changelist", *args) -> str:
    return reverse(f"catalogue:programs_{model}_{page}", args=args)


def typed(client, address: str, **changes) -> dict:
    """What a person would send from the page as it stands, with `changes`."""
    context = client.get(address).context
    forms = [context["adminform"].form]
    data = {}
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            widget = bound.field.widget
            if hasattr(widget, "decompress"):
                days = widget.decompress(value) if not isinstance(value, list) else value
                data |= {f"{bound.html_name}_{n}": day or "" for n, day in enumerate(days)}
            elif value is not None and value is not False:
                data[bound.html_name] = "on" if value is True else value
    return data | changes
