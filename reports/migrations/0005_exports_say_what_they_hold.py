# What a file is made of is kept beside it: its requester must still read that when they take it.

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0004_second_person_for_a_sum"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="export",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="export",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="export",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="export",
            name="holds",
            field=models.JSONField(blank=True, default=dict, verbose_name="what it holds"),
        ),
        migrations.AddField(
            model_name="exportevent",
            name="holds",
            field=models.JSONField(blank=True, default=dict, verbose_name="what it holds"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="export",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "reports_exportevent" ("approver_organisation_id", "begun_at", "built_at", "built_rows", "content", "decided_at", "decided_by_id", "downloaded_at", "expires_at", "failure", "file_name", "filter", "holds", "id", "needs_second_person", "organisation_id", "passphrase_shown_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purged_at", "purpose", "purpose_note", "refusal", "requested_at", "requested_by_id", "rows", "serial", "sha256", "size", "state") VALUES (NEW."approver_organisation_id", NEW."begun_at", NEW."built_at", NEW."built_rows", NEW."content", NEW."decided_at", NEW."decided_by_id", NEW."downloaded_at", NEW."expires_at", NEW."failure", NEW."file_name", NEW."filter", NEW."holds", NEW."id", NEW."needs_second_person", NEW."organisation_id", NEW."passphrase_shown_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."purged_at", NEW."purpose", NEW."purpose_note", NEW."refusal", NEW."requested_at", NEW."requested_by_id", NEW."rows", NEW."serial", NEW."sha256", NEW."size", NEW."state"); RETURN NULL;',
                    hash="60c417de41c7dae1e624627915f3619efeb617d1",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_6ed7b",
                    table="reports_export",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="export",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."approver_organisation_id" IS DISTINCT FROM (NEW."approver_organisation_id") OR OLD."begun_at" IS DISTINCT FROM (NEW."begun_at") OR OLD."built_at" IS DISTINCT FROM (NEW."built_at") OR OLD."built_rows" IS DISTINCT FROM (NEW."built_rows") OR OLD."content" IS DISTINCT FROM (NEW."content") OR OLD."decided_at" IS DISTINCT FROM (NEW."decided_at") OR OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."downloaded_at" IS DISTINCT FROM (NEW."downloaded_at") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."failure" IS DISTINCT FROM (NEW."failure") OR OLD."file_name" IS DISTINCT FROM (NEW."file_name") OR OLD."filter" IS DISTINCT FROM (NEW."filter") OR OLD."holds" IS DISTINCT FROM (NEW."holds") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."needs_second_person" IS DISTINCT FROM (NEW."needs_second_person") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."passphrase_shown_at" IS DISTINCT FROM (NEW."passphrase_shown_at") OR OLD."purged_at" IS DISTINCT FROM (NEW."purged_at") OR OLD."purpose" IS DISTINCT FROM (NEW."purpose") OR OLD."purpose_note" IS DISTINCT FROM (NEW."purpose_note") OR OLD."refusal" IS DISTINCT FROM (NEW."refusal") OR OLD."requested_at" IS DISTINCT FROM (NEW."requested_at") OR OLD."requested_by_id" IS DISTINCT FROM (NEW."requested_by_id") OR OLD."rows" IS DISTINCT FROM (NEW."rows") OR OLD."serial" IS DISTINCT FROM (NEW."serial") OR OLD."sha256" IS DISTINCT FROM (NEW."sha256") OR OLD."size" IS DISTINCT FROM (NEW."size") OR OLD."state" IS DISTINCT FROM (NEW."state"))',
                    func='INSERT INTO "reports_exportevent" ("approver_organisation_id", "begun_at", "built_at", "built_rows", "content", "decided_at", "decided_by_id", "downloaded_at", "expires_at", "failure", "file_name", "filter", "holds", "id", "needs_second_person", "organisation_id", "passphrase_shown_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purged_at", "purpose", "purpose_note", "refusal", "requested_at", "requested_by_id", "rows", "serial", "sha256", "size", "state") VALUES (NEW."approver_organisation_id", NEW."begun_at", NEW."built_at", NEW."built_rows", NEW."content", NEW."decided_at", NEW."decided_by_id", NEW."downloaded_at", NEW."expires_at", NEW."failure", NEW."file_name", NEW."filter", NEW."holds", NEW."id", NEW."needs_second_person", NEW."organisation_id", NEW."passphrase_shown_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."purged_at", NEW."purpose", NEW."purpose_note", NEW."refusal", NEW."requested_at", NEW."requested_by_id", NEW."rows", NEW."serial", NEW."sha256", NEW."size", NEW."state"); RETURN NULL;',
                    hash="896cb1082a96403fbebf58cf5b3d236a3d601dc6",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b8619",
                    table="reports_export",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="export",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "reports_exportevent" ("approver_organisation_id", "begun_at", "built_at", "built_rows", "content", "decided_at", "decided_by_id", "downloaded_at", "expires_at", "failure", "file_name", "filter", "holds", "id", "needs_second_person", "organisation_id", "passphrase_shown_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purged_at", "purpose", "purpose_note", "refusal", "requested_at", "requested_by_id", "rows", "serial", "sha256", "size", "state") VALUES (OLD."approver_organisation_id", OLD."begun_at", OLD."built_at", OLD."built_rows", OLD."content", OLD."decided_at", OLD."decided_by_id", OLD."downloaded_at", OLD."expires_at", OLD."failure", OLD."file_name", OLD."filter", OLD."holds", OLD."id", OLD."needs_second_person", OLD."organisation_id", OLD."passphrase_shown_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."purged_at", OLD."purpose", OLD."purpose_note", OLD."refusal", OLD."requested_at", OLD."requested_by_id", OLD."rows", OLD."serial", OLD."sha256", OLD."size", OLD."state"); RETURN NULL;',
                    hash="08904d7e9181a189a87d422eed33ba5a69922ae5",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_9b3c2",
                    table="reports_export",
                    when="AFTER",
                ),
            ),
        ),
    ]
