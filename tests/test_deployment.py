"""What an installation may have left out is said before anybody meets it."""

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

from ngo_portal.deployment import TAG
from tests.factories import make_organisation, make_user


def found() -> dict[str, str]:
    """What the checks of a deployment say, by its id."""
    return {each.id: each.msg for each in run_checks(tags=[TAG], include_deployment_checks=True)}


@pytest.fixture
def chosen(settings):
    """A whole installation: every folder lies outside the code."""
    for name in ("FILES_DIR", "EXPORTS_DIR", "BACKUP_DIR"):
        setattr(settings, name, "/srv/portal")
    settings.BACKUP_RECIPIENTS = "age1"
    return settings


@pytest.fixture
def without_auditor(settings):
    """The web server was not given DATABASE_AUDITOR_URL."""
    settings.JOURNAL_DATABASE = "not given"
    return settings


def test_a_whole_installation_lacks_nothing(chosen):
    assert found() == {}


@pytest.mark.parametrize("name", ["FILES_DIR", "EXPORTS_DIR", "BACKUP_DIR"])
def test_a_folder_inside_the_code_is_named(chosen, name):
    setattr(chosen, name, str(chosen.BASE_DIR / ".local" / "anything"))
    assert f"PORTAL_{name}" in found()["deployment.W002"]


def test_a_process_that_makes_no_backups_needs_no_folder_for_them(chosen):
    chosen.BACKUP_RECIPIENTS = ""
    chosen.BACKUP_DIR = str(chosen.BASE_DIR / "backups")
    assert found() == {}


def test_a_journal_that_nobody_can_open_is_named(chosen, without_auditor):
    assert "DATABASE_AUDITOR_URL" in found()["deployment.E001"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/journal/", "/journal/1/"])
def test_a_journal_that_cannot_be_opened_is_said_in_both_languages(
    client, without_auditor, address
):
    client.force_login(make_user("auditor", make_organisation()))
    client.raise_request_exception = False
    answer = client.get(address)
    text = answer.content.decode()
    assert answer.status_code == 503
    assert "Le journal ne peut pas être ouvert" in text
    assert "The journal cannot be opened" in text
    assert "DATABASE_AUDITOR_URL is not set" in text


@pytest.mark.django_db
def test_a_role_that_may_not_read_the_journal_is_no_error_of_ours(client, settings, monkeypatch):
    settings.JOURNAL_DATABASE = "default"
    monkeypatch.setattr("audit.reading.SET_ORGANISATIONS", "SELECT key_id, %s FROM ledger.seal")
    client.force_login(make_user("auditor", make_organisation()))
    client.raise_request_exception = False
    answer = client.get("/journal/")
    assert answer.status_code == 503
    assert "make upgrade" in answer.content.decode()


@pytest.mark.django_db
def test_the_commands_say_it_too(without_auditor):
    with pytest.raises(CommandError, match="DATABASE_AUDITOR_URL"):
        call_command("who_saw", object="user:1")
