"""The passphrase is shown once, the file is given once; nothing of either stays."""

import datetime as dt
import os
import time

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.models import User
from audit.models import JournalEntry
from audit.scope import scope
from reports.actions import handover
from reports.exports import folder
from reports.models import Export
from tests import factories
from tests.backstage import portal
from tests.exported import asked, downloaded, made, opened, passphrase
from tests.jobs import run_jobs
from tests.network import counts_of, make_network

pytestmark = pytest.mark.django_db


@pytest.fixture
def network(client):
    found = make_network()
    counts_of(found, found.north, 1, 4)
    client.force_login(found.coordinator)
    return found


@pytest.fixture
def export(client, network) -> Export:
    return made(client)


def post(client, name: str, export: Export):
    return client.post(reverse(name, args=[export.pk]), follow=True).content.decode()


def stored(export: Export) -> tuple:
    """What the table itself holds of the passphrase and the state."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT passphrase, state FROM reports_export WHERE id = %s", [export.pk])
        return cursor.fetchone()


def swept() -> None:
    app.perform_import_paths()
    with portal():
        app.tasks["reports.jobs.sweep_exports"](timestamp=0)


def age(export: Export, **ages: dt.timedelta) -> None:
    now = timezone.now()
    Export.objects.filter(pk=export.pk).update(**{name: now - by for name, by in ages.items()})


def test_the_passphrase_is_sealed_until_it_is_shown_then_gone(client, export):
    sealed, _state = stored(export)
    secret = passphrase(client, export)
    assert len(secret) >= 15
    assert secret.encode() not in bytes(sealed)
    assert bytes(stored(export)[0]) == b""
    assert "shown already" in post(client, "export_passphrase", export)
    opened(downloaded(client, export), secret)


def test_no_history_and_no_journal_keeps_the_passphrase(client, export):
    secret = passphrase(client, export)
    told = [str(row) for row in Export.pgh_event_model.objects.values()]
    told += [str(row.details) for row in JournalEntry.objects.all()]
    assert told
    assert not [row for row in told if secret in row]


def test_the_file_is_given_once_then_deleted(client, export):
    assert folder.path_of(export.file_name).exists()
    downloaded(client, export)
    assert "no longer here" in post(client, "export_download", export)
    run_jobs()
    assert list(folder.folder().iterdir()) == []
    assert stored(export)[1] == "purged"
    actions = JournalEntry.objects.filter(target_id=str(export.pk)).values_list("action", flat=True)
    assert {"download_export", "purge_export"} <= set(actions)


def test_the_passphrase_may_be_read_after_the_file_was_taken(client, export):
    archive = downloaded(client, export)
    run_jobs()
    assert "export.csv" in opened(archive, passphrase(client, export))


def test_a_damaged_file_is_not_given(client, export):
    folder.path_of(export.file_name).write_bytes(b"something else")
    assert "lost or damaged" in post(client, "export_download", export)
    folder.remove(export.file_name)
    assert "lost or damaged" in post(client, "export_download", export)
    assert stored(export)[1] == "built"


@pytest.mark.parametrize("name", ["export_passphrase", "export_download", "export_withdraw"])
def test_a_colleague_takes_nothing_of_it(client, network, export, name):
    client.force_login(factories.make_user("coordinator", network.lead))
    assert client.post(reverse(name, args=[export.pk])).status_code == 404


def test_whoever_lost_the_right_takes_nothing(client, network, export):
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    network.coordinator.memberships.update(active=(dt.date(2000, 1, 1), yesterday))
    client.force_login(User.objects.get(pk=network.coordinator.pk))
    assert client.post(reverse("export_download", args=[export.pk])).status_code == 403


def narrowed(network) -> None:
    """The role of the one who asked is given for another program alone, after the file was made."""
    person, lead = network.coordinator, network.lead
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    factories.make_membership(person, "coordinator", lead, program=factories.make_program(lead))
    whole = person.memberships.filter(program=None)
    whole.update(active=(dt.date(2000, 1, 1), yesterday))


@pytest.mark.parametrize("content", ["counts", "totals", "workbook"])
def test_whoever_sees_less_since_takes_nothing_and_reads_why(client, network, content):
    export = made(client, content)
    narrowed(network)
    client.force_login(User.objects.get(pk=network.coordinator.pk))
    for name in ("export_passphrase", "export_download"):
        page = post(client, name, export)
        assert "figures that you do not see today" in page
        assert "Take this export back" in page
    assert stored(export)[1] == "built"
    assert "nothing left the portal" in post(client, "export_withdraw", export)


def test_targets_of_a_whole_program_are_not_for_whoever_has_one_site_of_it(client, network):
    export = made(client, "totals")
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    person, lead = network.coordinator, network.lead
    for report in (network.north, network.south):
        place = {"program": report.program, "site": report.site}
        factories.make_membership(person, "coordinator", lead, **place)
    person.memberships.filter(site=None).update(active=(dt.date(2000, 1, 1), yesterday))
    client.force_login(User.objects.get(pk=person.pk))
    assert "do not see today" in post(client, "export_download", export)


def test_a_file_that_does_not_say_what_it_holds_is_not_given(client, export):
    Export.objects.filter(pk=export.pk).update(holds={})
    assert "do not see today" in post(client, "export_download", export)


def test_figures_added_or_corrected_since_keep_nobody_from_their_file(client, network, export):
    counts_of(network, network.north, 2, 9)
    downloaded(client, export)


def test_after_a_day_nothing_of_it_is_left(client, export):
    age(export, expires_at=dt.timedelta(seconds=1))
    assert "no longer here" in post(client, "export_download", export)
    assert "shown already" in post(client, "export_passphrase", export)
    swept()
    assert (bytes(stored(export)[0]), stored(export)[1]) == (b"", "expired")
    assert list(folder.folder().iterdir()) == []


def test_a_passphrase_nobody_asked_for_is_wiped_after_a_day(client, export):
    downloaded(client, export)
    run_jobs()
    age(export, expires_at=dt.timedelta(seconds=1))
    swept()
    assert bytes(stored(export)[0]) == b""


def test_what_is_taken_back_is_deleted_and_given_back_to_the_budget(client, network, export):
    assert "nothing left the portal" in post(client, "export_withdraw", export)
    run_jobs()
    assert list(folder.folder().iterdir()) == []
    assert Export.objects.budget(network.coordinator, network.lead).spent_by_person == 0
    assert "too late" in post(client, "export_withdraw", export)


def test_what_was_downloaded_is_not_taken_back(client, network, export):
    downloaded(client, export)
    assert "too late" in post(client, "export_withdraw", export)
    assert Export.objects.budget(network.coordinator, network.lead).spent_by_person == 4


@pytest.mark.parametrize(
    ("name", "state"), [("export_withdraw", "withdrawn"), ("export_download", "downloaded")]
)
def test_what_moved_on_while_the_sweep_came_to_it_does_not_stop_it(client, export, name, state):
    age(export, expires_at=-dt.timedelta(seconds=2))
    client.post(reverse(name, args=[export.pk]))
    with portal(), scope(organisation_ids=[export.organisation_id]):
        handover._expire(export, timezone.now() + dt.timedelta(days=1))
    assert stored(export)[1] == state


def test_what_was_made_meanwhile_is_kept(client, export):
    """Found without an answer, then approved and made."""
    with portal(), scope(organisation_ids=[export.organisation_id]):
        handover._expire(export, timezone.now())
    assert stored(export)[1] == "built"


def test_a_request_that_nobody_answers_ends(client, network):
    export = factories.make_export(
        network.coordinator,
        network.lead,
        rows=30_000,
        requested_at=timezone.now() - dt.timedelta(days=3, minutes=1),
    )
    swept()
    assert stored(export)[1] == "expired"


def test_a_job_that_was_killed_is_ended(client, network):
    asked(client, "counts")
    export = Export.objects.get()
    Export.objects.update(state="building", begun_at=timezone.now() - dt.timedelta(hours=2))
    swept()
    export.refresh_from_db()
    assert (export.state, export.failure) == ("failed", "error")


def test_files_of_no_row_are_deleted_once_old(client, export):
    young, old = (folder.path_of(name) for name in ("young.zip", "old.zip"))
    for path in (young, old):
        path.write_bytes(b"left by a killed worker")
    before = time.time() - 2 * folder.SECONDS_OF_GRACE
    os.utime(old, (before, before))
    os.utime(folder.path_of(export.file_name), (before, before))
    swept()
    assert {path.name for path in folder.folder().iterdir()} == {"young.zip", export.file_name}
