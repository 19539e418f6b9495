"""Who may do what with the ledger: the rights of each database role in its schema."""

from psycopg import sql

OWN = """audience && (SELECT string_to_array(
    nullif(current_setting('portal.organisations', true), ''), ',')::bigint[])"""
# The command line of the server's keeper (`who_saw`, `verify_ledger`) reads across organisations.
WHOLE = "(SELECT current_setting('portal.ledger', true)) = 'whole'"
# What refuses a change of a line or of a seal, whoever asks.
TRIGGERS = {
    (table, name) for table in ("ledger.entry", "ledger.seal") for name in ("kept", "never_emptied")
}

# Its owner adds what `ledger.note` is asked to, and reaches lines to erase or purge them, or in a
# migration: otherwise none, whoever calls.
AT_WORK = " OR ".join(
    f"current_setting('{name}', true) = 'on'"
    for name in ("ledger.erase", "ledger.purge", "portal.every_organisation")
)
OWNER = (
    "ALTER TABLE ledger.entry FORCE ROW LEVEL SECURITY",
    "DROP POLICY IF EXISTS added_by_owner ON ledger.entry",
    "CREATE POLICY added_by_owner ON ledger.entry FOR INSERT TO {role} WITH CHECK (true)",
    "DROP POLICY IF EXISTS reached_by_owner ON ledger.entry",
    f"CREATE POLICY reached_by_owner ON ledger.entry TO {{role}} USING ({AT_WORK})",
)
RUNTIME = (
    "GRANT USAGE ON SCHEMA ledger TO {role}",
    "REVOKE ALL ON ALL TABLES IN SCHEMA ledger FROM {role}",
    "GRANT EXECUTE ON FUNCTION ledger.note TO {role}",
)
AUDITOR = (
    "GRANT USAGE ON SCHEMA ledger TO {role}",
    "GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO {role}",
    "DROP POLICY IF EXISTS read_by_organisation ON ledger.entry",
    f"CREATE POLICY read_by_organisation ON ledger.entry FOR SELECT TO {{role}} USING ({OWN})",
    "DROP POLICY IF EXISTS read_whole ON ledger.entry",
    f"CREATE POLICY read_whole ON ledger.entry FOR SELECT TO {{role}} USING ({WHOLE})",
)
SEALER = (
    "GRANT USAGE ON SCHEMA ledger TO {role}",
    "GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO {role}",
    "GRANT INSERT ON ledger.seal TO {role}",
    "DROP POLICY IF EXISTS read_to_seal ON ledger.entry",
    "CREATE POLICY read_to_seal ON ledger.entry FOR SELECT TO {role} USING (true)",
)


def grant(cursor, *, runtime: str, auditor: str = "", sealer: str = "") -> None:
    """Let the runtime role add, the auditor's read, the sealer's read and seal; safe to repeat."""
    cursor.execute("SELECT current_user")
    (owner,) = cursor.fetchone()
    granted = ((owner, OWNER), (runtime, RUNTIME), (auditor, AUDITOR), (sealer, SEALER))
    for role, statements in granted:
        for statement in statements if role else ():
            cursor.execute(sql.SQL(statement).format(role=sql.Identifier(role)))
