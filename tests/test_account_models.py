"""What the database refuses of accounts, whoever writes."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils import timezone

from accounts.models import Invitation, Membership, User
from accounts.roles import Role
from programs.violations import explained
from tests.factories import (
    ALWAYS,
    make_membership,
    make_organisation,
    make_program,
    make_program_site,
    make_site,
    make_user,
)

pytestmark = pytest.mark.django_db


def refused(code: str, row) -> str:
    """The message of the refusal of a row by the constraint `code`."""
    with pytest.raises(ValidationError) as refusal, explained():
        row.save()
    assert refusal.value.code == code
    return refusal.value.messages[0]


def membership(**fields) -> Membership:
    defaults = {
        "user": make_user(None),
        "organisation": make_organisation(),
        "role": Role.FIELD_WORKER,
        "active": ALWAYS,
    }
    return Membership(**(defaults | fields))


def invitation(**fields) -> Invitation:
    defaults = {
        "organisation": make_organisation(),
        "role": Role.FIELD_WORKER,
        "active": ALWAYS,
        "email": "new@example.org",
        "language": "fr",
        "token_hash": "0" * 64,
        "invited_by": make_user(Role.ADMINISTRATOR),
        "expires_at": timezone.now() + dt.timedelta(days=7),
    }
    return Invitation(**(defaults | fields))


def test_an_email_has_one_account_whatever_its_case():
    make_user(email="nadia@example.org")
    twin = User(email="Nadia@Example.org", display_name="Nadia")
    assert refused("user_email_once", twin) == "An account already uses this e-mail."


LOOK_ALIKES = [
    "asha@m\u0131st.org",
    "a\u017fha@mist.org",
    "asha@\u212aist.org",
    "as\u0130a@mist.org",
]


@pytest.mark.parametrize(
    "email", [*LOOK_ALIKES, "asha@mist.org\n", "аsha@mist.org", "a sha@mist.org"]
)
def test_an_email_is_of_plain_letters(email):
    """Of others, some look alike and some fold into these."""
    account = User(email=email, display_name="Asha")
    for name, row in {"user": account, "invitation": invitation(email=email)}.items():
        assert "xn--" in refused(f"{name}_email_plain", row)


@pytest.mark.parametrize("email", [*LOOK_ALIKES, "asha@mist.org.", "asha@mist.orG\u0301"])
def test_no_look_alike_finds_an_account(email):
    for found in ("asha@mist.org", "asha@kist.org", "asia@mist.org"):
        make_user(email=found)
    assert User.objects.with_email(email) is None
    assert User.objects.with_email("ASHA@Mist.Org").email == "asha@mist.org"
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(email)


def test_an_account_is_found_by_its_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    found = User.objects.filter(Exact(Lower("email"), "asha@mist.org")).explain()
    assert "user_email_once" in found


def test_a_name_on_screen_is_filled():
    assert "name" in refused("user_display_name_filled", User(email="a@example.org"))


@pytest.mark.parametrize("make", [membership, invitation])
def test_a_role_is_one_of_the_list(make):
    row = make(role="emperor")
    assert refused(f"{row._meta.model_name}_role", row) == "Choose a role."


@pytest.mark.parametrize("make", [membership, invitation])
@pytest.mark.parametrize("role", ["administrator", "funder", "auditor", "platform_administrator"])
def test_roles_of_the_whole_are_not_held_in_a_part(make, role):
    site = make_site()
    row = make(role=role, organisation=site.organisation, site=site)
    refused(f"{row._meta.model_name}_scope_of_role", row)


@pytest.mark.parametrize("make", [membership, invitation])
def test_a_site_of_another_organisation_is_refused(make):
    row = make(site=make_site())
    message = refused(f"{row._meta.model_name}_site", row)
    assert message == "This site belongs to another organisation."


@pytest.mark.parametrize("make", [membership, invitation])
def test_a_program_one_takes_no_part_in_is_refused(make):
    row = make(program=make_program())
    refused(f"{row._meta.model_name}_program", row)


@pytest.mark.parametrize("make", [membership, invitation])
def test_a_program_and_a_site_where_it_does_not_run_are_refused(make):
    site = make_site()
    program = make_program(site.organisation)
    row = make(organisation=site.organisation, program=program, site=site)
    message = refused(f"{row._meta.model_name}_site_runs_program", row)
    assert message.startswith("This program does not run at this site.")
    make_program_site(program, site, active=(dt.date(2001, 1, 1), dt.date(2002, 1, 1)))
    row.save()


@pytest.mark.parametrize("make", [membership, invitation])
def test_a_span_without_a_day_is_refused(make):
    day = dt.date(2026, 1, 1)
    row = make(active=(day, day))
    refused(f"{row._meta.model_name}_active_not_empty", row)


def test_nobody_gives_themselves_a_role():
    row = membership(role=Role.COORDINATOR)
    make_membership(row.user, Role.FIELD_WORKER, row.organisation)
    row.granted_by = row.user
    message = refused("membership_not_self_granted", row)
    assert message == "Nobody gives themselves a role."


def test_the_same_role_is_not_held_twice_at_once():
    held = membership()
    held.save()
    again = membership(user=held.user, organisation=held.organisation)
    refused("membership_no_overlap", again)
    again.role = Role.COORDINATOR
    again.save()


def test_the_same_role_may_be_held_in_two_sites():
    organisation = make_organisation()
    user = make_user(None)
    for site in (make_site(organisation), make_site(organisation)):
        make_membership(user, Role.FIELD_WORKER, organisation, site=site)
    assert user.memberships.count() == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("user", lambda: make_user(None)),
        ("organisation", make_organisation),
        ("role", lambda: Role.ADMINISTRATOR),
    ],
)
def test_whose_role_it_is_and_where_never_changes(field, value):
    row = membership()
    row.save()
    setattr(row, field, value())
    refused("accounts_membership_keeps", row)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", lambda: "other@example.org"),
        ("organisation", make_organisation),
        ("role", lambda: Role.ADMINISTRATOR),
        ("program", make_program),
        ("site", make_site),
    ],
)
def test_what_an_invitation_offers_never_changes(field, value):
    row = invitation()
    row.save()
    setattr(row, field, value())
    refused("accounts_invitation_keeps", row)


def test_an_email_is_invited_once_at_a_time():
    first = invitation()
    first.save()
    second = invitation(
        email="NEW@example.org", organisation=first.organisation, token_hash="1" * 64
    )
    refused("invitation_open_once", second)
    first.withdrawn_at = timezone.now()
    first.save()
    second.save()


def test_an_invitation_ends_once():
    now = timezone.now()
    refused("invitation_ends_once", invitation(accepted_at=now, withdrawn_at=now))


def test_a_link_belongs_to_one_invitation():
    invitation().save()
    with pytest.raises(ValidationError), explained():
        invitation(email="b@example.org").save()


@pytest.mark.parametrize("make", [membership, invitation])
def test_every_write_counts_a_revision(make):
    row = make()
    row.save()
    type(row).objects.filter(pk=row.pk).update(active=("2001-01-01", None))
    row.refresh_from_db()
    assert row.revision == 2


def test_an_organisation_no_longer_active_opens_nothing():
    organisation = make_organisation()
    user = make_user(Role.ADMINISTRATOR, organisation)
    assert user.has_perm("programs.edit_catalogue")
    organisation.is_active = False
    organisation.save()
    user = User.objects.get(pk=user.pk)
    assert user.access.memberships == ()
    assert not user.has_perm("programs.edit_catalogue")
    assert user.memberships.lasting().exists()
