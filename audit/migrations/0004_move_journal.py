"""The entries written so far become the first rows of the ledger."""

from django.db import migrations

MOVE = """
INSERT INTO ledger.entry (
    id, at, action, user_id, organisation_id, audience, target_type, request_id,
    target_id, shown_ids, reason, details, salt, digest
)
SELECT id, at, action, user_id, organisation_id,
    array_remove(ARRAY[organisation_id], NULL), target_type, request_id,
    target_id, shown, reason, details, salt, ledger.digest(salt, target_id, shown, reason, details)
FROM audit_journalentry,
    LATERAL (SELECT ARRAY(SELECT jsonb_array_elements_text(shown_ids))) AS one (shown),
    LATERAL (SELECT uuid_send(gen_random_uuid()) WHERE id IS NOT NULL) AS two (salt)
ORDER BY id;
SELECT setval('ledger.entry_id_seq', max(id)) FROM ledger.entry HAVING max(id) IS NOT NULL;
"""


def move(apps, schema_editor) -> None:
    with schema_editor.connection.cursor() as cursor:
        for statement in MOVE.split(";")[:2]:
            cursor.execute(statement)
        cursor.execute(
            "SELECT (SELECT count(*) FROM audit_journalentry) = (SELECT count(*) FROM ledger.entry)"
        )
        if cursor.fetchone() != (True,):
            raise RuntimeError("The journal was not moved whole: nothing is changed.")


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_ledger")]
    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
