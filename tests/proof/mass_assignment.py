"""Every column's name, sent with every form: only the form's own fields are heard."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

import psycopg
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.urls import resolve
from psycopg.conninfo import make_conninfo

from tests.proof import Figure, Run, proof
from tests.proof.asking import Actor, count_first, undone
from tests.proof.fields import FLOORS, Form, every_name, forms
from tests.scene import make_scene

# What differs between two requests though nothing else does: a new key, the hour.
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ]\d\d:[\d:.+]+")
# What a page's script sends to an address, and its form does not.
BY_SCRIPT = {"count_cell_save": {"value", "missing_reason"}}
# What any request may leave behind.
PASSING = ["django_session", "portal_cache", "audit_submittedform", "accounts_signintries"]
# By table and column, what it holds in every row.
Columns = dict[tuple[str, str], list[str]]
WRITTEN = """
SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
WHERE schemaname = 'public' AND relname <> ALL(%s) AND relname NOT LIKE '%%event'
"""
SEQUENCES = """
SELECT format('%I.%I', schemaname, sequencename)::regclass::oid, coalesce(last_value, 1),
    last_value IS NOT NULL
FROM pg_sequences WHERE schemaname = 'public'
"""
# What the loose model of the control takes: texts that may be anything, and yes or no.
LOOSE = (models.TextField, models.CharField, models.BooleanField)


def sent_along() -> dict[str, str]:
    """A value for each column of each model, by the column's and by the field's name."""
    found = {"is_superuser": "on", "is_staff": "on", "user_permissions": "1", "groups": "1"}
    for model in apps.get_models():
        if hasattr(model, "pgh_tracked_model"):
            continue
        for each in model._meta.concrete_fields:
            found |= dict.fromkeys((each.name, each.attname), _value(each))
    return found


def _value(each: models.Field) -> str:
    if each.choices:
        return str(list(each.flatchoices)[-1][0])
    if isinstance(each, models.BooleanField):
        return "on"
    if isinstance(each, models.ForeignKey):
        key = each.related_model._default_manager.values_list("pk", flat=True).last()
        return "" if key is None else str(key)
    if isinstance(each, models.DateField):
        return "2001-01-01"
    return "7" if isinstance(each, models.IntegerField) else "sent along"


def asked_at(found: list[Form]) -> dict[str, set[str]]:
    """The fields of all forms that are sent to one address."""
    asked: dict[str, set[str]] = {}
    for form in found:
        asked.setdefault(form.path, set()).update(form.fields)
    return asked


def extras(form: Form, asked: set[str], everything: dict[str, str]) -> dict[str, str]:
    """What no page asks for there. An address without a form of its own reads some by name."""
    heard = asked | BY_SCRIPT.get(resolve(form.path).view_name, set())
    heard |= every_name() if form.path == form.of.path else set()
    ends = {name.rsplit("-", 1)[-1] for name in heard}
    return {name: value for name, value in everything.items() if name not in heard | ends}


def owner() -> psycopg.Connection:
    name = connection.settings_dict["NAME"]
    return psycopg.connect(make_conninfo(settings.DATABASE_OWNER_URL, dbname=name))


class Beginning:
    """The state that each request meets: the same rows, known ids, the same next numbers."""

    def __init__(self) -> None:
        with owner() as session:
            self.numbers = session.execute(SEQUENCES).fetchall()
        with connection.cursor() as cursor:
            names = connection.introspection.table_names(cursor)
            texts = (row for name in names for row in _rows(cursor, name))
            self.known = {found for text in texts for found in UUID.findall(text)}

    def restore_numbers(self) -> None:
        """Numbers drawn are not given back by a rollback."""
        with owner() as session, session.cursor() as cursor:
            cursor.executemany("SELECT setval(%s, %s, %s)", self.numbers)

    def after(self, form: Form, more: dict[str, str]) -> Columns:
        """What each column holds of the tables that a request writes in; it is undone."""
        self.restore_numbers()
        form.by.come()
        found: Columns = {}
        with undone(), connection.cursor() as cursor:
            before = _written(cursor)
            form.by.say("POST", form.path, form.fields | more)
            for table, times in _written(cursor).items():
                for row in _rows(cursor, table) if times != before.get(table, 0) else ():
                    for column, value in json.loads(row).items():
                        found.setdefault((table, column), []).append(self.plain(value))
        return {each: sorted(values) for each, values in found.items()}

    def plain(self, value: object) -> str:
        """A value without the hour and the keys that are made up meanwhile."""
        text = MOMENT.sub(r"\1", json.dumps(value, sort_keys=True))
        return UUID.sub(lambda found: found[0] if found[0] in self.known else "new", text)


def _rows(cursor, name: str) -> list[str]:
    cursor.execute(f'SELECT to_jsonb(t)::text FROM "{name}" t')
    return [row for (row,) in cursor.fetchall()]


def _written(cursor) -> dict[str, int]:
    cursor.execute(WRITTEN, [PASSING])
    return dict(cursor.fetchall())


def compared(found: list[Form], run: Run | None = None) -> Iterator[tuple[int, bool, str]]:
    """For each form: how many names were sent along, whether it was taken, what they changed.

    A column that differs when the same is sent twice is drawn by chance, and not compared.
    """
    everything, beginning, asked = sent_along(), Beginning(), asked_at(found)
    for number, form in enumerate(found):
        more = extras(form, asked[form.path], everything)
        once, again, changed = (beginning.after(form, sent) for sent in ({}, {}, more))
        columns = [
            f"{table}.{column}"
            for table, column in sorted({*once, *again, *changed})
            if once.get((table, column)) == again.get((table, column))
            and changed.get((table, column)) != once.get((table, column))
        ]
        label = f"{form.of.name} {form.path} {form.by.name}: {columns}"
        yield len(more), bool(once), label if columns else ""
        if run:
            run.tell(number, len(found))


def on_pages(found: list[Form]) -> list[Form]:
    """The forms that a browser shows, those in the head of every page once."""
    shown = [form for form in found if set(form.fields) != every_name()]
    return list({(form.path, *form.fields): form for form in shown}.values())


def filled(form: Form) -> Form:
    """The same form with something in each of its empty fields."""
    known = sent_along()
    fields = {k: v or known.get(k.rsplit("-", 1)[-1], "") for k, v in form.fields.items()}
    return replace(form, fields=fields)


@proof("Mass assignment: every column's name sent with every form changes nothing more")
def mass_assignment(run: Run) -> Figure:
    found = [form for form in forms(make_scene(), whole=run.is_full) if form.method == "POST"]
    shown = on_pages(found)
    chosen = [*found, *map(filled, shown)] if run.is_full else shown[:: len(shown) // 14]
    done = list(compared(chosen, run))
    wrong = [label for _names, _is_taken, label in done if label]
    taken = [names for names, is_taken, _label in done if is_taken]
    return Figure(
        tried=sum(names for names, _is_taken, _label in done),
        wrong=len(wrong),
        control=control(run, shown),
        unit=f"names with {len(done)} forms, of which {len(taken)} write",
        without="forms, stopped at the fifth, where each model takes whatever is sent",
        examples=tuple(wrong[:40]),
    )


def control(run: Run, found: list[Form]) -> int:
    """The same check where whatever saves a row sets every column that was sent."""
    sent: dict[str, str] = {}
    real_say, real_save = Actor.say, models.Model.save

    def say(self, method: str, path: str, data=None, **extra):
        sent.clear()
        sent.update(data or {})
        return real_say(self, method, path, data, **extra)

    def save(self, *args, **kwargs) -> None:
        for each in self._meta.concrete_fields if self._meta.app_label in FLOORS else ():
            if isinstance(each, LOOSE) and not each.choices and each.name in sent:
                setattr(self, each.name, each.to_python(sent[each.name] == "on" or "sent along"))
        real_save(self, *args, **kwargs)

    with run.fixture("monkeypatch").context() as guard:
        guard.setattr(Actor, "say", say)
        guard.setattr(models.Model, "save", save)
        return count_first(5, (label for _names, _is_taken, label in compared(found)))
