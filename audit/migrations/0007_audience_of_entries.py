"""What is done in one organisation is read there, not in the others of whoever does it."""

from django.db import migrations

NOTE = """
CREATE OR REPLACE FUNCTION ledger.note(
    wanted_action text, acting uuid, about bigint, readers bigint[],
    wanted_type text, wanted_id text, shown text[], why text, facts jsonb
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $note$
DECLARE
    actor uuid := nullif(current_setting('portal.user', true), '');
    own bigint[] := string_to_array(
        nullif(current_setting('portal.organisations', true), ''), ',')::bigint[];
    fresh bytea := uuid_send(gen_random_uuid());
    place bigint := coalesce(about, CASE WHEN cardinality(own) = 1 THEN own[1] END);
BEGIN
    IF wanted_action IN ('erase_entry', 'purge_ledger') AND session_user <> current_user THEN
        RAISE EXCEPTION 'what leaves the ledger, its owner says' USING ERRCODE = '42501';
    END IF;
    IF jsonb_typeof(facts) <> 'object' OR why LIKE 'sealed:%'
        AND why !~ '^sealed:[A-Za-z0-9_-]{40,}={0,2}$' THEN
        RAISE EXCEPTION 'an entry has no such details or reason' USING ERRCODE = '22023';
    END IF;
    IF actor <> acting THEN
        RAISE EXCEPTION 'the transaction acts for somebody else' USING ERRCODE = '42501';
    END IF;
    INSERT INTO ledger.entry (
        action, user_id, organisation_id, audience, target_type, request_id,
        target_id, shown_ids, reason, details, salt, digest
    ) VALUES (
        wanted_action,
        coalesce(actor, acting),
        place,
        -- Somewhere else than at home, by the right of an organisation: which one the readers say,
        -- or it may be any of them.
        ARRAY(SELECT DISTINCT unnest(array_remove(readers || place || CASE
            WHEN place IS NULL OR place <> ALL (own) AND cardinality(readers) = 0 THEN own
        END, NULL)) ORDER BY 1),
        wanted_type,
        nullif(current_setting('portal.request', true), '')::uuid,
        wanted_id, shown, why, facts, fresh,
        ledger.digest(fresh, wanted_id, shown, why, facts)
    );
END $note$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_forms_of_entries")]
    operations = [migrations.RunSQL(NOTE)]
