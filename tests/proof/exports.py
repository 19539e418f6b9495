"""Exports leave by one door: within a budget, with rights of the moment, sealed until opened."""

from __future__ import annotations

import datetime as dt
import io
import re
import secrets
import tempfile
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pyzipper
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation

from audit.scope import scope
from programs.models import Site
from programs.violations import explained
from reports.budget import ROWS_A_PERSON
from reports.exports import File, folder, new_passphrase, pack
from reports.models import Export
from tests import factories
from tests.conftest import as_owner
from tests.exported import asked, downloaded, made, opened, passphrase
from tests.jobs import run_jobs
from tests.network import counts_of, make_network
from tests.proof import Figure, Run, proof

AT_ONCE = 8
SWITCH = "ALTER TABLE reports_export {} TRIGGER USER"
# A number and a name that stand nowhere else.
NUMBER, NAME = 91_827, "CANARY-OF-THE-PROOF"
SIGNS = re.compile(rf"(?<![0-9A-Za-z]){NUMBER}(?![0-9A-Za-z])|{NAME}".encode())


def _request(person, organisation) -> bool:
    """A request for a quarter of the budget, in a connection of its own."""
    try:
        with scope(user_id=person.pk, organisation_ids=[organisation.pk]), explained():
            factories.make_export(
                person, organisation, rows=ROWS_A_PERSON // 4, serial=secrets.randbelow(10**9)
            )
    except ValidationError:
        return False
    finally:
        connection.close()
    return True


def _overspent(rounds: int) -> int:
    """Requests that were taken beyond the budget, of eight at a time by one person."""
    beyond = 0
    for _round in range(rounds):
        organisation = factories.make_organisation()
        person = factories.make_user("coordinator", organisation)
        with ThreadPoolExecutor(AT_ONCE) as at_once:
            taken = list(at_once.map(lambda _n: _request(person, organisation), range(AT_ONCE)))  # noqa: B023
        beyond += abs(sum(taken) - 4)
    return beyond


@proof("Requests for exports at the same time spend no more than the budget of a day", commits=True)
def export_budget(run: Run) -> Figure:
    rounds = run.amount(quick=2, full=40)
    wrong = _overspent(rounds)
    as_owner(SWITCH.format("DISABLE"), connection.settings_dict["NAME"])
    control = _overspent(1)
    as_owner(SWITCH.format("ENABLE"), connection.settings_dict["NAME"])
    return Figure(rounds * AT_ONCE, wrong, control, "requests", "of 8 without the trigger")


@contextmanager
def _rights_of_before(requester_id, permission, request_id=None) -> Iterator:
    """The control: a job that trusts the rights of when it was asked for."""
    person = TRUSTED[requester_id]
    with (
        scope(user_id=person.pk, organisation_ids=person.access.organisation_ids),
        translation.override(person.language),
    ):
        yield person


TRUSTED: dict = {}


def _lose(person, network, way: int) -> None:
    """Three ways to lose a right: the role ends, the account closes, the role moves elsewhere."""
    if way == 1:
        type(person).objects.filter(pk=person.pk).update(is_active=False)
        return
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    person.memberships.update(active=(dt.date(2000, 1, 1), yesterday))
    if way == 2:
        factories.make_membership(person, "coordinator", network.partner)


def _made_without_rights(client, network, tries: int) -> int:
    """Exports asked for by somebody whose right ended before the worker came."""
    for number in range(tries):
        person = factories.make_user("coordinator", network.lead)
        client.force_login(person)
        asked(client, ("counts", "totals", "workbook")[number % 3])
        TRUSTED[str(person.pk)] = type(person).objects.get(pk=person.pk)
        assert TRUSTED[str(person.pk)].access.memberships
        _lose(person, network, number // 3 % 3)
    run_jobs()
    return Export.objects.filter(state="built").count()


def _given_without_rights(client, network, tries: int) -> int:
    """Passphrases and archives given to somebody whose role was narrowed once the file was made."""
    given = 0
    for number in range(tries):
        person = factories.make_user("coordinator", network.lead)
        client.force_login(person)
        export = made(client, ("counts", "totals", "workbook")[number // 3 % 3])
        _narrow(person, network, number % 3)
        client.force_login(type(person).objects.get(pk=person.pk))
        for name in ("export_passphrase", "export_download"):
            given += client.post(reverse(name, args=[export.pk])).status_code == 200
    return given


def _narrow(person, network, way: int) -> None:
    """Three ways to see less: the role ends, is for another program, is for a single site."""
    _lose(person, network, 0)
    if way == 1:
        program = factories.make_program(network.lead)
        factories.make_membership(person, "coordinator", network.lead, program=program)
    if way == 2:
        place = {"program": network.south.program, "site": network.south.site}
        factories.make_membership(person, "coordinator", network.lead, **place)


@proof("Exports whose requester lost the right, or sees less, are neither made nor handed over")
def export_rights(run: Run) -> Figure:
    client, patch = run.fixture("client"), run.fixture("monkeypatch")
    network, tries = make_network(), run.amount(quick=9, full=90)
    counts_of(network, network.north, 1, 4)
    wrong = _made_without_rights(client, network, tries)
    wrong += _given_without_rights(client, network, tries)
    with patch.context() as guard:
        guard.setattr("reports.jobs.acting_for", _rights_of_before)
        control = _made_without_rights(client, network, 3)
    patch.setattr("reports.actions.handover._require_rights_of_today", lambda export, by: None)
    control += _given_without_rights(client, network, 3)
    return Figure(3 * tries, wrong, control, "tries", "with the rights of before")


def _places(logs) -> Iterator[tuple[str, bytes]]:
    """Everything that an export leaves behind it, outside the counts themselves."""
    yield "log", logs.text.encode()
    for message in mail.outbox:
        yield "mail", message.message().as_bytes()
    for top in (Path(tempfile.gettempdir()), folder.folder()):
        for path in filter(Path.is_file, top.rglob("*")):
            yield "file name", path.name.encode()
            yield "file", path.read_bytes()
    tables = ("reports_export", "reports_exportevent", "procrastinate_jobs", "django_session")
    with connection.cursor() as cursor:
        for table in (*tables, "portal_cache", "ledger.entry", "audit_submittedform"):
            cursor.execute(f"SELECT one::text FROM {table} AS one")
            for (row,) in cursor.fetchall():
                yield table, row.encode()


def _leaks(client, logs) -> tuple[int, int]:
    """Where the number or the name is found while an export waits and after; bytes looked at."""
    client.force_login(
        factories.make_user("coordinator", Site.objects.get(code="NORTH").organisation)
    )
    found, scanned = 0, 0
    export = made(client, "workbook", note=f"For the board. {NAME}")
    secret = passphrase(client, export)
    for step in ("waits", "taken"):
        for _place, content in _places(logs):
            scanned += len(content)
            found += SIGNS.search(content) is not None
        if step == "waits":
            files = opened(downloaded(client, export), secret)
            assert len(files) == 2
            run_jobs()
    return found, scanned


def _in_clear(files: list[File], passphrase: str, path: Path) -> None:
    """The control: an archive that is not encrypted, nor compressed."""
    with pyzipper.AESZipFile(path, "x", encryption=pyzipper.WZ_AES) as sealed:
        sealed.setpassword(passphrase.encode())
        for file in files:
            sealed.writestr(file.name, file.content)
    for file in files:
        (path.parent / file.name).write_bytes(b"".join(_clear(file)))


def _clear(file: File) -> Iterator[bytes]:
    """What is inside of a file, a workbook's parts unpacked."""
    yield file.content
    if file.name.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(file.content)) as parts:
            yield from (parts.read(name) for name in parts.namelist())


@proof("Numbers and words of an export are in its archive and nowhere else")
def export_canaries(run: Run) -> Figure:
    client, patch, logs = (run.fixture(name) for name in ("client", "monkeypatch", "caplog"))
    patch.setattr(tempfile, "tempdir", str(run.fixture("tmp_path")))
    network, wrong, scanned = make_network(), 0, 0
    counts_of(network, network.north, 1, NUMBER)
    Site.objects.filter(pk=network.north.site_id).update(name_en=NAME, name_fr=NAME)
    for _round in range(run.amount(quick=1, full=10)):
        found, seen = _leaks(client, logs)
        wrong, scanned = wrong + found, scanned + seen
    patch.setattr("reports.actions.build.pack", _in_clear)
    control, _seen = _leaks(client, logs)
    return Figure(scanned, wrong, control, "bytes", "places, with files in clear")


@proof("An archive opens with its passphrase, whole, or not at all")
def export_archives(run: Run) -> Figure:
    tries, folder_of_run = run.amount(quick=60, full=3_000), run.fixture("tmp_path")
    content, wrong = b"month,site,value\r\n2026-01,NORTH,918273645\r\n", 0
    for number in range(tries):
        path, secret = folder_of_run / f"{number}.zip", new_passphrase()
        pack([File("export.csv", content)], secret, path)
        archive = bytearray(path.read_bytes())
        path.unlink()
        wrong += content[:20] in archive
        wrong += _opens(bytes(archive), new_passphrase())
        # One bit of salt, check value, ciphertext or authentication code.
        place = 30 + len("export.csv") + 11 + number % (len(content) // 2)
        archive[place] ^= 1 << number % 8
        wrong += _opens(bytes(archive), secret)
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as packed:
        packed.writestr("export.csv", content)
    control = _opens(plain.getvalue(), new_passphrase())
    return Figure(3 * tries, wrong, int(control), "tries", "of 1 without encryption")


def _opens(archive: bytes, secret: str) -> bool:
    try:
        opened(archive, secret)
    except (RuntimeError, pyzipper.BadZipFile, ValueError, OSError):
        return False
    except Exception as error:
        return type(error).__name__ not in {"error"}
    return True
