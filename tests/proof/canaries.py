"""Words that stand in one field each are sought everywhere that they must not have reached."""

from __future__ import annotations

import base64
import io
import logging
import tempfile
import uuid
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from django.contrib.sessions.models import Session
from django.contrib.sessions.serializers import JSONSerializer
from django.core import mail, signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DataError, connection
from django.http import HttpResponse
from django.urls import reverse

from accounts.arrival import Sealed
from accounts.models import Invitation, User
from accounts.roles import Role
from beneficiaries.models import CountNote, CountReport, TallySheet
from beneficiaries.models.report import CountReportQuerySet
from ngo_portal.launch import databases
from ngo_portal.launch.checkout import HERE
from programs import uploads
from tests.factories import make_user
from tests.files import PAGE, pdf
from tests.jobs import run_jobs
from tests.proof import Figure, Run, proof
from tests.proof.asking import Actor, actor, addresses, everybody, undone
from tests.scene import Scene, make_scene

CONTROLS = ("logs", "sessions", "temporary files", "addresses in logs")
TO_DISK = "django.core.files.uploadhandler.TemporaryFileUploadHandler"
ROWS = "SELECT convert_to(coalesce(string_agg(t::text, ' '), ''), 'UTF8') FROM {} t"


def dressed(word: str) -> str:
    """As people write: what a log or a row escapes stands before the word that is sought."""
    return f"Zoé \\ {word}"


def plant(scene: Scene) -> tuple[list[str], list[str]]:
    """One word in each text: those that are sealed, and names and addresses of people."""
    sealed = [f"canary{uuid.uuid4().hex}" for _ in range(6)]
    personal = [f"canary{uuid.uuid4().hex}" for _ in range(3)]
    report = scene.draft
    report.comment, report.return_reason, report.correction_reason = map(dressed, sealed[:3])
    report.save()
    count = report.counts.first()
    count.comment = dressed(sealed[3])
    count.save()
    note = {"organisation": report.organisation, "report": report}
    CountNote(**note, indicator=count.indicator, text=dressed(sealed[4])).save()
    sheet = TallySheet.objects.get(pk=scene.sheet.pk)
    sheet.note = dressed(sealed[5])
    sheet.save()
    User.objects.filter(pk=scene.colleague.pk).update(display_name=dressed(personal[0]))
    make_user("field_worker", scene.organisation, email=f"{personal[1]}@example.org")
    invited = Invitation.objects.filter(pk=scene.invitation.pk)
    # An address that is invited stays as it is for the database too: another one is invited.
    fields = {f.attname: getattr(invited.get(), f.attname) for f in Invitation._meta.fields}
    fields |= {"id": uuid.uuid4(), "email": f"{personal[2]}@example.org", "token_hash": "canary"}
    Invitation.objects.create(**fields)
    assert CountReport.objects.get(pk=report.pk).comment == dressed(sealed[0])
    return sealed, personal


def as_stolen(session: str) -> bytes:
    """What a row of a session says to somebody without a key: Django packs it, and signs it."""
    packed = session.split(":")[0]
    content = signing.b64_decode(packed.lstrip(".").encode())
    return zlib.decompress(content) if packed.startswith(".") else content


class Kept:
    """What the requests leave outside the answer's page: collected as bytes, place by place."""

    def __init__(self, run: Run, *, formatter: logging.Formatter | None = None) -> None:
        self.lines = io.StringIO()
        self.handler = logging.StreamHandler(self.lines)
        console = next(h for h in logging.getLogger().handlers if h.filters and h.formatter)
        self.handler.setFormatter(formatter or console.formatter)
        for each in console.filters:
            self.handler.addFilter(each)
        self.folder = run.fixture("tmp_path_factory").mktemp("canaries")
        self.kept_in = run.fixture("settings").FILES_DIR
        self.places: dict[str, bytes] = {"addresses": b""}
        self.server_log = databases.test_cluster(HERE).log
        self.server_log_begins = len(self._of_server())

    def __enter__(self) -> Kept:
        self.before, tempfile.tempdir = tempfile.tempdir, str(self.folder)
        logging.getLogger().addHandler(self.handler)
        return self

    def __exit__(self, *error: object) -> None:
        logging.getLogger().removeHandler(self.handler)
        tempfile.tempdir = self.before

    def look(self, answer) -> None:
        """After a request, before it is undone."""
        self.places["addresses"] += answer.get("Location", "").encode() + b"\n"
        run_jobs("accounts.letters.deliver")
        self._add("mails", "\n".join(f"{m.subject}\n{m.body}" for m in mail.outbox).encode())
        mail.outbox.clear()
        for session in Session.objects.all():
            self._add("sessions", as_stolen(session.session_data))
        with connection.cursor() as cursor:
            cursor.execute("SELECT value FROM portal_cache")
            values = [base64.b64decode(value) for (value,) in cursor.fetchall()]
            cursor.execute("SELECT args::text FROM procrastinate_jobs")
            jobs = [args.encode() for (args,) in cursor.fetchall()]
        self._add("cache", b"\n".join(values))
        self._add("jobs", b"\n".join(jobs))
        self.look_at_files()

    def look_at_files(self) -> None:
        """Those of the temporary folder, and those that are kept."""
        for place, folder in (("temporary files", self.folder), ("kept files", self.kept_in)):
            files = [path for path in Path(folder).rglob("*") if path.is_file()]
            self._add(place, b"\n".join(path.read_bytes() for path in files))

    def _add(self, place: str, found: bytes) -> None:
        if found not in self.places.get(place, b""):
            self.places[place] = self.places.get(place, b"") + found + b"\n"

    def _of_server(self) -> bytes:
        return self.server_log.read_bytes() if self.server_log.exists() else b""

    def everything(self) -> dict[str, bytes]:
        logs = self.lines.getvalue().encode() + self._of_server()[self.server_log_begins :]
        return self.places | {"logs": logs}


def requests(scene: Scene) -> Iterator[tuple[Actor, str, str]]:
    """Everybody at home and abroad, every page, read and written to."""
    for one in [actor("colleague", scene.colleague), *everybody(scene)]:
        for address in addresses(scene, one.user or scene.colleague):
            for method in ("GET", "POST"):
                if method in address.page.methods:
                    yield one, method, address.path


def mistyped(scene: Scene, word: str, kept: Kept) -> None:
    """Addresses that hold somebody's word: of no page, of a page with another method."""
    for one in (actor("nobody", None), actor("colleague", scene.colleague)):
        one.come()
        for path in (f"/personne/{dressed(word)}", f"/invitations/{dressed(word)}/"):
            for method in ("GET", "PUT"):
                with undone():
                    assert one.say(method, quote(path)).status_code >= 400
                    # Where it sends the asker may well be this address.
                    kept.look(HttpResponse())


def uploaded(scene: Scene, word: str, run: Run, kept: Kept) -> None:
    """A file of 3 MB with somebody's word in it: looked for while it is read, and after."""

    def reading(file):
        kept.look_at_files()
        return checked(file)

    checked = uploads.checked
    with run.fixture("monkeypatch").context() as fault, undone():
        fault.setattr(uploads, "checked", reading)
        one = actor("administrator", make_user(Role.ADMINISTRATOR, scene.organisation))
        data = pdf(PAGE + b"% " + f"{word} ".encode() * 80_000)
        said = {"title": "Agreement", "kind": "AGREEMENT", "language": "fr"}
        sent = {**said, "valid_0": "2026-01-01", "file": SimpleUploadedFile("a.pdf", data)}
        path = reverse("document_add", args=[scene.organisation.pk])
        answer = one.say("POST", path, sent)
        assert answer.status_code == 302
        kept.look(answer)


def broken(scene: Scene, word: str, run: Run, kept: Kept) -> None:
    """A page that fails with somebody's word in its error."""

    def fail(self, user):
        raise RuntimeError(f"cannot read {word}")

    with run.fixture("monkeypatch").context() as fault, undone():
        fault.setattr(CountReportQuerySet, "visible_to", fail)
        one = actor("coordinator", scene.colleague)
        answer = one.say("GET", scene.draft.get_absolute_url())
        assert answer.status_code == 500
        assert word.encode() not in answer.content
        kept.look(answer)
    with suppress(DataError), undone(), connection.cursor() as cursor:
        cursor.execute("SELECT %s::text::integer", [word])


def in_tables(words: list[str]) -> list[str]:
    """The tables where a sealed word stands in plain, as text or as bytes."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(ROWS.format(f'"{table}"'))
            held = bytes(cursor.fetchone()[0])
            found += [
                f"{word} in {table}"
                for word in words
                if word.encode() in held or word.encode().hex().encode() in held
            ]
    return found


@proof("Canaries: a person's words in logs, mails, sessions, cache, addresses, temporary files")
def canaries(run: Run) -> Figure:
    scene = make_scene()
    sealed, personal = plant(scene)
    chosen = list(requests(scene))
    chosen = chosen if run.is_full else chosen[:: max(1, len(chosen) // 100)]
    with Kept(run) as kept:
        for number, (one, method, path) in enumerate(chosen):
            one.come()
            with undone():
                kept.look(one.say(method, path))
            run.tell(number, len(chosen))
        broken(scene, sealed[0], run, kept)
        mistyped(scene, personal[0], kept)
        uploaded(scene, sealed[0], run, kept)
    places = kept.everything()
    wrong = [
        f"{word} in {place}"
        for place, text in places.items()
        for word in [*sealed, *personal]
        if word.encode() in text
    ]
    wrong += in_tables(sealed)
    return Figure(
        tried=sum(map(len, places.values())),
        wrong=len(wrong),
        control=control(run, scene, sealed[0], personal[0]),
        unit=f"bytes left by {len(chosen)} requests",
        without="of 4: logs that repeat errors or addresses, sessions in plain, files put aside",
        examples=tuple(wrong[:20]),
    )


class Talkative(logging.Formatter):
    """A log as Django comes: it repeats what an error says."""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None
        return super().format(record)


def in_plain(guard) -> None:
    """Sessions as Django writes them."""
    plain = JSONSerializer()
    guard.setattr(Sealed, "dumps", lambda self, content: plain.dumps(content))
    guard.setattr(Sealed, "loads", lambda self, written: plain.loads(written))


def control(run: Run, scene: Scene, word: str, typed: str) -> int:
    """The same search where logs are Django's, no session is sealed, uploads are put aside."""
    with (
        Kept(run, formatter=Talkative("%(message)s")) as kept,
        run.fixture("monkeypatch").context() as guard,
    ):
        guard.setattr("ngo_portal.logs._said", lambda record: {})
        broken(scene, word, run, kept)
        mistyped(scene, typed, kept)
        in_plain(guard)
        guard.setattr(run.fixture("settings"), "FILE_UPLOAD_HANDLERS", [TO_DISK])
        uploaded(scene, word, run, kept)
        writer = actor("colleague", scene.colleague)
        with undone():
            answer = writer.say("POST", reverse("count_comment_save", args=[scene.draft.pk]))
            kept.look(answer)
    places = kept.everything()
    found = {place for place, text in places.items() if word.encode() in text}
    found |= {"addresses in logs"} if typed.encode() in places["logs"] else set()
    unseen = [place for place in CONTROLS if place not in found]
    assert not unseen, f"the control found nothing in: {unseen}"
    return len(CONTROLS)
