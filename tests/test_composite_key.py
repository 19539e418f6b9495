"""The composite key behaves as Django's own constraints do, in migrations and in forms."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.migrations.writer import MigrationWriter

from programs.constraints import CompositeForeignKey
from programs.models import ProgramSite, Site
from tests.factories import make_program, make_site

KEY = CompositeForeignKey(
    name="programsite_site",
    fields=["site", "organisation"],
    to="programs.Site",
    to_fields=["id", "organisation"],
)


def test_two_of_the_same_words_are_equal():
    """Or each `makemigrations` would write them again."""
    path, args, kwargs = KEY.deconstruct()
    assert CompositeForeignKey(*args, **kwargs) == KEY
    assert path == "programs.constraints.CompositeForeignKey"


def test_another_column_makes_another_constraint():
    path, args, kwargs = KEY.deconstruct()
    assert CompositeForeignKey(*args, **kwargs | {"fields": ["site", "program"]}) != KEY
    assert KEY != "programsite_site"


def test_a_migration_can_write_it_down():
    text, imports = MigrationWriter.serialize(KEY)
    assert "CompositeForeignKey" in text
    assert "import programs.constraints" in imports


@pytest.mark.django_db
def test_the_table_holds_it():
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, ProgramSite._meta.db_table)
    assert found["programsite_site"]["columns"] == ["site_id", "organisation_id"]


@pytest.mark.django_db
def test_it_can_be_taken_away_and_put_back():
    with connection.schema_editor(collect_sql=True) as editor:
        editor.remove_constraint(ProgramSite, KEY)
        editor.add_constraint(ProgramSite, KEY)
    assert 'DROP CONSTRAINT "programsite_site"' in editor.collected_sql[0]
    assert 'REFERENCES "programs_site" ("id", "organisation_id")' in editor.collected_sql[1]


@pytest.mark.django_db
def test_a_form_is_told_before_the_database():
    program, stranger = make_program(), make_site()
    row = ProgramSite(organisation=program.organisation, program=program, site=stranger)
    with pytest.raises(ValidationError):
        KEY.validate(ProgramSite, row)
    KEY.validate(ProgramSite, row, exclude={"organisation"})
    row.organisation = stranger.organisation
    KEY.validate(ProgramSite, row)


@pytest.mark.django_db
def test_sql_that_avoids_django_is_refused_at_once():
    program, stranger = make_program(), make_site()
    insert = (
        "INSERT INTO programs_programsite "
        "(organisation_id, program_id, site_id, active, is_tallied, revision) "
        "VALUES (%s, %s, %s, '[2026-01-01,)', false, 1)"
    )
    values = [program.organisation_id, program.pk, stranger.pk]
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(insert, values)
    assert Site.objects.filter(program_sites=None, pk=stranger.pk).exists()
