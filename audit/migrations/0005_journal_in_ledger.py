"""JournalEntry reads the ledger; its own table goes."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_move_journal")]
    operations = [
        migrations.DeleteModel(name="JournalEntry"),
        migrations.CreateModel(
            name="JournalEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(verbose_name="when")),
                ("action", models.TextField(verbose_name="action")),
                ("user_id", models.UUIDField(null=True, verbose_name="by")),
                ("organisation_id", models.BigIntegerField(null=True, verbose_name="organisation")),
                (
                    "audience",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        size=None,
                        verbose_name="read by the auditors of",
                    ),
                ),
                ("target_type", models.TextField(verbose_name="kind of object")),
                ("request_id", models.UUIDField(null=True, verbose_name="request")),
                ("target_id", models.TextField(null=True, verbose_name="object")),
                (
                    "shown_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(),
                        null=True,
                        size=None,
                        verbose_name="objects shown",
                    ),
                ),
                ("reason", models.TextField(null=True, verbose_name="reason")),
                ("details", models.JSONField(null=True, verbose_name="details")),
            ],
            options={
                "verbose_name": "journal entry",
                "verbose_name_plural": "journal entries",
                "db_table": '"ledger"."entry"',
                "managed": False,
            },
        ),
    ]
