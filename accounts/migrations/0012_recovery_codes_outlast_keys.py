from django.db import migrations


def make_anew(apps, schema_editor):
    """Codes kept under the server's key are nowhere to be read: their owners make new ones."""
    rows = apps.get_model("mfa", "Authenticator").objects.filter(type="recovery_codes")
    rows.filter(data__has_key="left").delete()


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0011_second_person_settled"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(make_anew, migrations.RunPython.noop)]
