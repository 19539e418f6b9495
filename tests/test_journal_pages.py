"""The auditor's journal: narrowed to their organisation, filtered, the same cost for any length."""

import ast
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit import journal
from audit.lines import Line
from audit.models import JournalEntry
from audit.scope import scope
from audit.words import KINDS, Kind, action_name
from tests.factories import make_organisation, make_program, make_user
from tests.test_architecture import FLOORS, ROOT

ADDRESS = "/journal/"


@pytest.fixture
def organisation():
    return make_organisation()


@pytest.fixture
def auditor(client, organisation):
    user = make_user("auditor", organisation)
    client.force_login(user)
    return user


@pytest.fixture
def worker(organisation):
    return make_user("field_worker", organisation, display_name="Nadia")


def did(action: str, by, organisation, **more) -> JournalEntry:
    with scope(user_id=by and by.pk, organisation_ids=[organisation.pk]):
        journal.record(action, by=by, **more)
    return JournalEntry.objects.latest("id")


def entries(answer) -> list[int]:
    return [line.entry.pk for line in answer.context["lines"]]


@pytest.mark.django_db
def test_an_auditor_reads_their_organisation_alone(client, auditor, organisation, worker):
    mine = did("submit", worker, organisation)
    other = did("submit", None, make_organisation())
    found = entries(client.get(ADDRESS))
    assert mine.pk in found
    assert other.pk not in found
    assert client.get(reverse("journal_entry", args=[other.pk])).status_code == 404


@pytest.mark.django_db
def test_filters_meet(client, auditor, organisation, worker):
    one = did("submit", worker, organisation, shown=["p1"])
    two = did("denied", worker, organisation, details={"page": "projects"})
    three = did("view", None, organisation, shown=["p1", "p2"])
    for query, expected in {
        "kind=refused": [two],
        "kind=seen": [three],
        "kind=changed": [one],
        f"person={worker.pk}": [two, one],
        f"person={worker.pk}&kind=changed": [one],
        f"organisation={organisation.pk}&kind=seen": [three],
        "about=person:p1": [three, one],
        f"request_id={two.request_id}": [two],
        f"before={two.pk}": [one],
        "last_day=2020-01-01": [],
        "first_day=2199-12-31": [],
    }.items():
        made = {one.pk, two.pk, three.pk}
        found = [pk for pk in entries(client.get(f"{ADDRESS}?{query}")) if pk in made]
        assert found == [e.pk for e in expected], query


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        *["kind=x", "person=7", "first_day=never", "last_day=9999-12-31", "first_day=0001-01-01"],
        *["about=::", "request_id=1", "before=x", "before=-1"],
    ],
)
def test_nonsense_filters_nothing_and_is_told(client, auditor, query):
    assert client.get(f"{ADDRESS}?{query}").status_code == 200


@pytest.mark.django_db
def test_a_last_day_before_the_first_is_refused_at_its_field(client, auditor, organisation, worker):
    made = did("submit", worker, organisation).pk
    answer = client.get(f"{ADDRESS}?first_day=2026-02-01&last_day=2026-01-01")
    html = answer.content.decode()
    assert "The last day must not be before the first." in html
    assert re.search(r'value="2026-01-01"[^>]*aria-describedby="id_last_day_error"', html)
    assert 'id="id_last_day_error"' in html
    assert '<details class="fold" open>' in html
    assert made in entries(answer)


@pytest.mark.django_db
def test_pages_keep_the_filters(client, auditor, organisation, worker):
    made = [did("submit", worker, organisation).pk for _ in range(60)]
    first = client.get(f"{ADDRESS}?kind=changed")
    older = client.get(f"{ADDRESS}?kind=changed&before={first.context['older']}")
    assert entries(first) + entries(older) == made[::-1]
    assert "kind=changed&amp;before=" in first.content.decode()


@pytest.mark.django_db
def test_a_long_list_costs_what_a_short_one_does(client, auditor, organisation, worker):
    did("submit", worker, organisation)
    client.get(ADDRESS)
    with counted() as short:
        client.get(ADDRESS)
    for _ in range(40):
        did("view", make_user("field_worker", organisation), organisation)
    with counted() as long:
        client.get(ADDRESS)
    assert len(long) == len(short)


def counted() -> CaptureQueriesContext:
    return CaptureQueriesContext(connection)


@pytest.mark.django_db
def test_an_entry_says_all_it_knows(client, auditor, organisation, worker):
    entry = did(
        "download_export",
        worker,
        organisation,
        reason="For the funder",
        shown=["p1"],
        details={"rows": 12, "what": "person"},
    )
    text = client.get(reverse("journal_entry", args=[entry.pk])).content.decode()
    for said in ("Nadia", "For the funder", "Rows", "12", str(entry.request_id), "about=person:p1"):
        assert said in text
    assert worker.email not in text


@pytest.mark.django_db
def test_an_erased_entry_is_said_to_be(client, auditor, organisation):
    entry = did("view", None, organisation)
    entry.target_id = entry.shown_ids = entry.reason = entry.details = None
    line = Line(entry, None, None)
    assert (line.is_erased, line.about, line.facts, line.shown_as) == (True, "", [], "")


@pytest.mark.django_db
def test_an_object_leads_an_auditor_to_its_entries(client, auditor, organisation):
    program = make_program(organisation)
    answer = client.get(program.get_absolute_url())
    assert f"/journal/?about=program%3A{program.pk}" in answer.content.decode()
    client.force_login(make_user("coordinator", organisation))
    assert "/journal/" not in client.get(program.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_reading_the_journal_is_in_the_journal(client, auditor, organisation, worker):
    did("submit", worker, organisation)
    client.get(f"{ADDRESS}?person={worker.pk}")
    last = JournalEntry.objects.latest("id")
    assert (last.action, last.user_id, last.shown_ids) == ("view", auditor.pk, [str(worker.pk)])


def test_the_pages_read_as_the_auditors_role(real_ledger, client):
    """With the grants of production: the runtime role could not show a line."""
    organisation, other = make_organisation(), make_organisation()
    mine = make_user("auditor", organisation)
    client.force_login(mine)
    with scope(user_id=mine.pk, organisation_ids=[organisation.pk]):
        journal.record("submit", by=mine)
    with scope():
        journal.record("submit", by=None, organisation_id=other.pk)
    answer = client.get(ADDRESS)
    assert len(answer.context["lines"]) == 1
    pk = answer.context["lines"][0].entry.pk
    assert client.get(reverse("journal_entry", args=[pk])).status_code == 200


@pytest.mark.django_db
def test_whom_an_account_saw_is_one_command(capsys, organisation, worker):
    did("view", worker, organisation, shown=["p1", "p2"], details={"page": "person"})
    did("download_export", worker, organisation, shown=["p2"])
    did("view", None, organisation, shown=["p3"])
    call_command("who_saw", "--account", worker.email.upper())
    said = capsys.readouterr().out
    assert re.search(r"p1  1 times .*  person\n", said)
    assert re.search(r"p2  2 times .*  download_export person\n", said)
    assert "2 in all" in said
    call_command("who_saw", "--account", worker.email, "--to", "2020-01-01")
    assert capsys.readouterr().out == "0 in all\n"


@pytest.mark.django_db
def test_who_touched_an_object_is_one_command(capsys, organisation, worker):
    did("download_export", worker, organisation, shown=["p2"], reason="For the funder")
    call_command("who_saw", "--object", "person:p2")
    said = capsys.readouterr().out
    assert f"{worker.email}  Took an export  For the funder" in said
    with pytest.raises(CommandError, match="No account"):
        call_command("who_saw", "--account", "nobody@example.org")
    with pytest.raises(CommandError, match="No account"):
        call_command("who_saw", "--account", worker.email.replace("s", "\u017f", 1))
    with pytest.raises(CommandError, match="must not be before the first"):
        call_command(
            "who_saw", "--object", "person:p2", "--from", "2026-02-01", "--to", "2026-01-01"
        )
    with pytest.raises(CommandError, match="TYPE:ID"):
        call_command("who_saw", "--object", "p2")


def codes(path: Path) -> set[str]:
    """Actions that a module writes in the journal under a name of its own."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"journal.record", "_record"}:
            names = [n.value for n in ast.walk(node.args[0]) if isinstance(n, ast.Constant)]
            found |= {name for name in names if isinstance(name, str) and "_" not in name[-1:]}
    return found


def test_every_action_has_its_words_and_its_question():
    written = set().union(*(codes(p) for f in FLOORS[:-1] for p in (ROOT / f).rglob("*.py")))
    assert {code for code in written if code not in KINDS} <= {"add", "change"}
    assert set(KINDS.values()) == set(Kind)
    assert action_name("change_program") == "Changed: program"
