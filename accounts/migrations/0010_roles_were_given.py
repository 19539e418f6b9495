from django.db import migrations

from audit.walls import every_organisation

# History has kept since the beginning when a role was given; before it, the account's first day.
GIVEN = """
UPDATE accounts_membership AS held SET granted_at = coalesce(
    (SELECT min(said.pgh_created_at) FROM accounts_membershipevent AS said
     WHERE said.id = held.id AND said.pgh_label = 'insert'),
    (SELECT person.joined_at FROM accounts_user AS person WHERE person.id = held.user_id))
"""


def date_by_history(apps, schema_editor):
    with every_organisation(schema_editor) as expect, schema_editor.connection.cursor() as cursor:
        cursor.execute(GIVEN)
        expect(cursor.rowcount, apps.get_model("accounts", "Membership"))


class Migration(migrations.Migration):

    dependencies = [("accounts", "0009_role_dates")]

    operations = [migrations.RunPython(date_by_history, migrations.RunPython.noop)]
