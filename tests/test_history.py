"""What rows were before: every model, whoever writes, and nobody can forge or mend it."""

import pghistory
import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from psycopg.conninfo import conninfo_to_dict

from audit.scope import scope
from programs.models import Program, Site
from tests.factories import make_organisation, make_program, make_site, make_user
from tests.scene import make_scene

OURS = {"audit", "programs", "accounts", "beneficiaries", "reports", "ngo_portal"}
# Tables that need no history, each with its reason.
UNTRACKED = {
    "audit.JournalEntry": "the ledger, which only grows",
    "audit.SubmittedForm": "keys of forms sent lately, forgotten after two days",
    "accounts.SignInTries": "wrong tries to sign in, forgotten after a day",
    "audit.KeyInUse": "ids of keys, added and taken away by the rotation",
}
# Secrets, and what a machine notes down at each visit.
LEFT_OUT = {
    *("User.password", "User.last_login", "User.seen_at", "Invitation.token_hash"),
    "Export.passphrase",
    "User.opened_at",  # the history of is_active says it
    *("User.session_epoch", "User.factor_link", "User.factor_link_until"),
}


def tracked() -> dict:
    return {event.pgh_tracked_model: event for event in pghistory.core.event_models()}


def models() -> list:
    return [m for m in apps.get_models() if m._meta.app_label in OURS]


def test_every_model_has_a_history_or_a_reason():
    events = set(tracked().values())
    without = {m._meta.label for m in models() if m not in tracked() and m not in events}
    assert without == set(UNTRACKED)


def test_a_history_holds_every_column_and_every_kind_of_write():
    left_out = set()
    for model, event in tracked().items():
        kept = {f.column for f in event._meta.local_fields}
        left_out |= {f"{model.__name__}.{f.column}" for f in model._meta.local_fields} - {
            f"{model.__name__}.{column}" for column in kept
        }
        assert {t.label for t in event.pgh_trackers} == {"insert", "update", "delete"}
        assert {t.name for t in event._meta.triggers} == {"append_only", "written_by_a_trigger"}
    assert left_out == LEFT_OUT


@pytest.mark.django_db
def test_translated_names_are_kept_whoever_writes():
    user, program = make_user(None), make_program(name_fr="Avant", name_en="Before")
    with scope(user_id=user.pk, organisation_ids=[program.organisation_id]):
        Program.objects.filter(pk=program.pk).update(name_fr="Après")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE programs_program SET name_en = 'After'")
    events = Program.pgh_event_model.objects.filter(pgh_obj=program).order_by("pgh_id")
    assert [(e.pgh_label, e.name_fr, e.name_en) for e in events] == [
        ("insert", "Avant", "Before"),
        ("update", "Après", "Before"),
        ("update", "Après", "After"),
    ]
    assert {(e.pgh_context or {}).get("user") for e in events[1:]} == {str(user.pk)}
    assert {e.organisation_id for e in events} == {program.organisation_id}


@pytest.mark.django_db
def test_a_deleted_row_is_still_told():
    site = make_site()
    key = site.pk
    Site.objects.filter(pk=key).delete()
    last = Site.pgh_event_model.objects.filter(pgh_obj_id=key).latest("pgh_id")
    assert (last.pgh_label, last.name_en) == ("delete", site.name_en)


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["UPDATE {} SET pgh_label = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_history_is_never_mended(what):
    for event in tracked().values():
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(what.format(event._meta.db_table))


@pytest.mark.django_db
def test_no_setting_switches_a_trigger_off():
    program = make_program()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pgtrigger.ignore', array_agg(DISTINCT tgname)::text, true)"
            " FROM pg_trigger"
        )
    Program.objects.filter(pk=program.pk).update(name_en="Written down")
    assert Program.pgh_event_model.objects.filter(name_en="Written down").exists()


@pytest.mark.django_db
def test_the_runtime_role_makes_no_trigger_of_its_own():
    for statement in ("CREATE TEMPORARY TABLE own (id int)", "CREATE TABLE own (id int)"):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db
def test_history_is_never_forged():
    make_scene()
    forged = 0
    for event in tracked().values():
        row = event.objects.first()
        if row is None:
            continue
        row.pk = None
        with pytest.raises(ProgrammingError, match="by its triggers"), transaction.atomic():
            row.save(force_insert=True)
        forged += 1
    assert forged > 15


def test_the_owner_does_not_mend_it_either(own_database):
    make_organisation()
    owner = conninfo_to_dict(settings.DATABASE_OWNER_URL) | {"dbname": own_database}
    options = "-c portal.every_organisation=on"
    with psycopg.connect(**owner, options=options) as session, pytest.raises(psycopg.Error):
        session.execute("UPDATE programs_organisationevent SET name_fr = 'Autre'")
