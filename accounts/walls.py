"""Walls around accounts: roles are read before any scope, and written within one.

People belong to no organisation: several may know the same account, and all show their names beside
what they did. An invitation opens to whoever holds its link.
"""

from audit.walls.rules import (
    BEFORE_ANY_SCOPE,
    PLATFORM,
    USER,
    Walls,
    adds,
    changes,
    listed,
    reads,
)

LINK = "(SELECT nullif(current_setting('portal.link', true), ''))"
FIRST_ADMINISTRATOR = f"{PLATFORM} AND role = 'administrator'"

# An account belongs to all organisations it works for: each answers about its lost factors.
WORKS_HERE = f"""EXISTS (
    SELECT FROM accounts_membership AS worked
    WHERE worked.user_id = person_id AND worked.ended_at IS NULL
      AND NOT worked.active << daterange(current_date, current_date, '[]')
      AND worked.organisation_id = ANY{listed("organisations")})"""

# Whether an account also has a role elsewhere: a yes or a no, not where.
WORKS_ELSEWHERE = """
CREATE OR REPLACE FUNCTION portal_works_elsewhere(person uuid, than bigint[], today date)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM accounts_membership m
        WHERE m.user_id = person AND m.ended_at IS NULL AND m.organisation_id <> ALL(than)
          AND NOT m.active << daterange(today, today, '[]'))
$$
"""

# Whether somebody works everywhere that another person does: as little as that.
SHARES_ALL = """
CREATE OR REPLACE FUNCTION portal_shares_all(person uuid, other uuid, today date)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT NOT EXISTS (
        SELECT FROM accounts_membership m
        WHERE m.user_id = person AND m.ended_at IS NULL
          AND NOT m.active << daterange(today, today, '[]')
          AND NOT EXISTS (
            SELECT FROM accounts_membership o
            WHERE o.user_id = other AND o.organisation_id = m.organisation_id
              AND o.ended_at IS NULL AND NOT o.active << daterange(today, today, '[]')))
$$
"""

WALLS = Walls(
    openings=(
        reads("accounts_membership", "ones_own", f"user_id = {USER} OR {BEFORE_ANY_SCOPE}"),
        reads("accounts_membership", "platform", PLATFORM),
        reads("accounts_elevation", "ones_own", f"user_id = {USER} OR {BEFORE_ANY_SCOPE}"),
        reads("accounts_factorreset", "person_works_here", WORKS_HERE),
        changes("accounts_factorreset", "person_works_here", WORKS_HERE),
        adds("accounts_membership", "first_administrator", FIRST_ADMINISTRATOR),
        reads("accounts_invitation", "link", f"token_hash = {LINK}"),
        reads("accounts_invitation", "first_administrator", FIRST_ADMINISTRATOR),
        adds("accounts_invitation", "first_administrator", FIRST_ADMINISTRATOR),
        changes("accounts_invitation", "first_administrator", FIRST_ADMINISTRATOR),
    ),
    free={
        "accounts_user": "accounts belong to no organisation; read before signing in",
        "accounts_signintries": "counts under fingerprints, written before anybody signed in",
    },
    lists=(
        ("known", f"SELECT organisation_id FROM accounts_membership WHERE user_id = {USER}"),
        ("programs", f"SELECT program_id FROM accounts_membership WHERE user_id = {USER}"),
        ("sites", f"SELECT site_id FROM accounts_membership WHERE user_id = {USER}"),
    ),
    functions=(
        WORKS_ELSEWHERE,
        "REVOKE ALL ON FUNCTION portal_works_elsewhere FROM PUBLIC",
        "GRANT EXECUTE ON FUNCTION portal_works_elsewhere TO {role}",
        SHARES_ALL,
        "REVOKE ALL ON FUNCTION portal_shares_all FROM PUBLIC",
        "GRANT EXECUTE ON FUNCTION portal_shares_all TO {role}",
    ),
)
