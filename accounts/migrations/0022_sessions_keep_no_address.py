from django.db import migrations

from audit.walls import every_organisation


def forget(apps, schema_editor):
    """What allauth's column says where nothing is kept (accounts/sessions.py)."""
    session = apps.get_model("usersessions", "UserSession")
    with every_organisation(schema_editor) as expect:
        expect(session.objects.update(ip="0.0.0.0"), session)


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0021_reviewed_first"),
        ("usersessions", "0001_initial"),
    ]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
