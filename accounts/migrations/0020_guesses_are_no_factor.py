from django.db import migrations

# Beside what 0017 leaves out: how many codes were wrong, and when the owner was told.
DATES_THE_FACTORS = """
CREATE OR REPLACE FUNCTION accounts_dates_the_factors() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.user_id = NEW.user_id AND OLD.type = NEW.type
           AND OLD.data - '{notes}'::text[] = NEW.data - '{notes}'::text[] THEN
            RETURN NULL;
        END IF;
    END IF;
    UPDATE accounts_user SET factors_set_at = clock_timestamp()
    WHERE id IN (NEW.user_id, OLD.user_id);
    RETURN NULL;
END $$
"""
AFTER = DATES_THE_FACTORS.replace("{notes}", "{last_step,name,wrong,told_at}")
BEFORE = DATES_THE_FACTORS.replace("{notes}", "{last_step,name}")


class Migration(migrations.Migration):

    dependencies = [("accounts", "0019_roles_stay")]

    operations = [migrations.RunSQL(AFTER, BEFORE)]
