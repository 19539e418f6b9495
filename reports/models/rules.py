"""What the database itself holds about exports: budget, order of states, four eyes."""

from __future__ import annotations

import pgtrigger

from accounts.roles import roles_with
from reports import budget
from reports.rights import APPROVE


def _listed(values) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values))


# Both are locked until the transaction ends, always in this order: of two requests at the same time
# the second counts the first.
START = """
    IF NEW.state <> 'requested' THEN
        RAISE EXCEPTION 'refused' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'export_state_follows';
    END IF;
    PERFORM pg_advisory_xact_lock(
        hashtextextended('exports of organisation ' || NEW.organisation_id, 0));
    PERFORM pg_advisory_xact_lock(
        hashtextextended('exports of person ' || NEW.requested_by_id, 0));
    SELECT coalesce(sum(rows) FILTER (WHERE requested_by_id = NEW.requested_by_id), 0),
           coalesce(sum(rows) FILTER (WHERE organisation_id = NEW.organisation_id), 0)
    INTO of_person, of_organisation
    FROM reports_export
    WHERE (requested_by_id = NEW.requested_by_id OR organisation_id = NEW.organisation_id)
      AND requested_at > now() - interval '{budget.HOURS} hours'
      AND state NOT IN ({released});
    IF of_person + NEW.rows > {budget.ROWS_A_PERSON} THEN
        RAISE EXCEPTION 'refused' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'export_budget_of_person';
    END IF;
    IF of_organisation + NEW.rows > {budget.ROWS_AN_ORGANISATION} THEN
        RAISE EXCEPTION 'refused' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'export_budget_of_organisation';
    END IF;
    NEW.serial := 1 + coalesce(
        (SELECT max(serial) FROM reports_export
         WHERE organisation_id = NEW.organisation_id), 0);
    RETURN NEW;
"""


def starts_within_budget(released: tuple[str, ...]) -> pgtrigger.Trigger:
    """A request starts a row, takes its number, and fits what is left of both budgets.

    What was released never left, and is not counted.
    """
    return pgtrigger.Trigger(
        name="starts_within_budget",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("of_person", "bigint"), ("of_organisation", "bigint")],
        func=START.format(budget=budget, released=_listed(released)),
    )


def states_follow(follows: dict[str, tuple[str, ...]]) -> pgtrigger.Trigger:
    """A state is followed by those that may follow it, and by no other."""
    pairs = [(state, after) for state, found in follows.items() for after in found]
    allowed = ", ".join(f"('{state}', '{after}')" for state, after in pairs)
    return pgtrigger.Trigger(
        name="states_follow",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("state"),
        func=f"""
            IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN ({allowed}) THEN
                RAISE EXCEPTION 'refused' USING
                    ERRCODE = 'check_violation', CONSTRAINT = 'export_state_follows';
            END IF;
            RETURN NEW;
        """,
    )


def approver_belongs() -> pgtrigger.Trigger:
    """Asked are one's own organisation, or the lead of a program in which one is a partner."""
    return pgtrigger.Trigger(
        name="approver_belongs",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("approver_organisation_id"),
        func="""
            IF NEW.approver_organisation_id <> NEW.organisation_id AND NOT EXISTS (
                SELECT FROM programs_partnership AS taken
                JOIN programs_program AS led ON led.id = taken.program_id
                WHERE taken.organisation_id = NEW.organisation_id
                  AND led.organisation_id = NEW.approver_organisation_id)
            THEN
                RAISE EXCEPTION 'refused' USING
                    ERRCODE = 'check_violation', CONSTRAINT = 'export_approver_organisation';
            END IF;
            RETURN NEW;
        """,
    )


def decider_holds_the_right() -> pgtrigger.Trigger:
    """Who decides holds, today, a role with the right over the whole of the organisation asked."""
    return pgtrigger.Trigger(
        name="decider_holds_the_right",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("decided_by_id"),
        func=f"""
            IF NEW.decided_by_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM accounts_membership AS held
                JOIN accounts_user AS person ON person.id = held.user_id
                JOIN programs_organisation AS one ON one.id = held.organisation_id
                WHERE held.user_id = NEW.decided_by_id AND person.is_active AND one.is_active
                  AND held.organisation_id = NEW.approver_organisation_id
                  AND held.program_id IS NULL AND held.site_id IS NULL
                  AND held.role IN ({_listed(roles_with(APPROVE))})
                  AND held.ended_at IS NULL
                  AND held.active @> (now() AT TIME ZONE one.time_zone)::date)
            THEN
                RAISE EXCEPTION 'refused' USING
                    ERRCODE = 'check_violation', CONSTRAINT = 'export_decider';
            END IF;
            RETURN NEW;
        """,
    )
