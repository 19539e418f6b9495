"""What workbooks said, with its program: a workbook is about to hold several of them."""

from django.db import migrations

from audit.walls import every_organisation

# A sheet was named after its site.
MOVE = """
    UPDATE {table} AS upload SET rows = coalesce((
        SELECT jsonb_agg(
            jsonb_build_array(coalesce(site.code, ''), upload.program_id) || said.line
            ORDER BY said.at)
        FROM jsonb_array_elements(upload.rows) WITH ORDINALITY AS said(line, at)
        LEFT JOIN programs_site AS site ON site.id = (said.line->>0)::bigint), '[]')
"""


def name_the_program(apps, schema_editor):
    """In the uploads and in their history, which is not told: nothing was changed by anybody."""
    with every_organisation(schema_editor) as expect, schema_editor.connection.cursor() as cursor:
        for name in ("WorkbookUpload", "WorkbookUploadEvent"):
            model = apps.get_model("beneficiaries", name)
            table = model._meta.db_table
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(MOVE.format(table=table))
            expect(cursor.rowcount, model)
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaries', '0007_lead_reads_what_was_submitted'),
    ]

    operations = [migrations.RunPython(name_the_program, migrations.RunPython.noop)]
