"""Rules that only a trigger can hold."""

import pgtrigger


def counts_revisions(*columns: str) -> pgtrigger.Trigger:
    """Every write of a row raises its `revision`, whoever writes: a stale save can be seen.

    With `columns`, only writes of these: what a machine notes down disturbs nobody's form.
    """
    return pgtrigger.Trigger(
        name="counts_revisions",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf(*columns) if columns else pgtrigger.Update,
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


def never_deleted() -> pgtrigger.Trigger:
    """A row ends by what it says, and stays: who could do what, and when, is known for ever."""
    return pgtrigger.Trigger(
        name="stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        func="""
            RAISE EXCEPTION 'this row stays' USING
                ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_stays';
        """,
    )


def never_changes() -> pgtrigger.Trigger:
    """A row stays as it was made: counts of past years stand on it."""
    return pgtrigger.Trigger(
        name="never_changes",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func="""
            RAISE EXCEPTION 'this row never changes' USING
                ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_keeps';
        """,
    )


def belongs(
    name: str,
    *,
    unless: str,
    constraint: str,
    operation: pgtrigger.Operation = pgtrigger.Insert | pgtrigger.Update,
) -> pgtrigger.Trigger:
    """Refuse a row under `constraint` unless a condition in SQL over NEW holds."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=operation,
        func=f"""
            IF NOT ({unless}) THEN
                RAISE EXCEPTION 'refused' USING
                    ERRCODE = 'check_violation', CONSTRAINT = '{constraint}';
            END IF;
            RETURN NEW;
        """,
    )


def site_runs_program(constraint: str) -> pgtrigger.Trigger:
    """A row on a program and a site: the program runs there, be it once or from a day to come.

    Asked when the row is made, for columns that never change: whatever was written before the rule
    stood can still be ended.
    """
    return belongs(
        "site_runs_program",
        unless="""NEW.program_id IS NULL OR NEW.site_id IS NULL OR EXISTS (
            SELECT FROM programs_programsite
            WHERE program_id = NEW.program_id AND site_id = NEW.site_id)""",
        constraint=constraint,
        operation=pgtrigger.Insert,
    )
