"""Rules that only a trigger can hold."""

import pgtrigger


def counts_revisions() -> pgtrigger.Trigger:
    """Every write of a row raises its `revision`, whoever writes: a stale save can be seen."""
    return pgtrigger.Trigger(
        name="counts_revisions",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func="NEW.revision := OLD.revision + 1; RETURN NEW;",
    )


def keeps(*columns: str) -> pgtrigger.Trigger:
    """`columns` never change once the row exists: work already refers to them."""
    changed = " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in columns)
    return pgtrigger.Trigger(
        name="keeps_" + "_".join(columns)[:40],
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            IF {changed} THEN
                RAISE EXCEPTION 'these columns never change' USING
                    ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_keeps';
            END IF;
            RETURN NEW;
        """,
    )
