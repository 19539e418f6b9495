"""Words that stand in one field each are sought everywhere that they must not have reached."""

from __future__ import annotations

import base64
import io
import logging
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection

from accounts.models import Invitation, User
from beneficiaries.models import CountNote, CountReport, TallySheet
from beneficiaries.models.report import CountReportQuerySet
from tests.proof import Figure, Run, proof
from tests.proof.asking import Actor, actor, addresses, everybody, undone
from tests.scene import Scene, make_scene

ROWS = "SELECT convert_to(coalesce(string_agg(t::text, ' '), ''), 'UTF8') FROM {} t"


def plant(scene: Scene) -> tuple[list[str], list[str]]:
    """One word in each text: those that are sealed, and names and addresses of people."""
    sealed = [f"canary{uuid.uuid4().hex}" for _ in range(6)]
    personal = [f"canary{uuid.uuid4().hex}" for _ in range(3)]
    report = scene.draft
    report.comment, report.return_reason, report.correction_reason = sealed[:3]
    report.save()
    count = report.counts.first()
    count.comment = sealed[3]
    count.save()
    note = {"organisation": report.organisation, "report": report}
    CountNote(**note, indicator=count.indicator, text=sealed[4]).save()
    sheet = TallySheet.objects.get(pk=scene.sheet.pk)
    sheet.note = sealed[5]
    sheet.save()
    person = User.objects.filter(pk=scene.colleague.pk)
    person.update(display_name=personal[0], email=f"{personal[1]}@example.org")
    invited = Invitation.objects.filter(pk=scene.invitation.pk)
    # An address that is invited stays as it is for the database too: another one is invited.
    fields = {f.attname: getattr(invited.get(), f.attname) for f in Invitation._meta.fields}
    fields |= {"id": uuid.uuid4(), "email": f"{personal[2]}@example.org", "token_hash": "canary"}
    Invitation.objects.create(**fields)
    assert CountReport.objects.get(pk=report.pk).comment == sealed[0]
    return sealed, personal


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
        self.places: dict[str, bytes] = {"addresses": b""}

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
        self._add("mails", "\n".join(f"{m.subject}\n{m.body}" for m in mail.outbox).encode())
        mail.outbox.clear()
        self._add("sessions", repr([s.get_decoded() for s in Session.objects.all()]).encode())
        with connection.cursor() as cursor:
            cursor.execute("SELECT value FROM portal_cache")
            values = [base64.b64decode(value) for (value,) in cursor.fetchall()]
        self._add("cache", b"\n".join(values))
        files = [path for path in Path(self.folder).rglob("*") if path.is_file()]
        self._add("temporary files", b"\n".join(path.read_bytes() for path in files))

    def _add(self, place: str, found: bytes) -> None:
        if found not in self.places.get(place, b""):
            self.places[place] = self.places.get(place, b"") + found + b"\n"

    def everything(self) -> dict[str, bytes]:
        return self.places | {"logs": self.lines.getvalue().encode()}


def requests(scene: Scene) -> Iterator[tuple[Actor, str, str]]:
    """Everybody at home and abroad, every page, read and written to."""
    for one in everybody(scene):
        for address in addresses(scene, one.user or scene.colleague):
            for method in ("GET", "POST"):
                if method in address.page.methods:
                    yield one, method, address.path


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
            one.client.cookies.clear()
            one.client.cookies.load(one.cookies)
            with undone():
                kept.look(one.say(method, path))
            run.tell(number, len(chosen))
        broken(scene, sealed[0], run, kept)
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
        control=control(run, scene, sealed[0]),
        unit=f"bytes left by {len(chosen)} requests",
        without="line of a log that repeats an error's words",
        examples=tuple(wrong[:20]),
    )


class Talkative(logging.Formatter):
    """A log as Django comes: it repeats what an error says."""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None
        return super().format(record)


def control(run: Run, scene: Scene, word: str) -> int:
    """The same failing page where the log says what the error says."""
    with Kept(run, formatter=Talkative("%(message)s")) as kept:
        broken(scene, word, run, kept)
    return kept.everything()["logs"].count(word.encode())
