"""A migration that writes rows sees those of all organisations, and counts what it touched.

The walls hold its owner back: outside `every_organisation` an UPDATE touches no row, and says
nothing. The upgrade opens the walls for all of it, so that new keys can be checked; whoever
migrates otherwise, or reads the migration, is not helped by that.
"""

import re
from collections.abc import Iterator
from importlib import import_module
from types import SimpleNamespace

from django.apps import apps
from django.conf import settings
from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader

from audit.walls import every_organisation
from programs.actions import load_standard_catalogue
from programs.models import Indicator
from tests.test_architecture import FLOORS

# Written before the rule, each right for a reason of its own. A new one has none.
OTHERWISE = {
    "accounts.0012_recovery_codes_outlast_keys": "factors of accounts lie under no policy",
    "accounts.0016_passkeys_sealed": "factors of accounts lie under no policy",
    "audit.0004_move_journal": "the journal was under no policy; it compares both counts itself",
    "beneficiaries.0005_sealed_texts": "takes FORCE off each table, and asserts each row",
}
# What a function or a block does is said between two equal marks.
BODIES = re.compile(r"(\$\w*\$).*?\1", re.S)
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|MERGE|COPY|TRUNCATE|WITH|DO|CALL)\b", re.I | re.M)


def operations(found) -> Iterator[migrations.operations.base.Operation]:
    """Those inside others too."""
    for each in found:
        yield each
        yield from operations(getattr(each, "database_operations", []))


def statements(said) -> Iterator[str]:
    """The SQL of RunSQL: a text, or a list of texts, some with their values."""
    for each in [said] if isinstance(said, str) else said:
        yield each if isinstance(each, str) else each[0]


def writes(operation) -> str:
    """What of an operation writes rows without counting them; nothing if it does not."""
    if isinstance(operation, migrations.RunPython):
        names = operation.code.__code__.co_names, operation.code.__code__.co_varnames
        is_safe = every_organisation.__name__ in names[0] and "expect" in names[1]
        return "" if is_safe else operation.code.__name__
    if isinstance(operation, migrations.RunSQL):
        for statement in statements(operation.sql):
            if found := WRITES.search(BODIES.sub("", statement)):
                return found[0].strip()
    return ""


def unsafe(found: dict) -> list[str]:
    """Migrations that write rows otherwise than within `every_organisation`, counted."""
    return sorted(
        f"{app}.{name}"
        for (app, name), migration in found.items()
        if any(writes(each) for each in operations(migration.operations))
    )


def own_migrations() -> dict:
    labels = {config.label for config in apps.get_app_configs() if config.name in FLOORS}
    loaded = MigrationLoader(None).disk_migrations
    return {key: migration for key, migration in loaded.items() if key[0] in labels}


def test_every_migration_that_writes_rows_counts_them():
    found = own_migrations()
    assert {app for app, _name in found} >= {"audit", "programs", "accounts", "beneficiaries"}
    assert unsafe(found) == sorted(OTHERWISE)


def careless(apps, schema_editor):
    apps.get_model("programs", "Site").objects.update(capacity=1)


def uncounted(apps, schema_editor):
    with every_organisation(schema_editor):
        apps.get_model("programs", "Site").objects.update(capacity=1)


def counted(apps, schema_editor):
    with every_organisation(schema_editor) as expect:
        site = apps.get_model("programs", "Site")
        expect(site.objects.update(capacity=1), site)


def test_the_check_sees_what_writes_rows_and_what_counts_them():
    tried = {
        "careless": migrations.RunPython(careless),
        "uncounted": migrations.RunPython(uncounted),
        "counted": migrations.RunPython(counted),
        "sql": migrations.RunSQL("UPDATE programs_site SET capacity = 1"),
        "with": migrations.RunSQL(["WITH x AS (SELECT 1) INSERT INTO y TABLE x"]),
        "values": migrations.RunSQL([("DELETE FROM programs_site WHERE id = %s", [1])]),
        "inside": migrations.SeparateDatabaseAndState([migrations.RunPython(careless)]),
        "function": migrations.RunSQL("CREATE FUNCTION f() … AS $$\nUPDATE x;\n$$"),
        "table": migrations.RunSQL("ALTER TABLE x DROP y;\nCREATE INDEX z ON x (y)"),
    }
    found = {("app", name): SimpleNamespace(operations=[each]) for name, each in tried.items()}
    assert unsafe(found) == [
        f"app.{name}" for name in ("careless", "inside", "sql", "uncounted", "values", "with")
    ]


def test_a_definition_agrees_with_what_it_counts_where_nobody_changed_it(become):
    load_standard_catalogue()
    ends = {
        "CHILDREN": "Enfants. Comptés une fois dans le mois, quel que soit le nombre de venues.",
        "FAMILIES_NEW": "Les nôtres. Comptés au premier contact de l’année civile sur le site.",
        "PEOPLE": "Comptés une fois.",
    }
    for code, definition in ends.items():
        Indicator.objects.filter(code=code).update(definition_fr=definition)
    become(settings.DATABASE_OWNER_URL)
    reword = import_module("programs.migrations.0012_definitions_that_agree").reword
    with connection.schema_editor() as editor:
        reword(apps, editor)
    with connection.cursor() as cursor:
        cursor.execute("SET portal.every_organisation = on")
    found = dict(Indicator.objects.filter(code__in=ends).values_list("code", "definition_fr"))
    assert found == {
        "CHILDREN": "Enfants. Chaque personne compte une fois dans le mois,"
        " même en venant souvent.",
        "FAMILIES_NEW": "Les nôtres. Chaque ménage compte au premier contact de l’année civile"
        " sur le site.",
        "PEOPLE": "Comptés une fois.",
    }
