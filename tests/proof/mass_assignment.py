"""Every column name of every model, sent with every form: only the form's own fields are heard."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.apps import apps
from django.db import connection, models
from django.forms import models as model_forms

from tests.proof import Figure, Run, proof
from tests.proof.asking import undone
from tests.proof.bad_inputs import PASSING
from tests.proof.fields import Form, every_name, forms
from tests.scene import make_scene

# What two runs of the same request never have in common: keys, times, tokens, sealed texts.
RANDOM_TYPES = ("uuid", "timestamp with time zone", "bytea")
RANDOM_NAMES = ("id", "revision", "hash", "token", "password", "key", "session", "pgh_")
COLUMNS = """
SELECT table_name, array_agg(column_name::text) FROM information_schema.columns
WHERE table_schema = 'public' AND data_type <> ALL(%s) GROUP BY 1
"""


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


def rows() -> dict[str, list[str]]:
    """Every table without what is random, as texts that can be compared."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [list(RANDOM_TYPES)])
        tables = {name: columns for name, columns in cursor.fetchall() if name not in PASSING}
        return {name: _rows(cursor, name, columns) for name, columns in sorted(tables.items())}


def _rows(cursor, name: str, columns: list[str]) -> list[str]:
    kept = [column for column in columns if not any(word in column for word in RANDOM_NAMES)]
    owners = [column for column in columns if column in {"organisation_id", "program_id"}]
    names = ", ".join(f'"{column}"::text' for column in [*kept, *owners]) or "1"
    cursor.execute(f'SELECT {names} FROM "{name}"')
    return sorted(json.dumps(row) for row in cursor.fetchall())


def after(form: Form, more: dict[str, str]) -> dict[str, list[str]]:
    """What the database holds once the form was sent; it is undone."""
    form.by.client.cookies.clear()
    form.by.client.cookies.load(form.by.cookies)
    with undone():
        form.by.say("POST", form.path, form.fields | more)
        return rows()


def extras(form: Form, everything: dict[str, str]) -> dict[str, str]:
    """What the page does not ask for. An address without a form of its own reads some by name."""
    heard = set(form.fields) | ({*every_name()} if form.path == form.of.path else set())
    ends = {name.rsplit("-", 1)[-1] for name in heard}
    return {name: value for name, value in everything.items() if name not in heard | ends}


def heard(found: list[Form], tell: Callable[[int, int], None]) -> tuple[int, list[str]]:
    """How many names were sent along, and the forms that they changed something through."""
    everything, tried, wrong = sent_along(), 0, []
    for number, form in enumerate(found):
        more = extras(form, everything)
        tried += len(more)
        plain, changed = after(form, {}), after(form, more)
        if plain != changed:
            tables = [name for name in plain if plain[name] != changed[name]]
            wrong.append(f"{form.of.name} {form.path} {form.by.name}: {tables}")
        tell(number, len(found))
    return tried, wrong


@proof("Mass assignment: every column's name sent with every form changes nothing more")
def mass_assignment(run: Run) -> Figure:
    found = [form for form in forms(make_scene(), whole=run.is_full) if form.method == "POST"]
    chosen = found if run.is_full else found[:: max(1, len(found) // 12)]
    tried, wrong = heard(chosen, run.tell)
    return Figure(
        tried=tried,
        wrong=len(wrong),
        control=control(run, found),
        unit="names",
        without="forms where a form sets whatever comes",
        examples=tuple(wrong[:40]),
    )


def control(run: Run, found: list[Form]) -> int:
    """The same check where a model form takes every name that its model knows."""
    real = model_forms.construct_instance

    def loose(form, instance, fields=None, exclude=None):
        made = real(form, instance, fields, exclude)
        for name in ("description_fr", "country", "currency", "time_zone", "zone_fr"):
            if name in form.data and hasattr(made, name):
                setattr(made, name, "7" if name == "currency" else form.data[name])
        return made

    catalogue = [form for form in found if form.of.name.endswith("_change")][:8]
    with run.fixture("monkeypatch").context() as guard:
        guard.setattr(model_forms, "construct_instance", loose)
        return len(heard(catalogue, lambda done, total: None)[1])
