"""What an app says about its tables: which rows a scope may reach besides its own, and why.

Each app has its `walls.py`. Conditions are SQL over the columns of the table; the settings they
read are those that `portal_enter` sets once a transaction (build.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field


def listed(name: str) -> str:
    """The keys of a list that the scope carries, read once a statement."""
    setting = f"nullif(current_setting('portal.{name}', true), '')"
    return f"((SELECT string_to_array({setting}, ',')::bigint[])::bigint[])"


def has_power(name: str) -> str:
    powers = "coalesce(current_setting('portal.powers', true), '')"
    return f"(SELECT '{name}' = ANY(string_to_array({powers}, ',')))"


OWN = f"organisation_id = ANY{listed('organisations')}"
# The first organisation, nearly always the only one, is compared by itself: of a sum over many
# rows, that is half the price of the wall.
FIRST = (
    "(SELECT nullif(split_part(current_setting('portal.organisations', true), ',', 1), '')::bigint)"
)
OWN_FIRST = f"organisation_id = {FIRST} OR {OWN}"
PLATFORM = has_power("platform")
ADDRESS_BOOK = has_power("address_book")
# Who acts, nobody before signing in.
USER = "(SELECT nullif(current_setting('portal.user', true), '')::uuid)"
# Signing in reads who somebody is before any scope can be known.
BEFORE_ANY_SCOPE = "(SELECT coalesce(current_setting('portal.request', true), '') = '')"


@dataclass(frozen=True)
class Opening:
    """Rows of others that a scope reaches by right, for one command."""

    table: str
    command: str
    name: str
    using: str = ""
    check: str = ""
    # Its history is read as well as the row; what is written is always kept, whoever writes.
    with_history: bool = False

    def definition(self) -> str:
        """The end of CREATE POLICY: command, role and conditions."""
        parts = [f"FOR {self.command}", "TO {role}"]
        parts += [f"USING ({self.using})"] if self.using else []
        parts += [f"WITH CHECK ({self.check})"] if self.check else []
        return " ".join(parts)


def reads(table: str, name: str, condition: str, *, with_history: bool = False) -> Opening:
    """Rows that may be read."""
    return Opening(table, "SELECT", name, using=condition, with_history=with_history)


def adds(table: str, name: str, condition: str) -> Opening:
    """Rows that may be added."""
    return Opening(table, "INSERT", name, check=condition)


def changes(table: str, name: str, condition: str, *, into: str = "") -> Opening:
    """Rows that may be changed (or locked), and what they may become."""
    return Opening(table, "UPDATE", name, using=condition, check=into or condition)


def removes(table: str, name: str, condition: str) -> Opening:
    """Rows that may be deleted."""
    return Opening(table, "DELETE", name, using=condition)


def base(table: str) -> Opening:
    """The wall itself: rows of the scope's organisations, read, written or moved."""
    return Opening(table, "ALL", "own_organisations", using=OWN_FIRST, check=OWN)


def shared(table: str) -> list[Opening]:
    """What all read and the platform alone writes."""
    write = Opening(table, "ALL", "written_by_the_platform", PLATFORM, PLATFORM, with_history=True)
    return [reads(table, "read_by_all", "true", with_history=True), write]


@dataclass(frozen=True)
class Walls:
    """What one app says of its tables."""

    openings: tuple[Opening, ...] = ()
    # Tables with an organisation whose rows are not wholly its own: their openings alone hold.
    without_base: frozenset[str] = frozenset()
    # Read by all, written by the platform.
    shared: frozenset[str] = frozenset()
    # Under no policy, and why.
    free: dict[str, str] = field(default_factory=dict)
    # Schemas whose tables have walls of their own, and why.
    schemas: dict[str, str] = field(default_factory=dict)
    # Lists that the scope carries: name → SELECT of keys, in the order of the apps.
    lists: tuple[tuple[str, str], ...] = ()
    # CREATE OR REPLACE FUNCTION statements, for what no policy may show but somebody must know.
    functions: tuple[str, ...] = ()
