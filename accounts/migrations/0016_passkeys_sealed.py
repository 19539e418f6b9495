import json

from django.db import migrations

from audit import encryption


def seal(apps, schema_editor):
    """Seal the keys of passkeys for their owners, as secrets of applications already are."""
    rows = apps.get_model("mfa", "Authenticator").objects.filter(type="webauthn")
    for row in rows.iterator():
        if isinstance(row.data["credential"], dict):
            place = f"mfa_authenticator:data:{row.user_id}"
            text = encryption.encrypt(json.dumps(row.data["credential"]), place)
            row.data = row.data | {"credential": text}
            row.save(update_fields=["data"])


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0015_second_people_watched"),
        ("audit", "0002_keys_in_use"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(seal, migrations.RunPython.noop)]
