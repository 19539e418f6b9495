"""What takes two people takes two whose roles were not given for it: held for a week already.

Whoever manages access could otherwise invite an account of their own and agree with themselves. Who
gave the role does not matter: a chain of new accounts would hide it. Nor does a week count in which
the account was closed. Meanwhile those who are a second person, or just were, read of it by mail.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable

from .roles import CONFIRM_RESET, EXPORT, roles_with

DAYS_HELD = 7
HELD = dt.timedelta(days=DAYS_HELD)
# Whoever has one of these may be the second of two people.
SECOND_ROLES = roles_with(CONFIRM_RESET)
# Whoever has one of these, be it for one site, asks for what the second then agrees to.
ASKING_ROLES = roles_with(EXPORT)


class Change(enum.StrEnum):
    """What becomes of a role that counts for what takes two people, itself or with the account."""

    GIVEN = "given"
    ENDED = "ended"
    OPENED = "opened"
    CLOSED = "closed"


HOLDS = """EXISTS (
    SELECT FROM accounts_membership AS held
    JOIN accounts_user AS person ON person.id = held.user_id
    JOIN programs_organisation AS one ON one.id = held.organisation_id
    WHERE held.user_id = {person} AND person.is_active AND one.is_active
      AND {where}
      AND held.role IN ({roles})
      AND greatest(held.granted_at, person.opened_at) <= now() - interval '{days} days'
      AND held.ended_at IS NULL
      AND held.active @> (now() AT TIME ZONE one.time_zone)::date)"""
WHOLE = " AND held.program_id IS NULL AND held.site_id IS NULL"
OPENS_AGAIN = """(OLD.ended_at IS NOT NULL OR upper(OLD.active) <= current_date)
           AND NEW.ended_at IS NULL
           AND (upper(NEW.active) IS NULL OR upper(NEW.active) > current_date)"""
# A right given by a person is dated by the database; one ended and opened again begins again.
DATES_THE_RIGHT = f"""
    IF TG_OP = 'UPDATE' THEN
        IF {OPENS_AGAIN} THEN
            NEW.granted_at := now();
        ELSIF NEW.granted_at IS DISTINCT FROM OLD.granted_at THEN
            RAISE EXCEPTION 'refused' USING
                ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_keeps';
        END IF;
        RETURN NEW;
    END IF;
    IF nullif(current_setting('portal.user', true), '') IS NOT NULL THEN
        IF NEW.granted_by_id IS NULL THEN
            RAISE EXCEPTION 'refused' USING
                ERRCODE = 'check_violation', CONSTRAINT = 'membership_given_by_somebody';
        END IF;
        NEW.granted_at := now();
    END IF;
    NEW.granted_at := least(NEW.granted_at, now());
    RETURN NEW;
"""
# An account that opens again settles anew: closed, nobody saw what it was for.
DATES_THE_OPENING = """
    NEW.opened_at := CASE WHEN NEW.is_active AND NOT OLD.is_active THEN now()
                          ELSE OLD.opened_at END;
    RETURN NEW;
"""


def quoted(codes: Iterable[str]) -> str:
    """Codes as a list in a trigger."""
    return ", ".join(f"'{code}'" for code in sorted(codes))


def holds(person: str, permission: str, *, where: str, days: int = 0, is_whole: bool = True) -> str:
    """SQL: whether `person` holds a role with `permission`, today and for `days` already.

    `person` and `where` are expressions of a trigger's own; `where` is about `held`, a membership.
    """
    roles = quoted(roles_with(permission))
    where += WHOLE if is_whole else ""
    return HOLDS.format(person=person, where=where, roles=roles, days=days)


def refuses(condition: str, constraint: str) -> str:
    """A statement of a trigger: refuse under `constraint` where `condition` holds."""
    return f"""
        IF {condition} THEN
            RAISE EXCEPTION 'refused' USING
                ERRCODE = 'check_violation', CONSTRAINT = '{constraint}';
        END IF;"""
