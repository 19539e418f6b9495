"""An export is made with the rights that its requester has by then, and told about."""

import datetime as dt

import pytest
from django.utils import timezone

from audit.models import JournalEntry
from reports import jobs
from reports.models import Export
from tests import factories
from tests.backstage import portal
from tests.exported import asked
from tests.jobs import run_jobs
from tests.network import counts_of, make_network

pytestmark = pytest.mark.django_db


@pytest.fixture
def network(client):
    found = make_network()
    for place in (found.north, found.south):
        counts_of(found, place, 1, 4)
    client.force_login(found.coordinator)
    return found


@pytest.fixture
def export(client, network) -> Export:
    """Asked for, not made yet."""
    asked(client, "counts", site=str(network.north.site_id))
    return Export.objects.get()


def outcome(export: Export) -> tuple[str, str]:
    run_jobs()
    export.refresh_from_db()
    return export.state, export.failure


def ended(person) -> None:
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    person.memberships.update(active=(dt.date(2000, 1, 1), yesterday))


def files(settings) -> list:
    from reports.exports import folder

    return list(folder.folder().iterdir())


def test_it_is_made_and_told(client, network, export, mailoutbox, settings):
    assert outcome(export) == ("built", "")
    run_jobs()
    (mail,) = mailoutbox
    assert export.get_absolute_url() in mail.body
    for word in (network.north.site, network.program, network.lead, network.coordinator):
        assert str(word) not in mail.subject + mail.body
    (archive,) = files(settings)
    assert (archive.name, archive.stat().st_size) == (export.file_name, export.size)
    assert archive.stat().st_mode & 0o077 == 0
    assert archive.parent.stat().st_mode & 0o077 == 0


def test_the_mail_speaks_the_language_of_its_reader(client, network, export, mailoutbox):
    network.coordinator.language = "fr"
    network.coordinator.save(update_fields=["language"])
    run_jobs()
    assert "est prêt" in mailoutbox[0].body
    assert mailoutbox[0].subject == "Votre portail\u00a0: un export"


def test_whoever_lost_the_right_gets_nothing(network, export, settings):
    ended(network.coordinator)
    assert outcome(export) == ("failed", "rights")
    assert files(settings) == []
    assert JournalEntry.objects.filter(action="fail_export", reason="rights").exists()


def test_whoever_moved_to_another_organisation_gets_nothing(network, export):
    ended(network.coordinator)
    factories.make_membership(network.coordinator, "coordinator", network.partner)
    assert outcome(export) == ("failed", "rights")


def test_a_deactivated_account_gets_nothing(network, export):
    network.coordinator.is_active = False
    network.coordinator.save(update_fields=["is_active"])
    assert outcome(export) == ("failed", "rights")


def test_a_filter_that_is_no_longer_seen_is_not_widened(client, network, export):
    """Left out, the filter on one site would have let all the others leave."""
    ended(network.coordinator)
    factories.make_membership(
        network.coordinator, "coordinator", network.lead, site=network.south.site
    )
    assert outcome(export) == ("failed", "rights")


def test_no_more_leaves_than_was_asked_for(network, export):
    counts_of(network, network.north, 2, 4)
    assert outcome(export) == ("failed", "more")


def test_what_was_taken_back_is_not_made(client, network, export):
    client.post(f"{export.get_absolute_url()}withdraw/")
    assert outcome(export) == ("withdrawn", "")


def test_a_failure_releases_its_rows(network, export):
    counts_of(network, network.north, 2, 4)
    run_jobs()
    assert Export.objects.budget(network.coordinator, network.lead).spent_by_person == 0


def test_an_error_is_told_and_leaves_no_file(network, export, monkeypatch, settings, mailoutbox):
    def broken(*args):
        raise OSError("No space left on device")

    monkeypatch.setattr("reports.actions.build.pack", broken)
    assert outcome(export) == ("failed", "error")
    run_jobs()
    assert "could not be made" in mailoutbox[0].body
    assert files(settings) == []


def test_approvers_are_told_that_somebody_waits(network, mailoutbox):
    administrator = factories.make_user("administrator", network.lead, language="fr")
    factories.make_user("field_worker", network.lead)
    export = factories.make_export(network.coordinator, network.lead, rows=30_000)
    with portal():
        jobs.tell_approvers(**jobs.keys(export))
    run_jobs("accounts.letters.deliver")
    (mail,) = mailoutbox
    assert mail.to == [administrator.email]
    assert "attend votre réponse" in mail.body


def test_a_job_is_told_keys_alone(network, export):
    from tests.jobs import waiting

    assert set(waiting()[0].args) == {"export_id", "organisation_id", "requester_id", "request_id"}
