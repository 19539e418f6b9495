"""« Comptés une fois… » was said of persons and of households alike: a text nobody changed agrees."""

from django.db import migrations

from audit.walls import every_organisation

# The end that the standard catalogue gave a definition, and the one it gives now.
ENDS = (
    (
        " Comptés une fois dans le mois, quel que soit le nombre de venues.",
        " compte une fois dans le mois, même en venant souvent.",
    ),
    (
        " Comptés au premier contact de l’année civile sur le site.",
        " compte au premier contact de l’année civile sur le site.",
    ),
)
REWORD = """
UPDATE programs_indicator SET definition_fr = replace(
    definition_fr, %(old)s,
    CASE unit WHEN 'household' THEN ' Chaque ménage' ELSE ' Chaque personne' END || %(new)s)
WHERE definition_fr LIKE '%%' || %(old)s
"""


def reword(apps, schema_editor):
    with every_organisation(schema_editor) as expect, schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT FROM programs_indicator")
        expect(cursor.rowcount, apps.get_model("programs", "Indicator"))
        for old, new in ENDS:
            cursor.execute(REWORD, {"old": old, "new": new})


class Migration(migrations.Migration):

    dependencies = [
        ('programs', '0011_targets_of_what_is_counted'),
    ]

    operations = [migrations.RunPython(reword, migrations.RunPython.noop)]
