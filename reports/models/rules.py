"""What the database itself holds about exports: budget, order of states, four eyes."""

from __future__ import annotations

import pgtrigger

from accounts.two_people import DAYS_HELD, holds, quoted, refuses
from audit.walls.rules import listed
from reports import budget
from reports.rights import APPROVE, EXPORT

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
           coalesce(sum(rows) FILTER (WHERE organisation_id = NEW.organisation_id), 0),
           coalesce(sum(rows) FILTER (WHERE requested_by_id = NEW.requested_by_id
                                        AND NOT needs_second_person), 0)
    INTO of_person, of_organisation, alone
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
    NEW.needs_second_person := alone + NEW.rows > {budget.SECOND_PERSON_ABOVE};
    {new}
    NEW.serial := 1 + coalesce(
        (SELECT max(serial) FROM reports_export
         WHERE organisation_id = NEW.organisation_id), 0);
    RETURN NEW;
"""


# What a decision changes, in the row of somebody else's organisation.
DECISION = ("state", "refusal", "decided_by_id", "decided_at")


def asked_by_who_is_settled() -> str:
    """A statement: what takes a second person is not asked for by somebody new either."""
    where = "held.organisation_id = NEW.organisation_id"
    settled = holds("NEW.requested_by_id", EXPORT, where=where, days=DAYS_HELD, is_whole=False)
    return refuses(f"NEW.needs_second_person AND NOT {settled}", "export_requester_is_new")


def starts_within_budget(released: tuple[str, ...]) -> pgtrigger.Trigger:
    """A request starts a row, takes its number, and fits what is left of both budgets.

    What was released never left, and is not counted. Whether it takes a second person is told by
    all that this one asked for in the same hours and that nobody else had to decide on.
    """
    return pgtrigger.Trigger(
        name="starts_within_budget",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("of_person", "bigint"), ("of_organisation", "bigint"), ("alone", "bigint")],
        func=START.format(budget=budget, released=quoted(released), new=asked_by_who_is_settled()),
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
    """Who decides holds, today, a role with the right over the whole of the organisation asked.

    Who approves holds it for a while already: else whoever gives roles would be both people.
    """
    where = "held.organisation_id = NEW.approver_organisation_id"
    held = holds("NEW.decided_by_id", APPROVE, where=where)
    settled = holds("NEW.decided_by_id", APPROVE, where=where, days=DAYS_HELD)
    return pgtrigger.Trigger(
        name="decider_holds_the_right",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("decided_by_id"),
        func="IF NEW.decided_by_id IS NULL THEN RETURN NEW; END IF;"
        + refuses(f"NOT {held}", "export_decider")
        + refuses(f"NEW.state <> 'refused' AND NOT {settled}", "export_decider_is_new")
        + "RETURN NEW;",
    )


def asked_decides_only() -> pgtrigger.Trigger:
    """The organisation asked writes its decision in a partner's row, and nothing else of it."""
    others = f"ARRAY[{', '.join(repr(column) for column in DECISION)}]"
    changed = f"(to_jsonb(NEW) - {others}) IS DISTINCT FROM (to_jsonb(OLD) - {others})"
    moved = "NEW.state <> OLD.state AND NEW.state NOT IN ('approved', 'refused')"
    own = f"OLD.organisation_id = ANY{listed('organisations')}"
    return pgtrigger.Trigger(
        name="asked_decides_only",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=refuses(f"({changed} OR {moved}) AND {own} IS NOT TRUE", "export_asked_decides_only")
        + "RETURN NEW;",
    )
