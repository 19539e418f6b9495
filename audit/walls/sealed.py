"""What each rule says, sealed when `upgrade` built it: one altered in place keeps its name.

The rules of the database (catalogue.py), under the portal's keys, as the comment of `portal_enter`:
whoever owns the database can alter a rule, and cannot seal what they made of it.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterable

from django.db import DatabaseError, connection, transaction
from psycopg import sql

from audit import encryption

from .catalogue import Rule, rules, run

KEPT = "SELECT obj_description(to_regproc('public.portal_enter'), 'pg_proc')"
KEEP = "COMMENT ON FUNCTION public.portal_enter IS {}"
PLACE = "rules of the database"
# PostgreSQL writes a list of texts with other casts once it has read it again, from a dump.
AS_READ_AGAIN = (
    (re.compile(r"\('([^']*)'::character varying\)::text"), r"'\1'"),
    (re.compile(r"'([^']*)'::character varying"), r"'\1'"),
    (re.compile(r"\(ARRAY\[([^\]]*)\]\)::text\[\]"), r"ARRAY[\1]"),
)


class UnsealedError(Exception):
    """No upgrade has sealed these rules, as far as the file of keys can tell."""


def seal() -> None:
    """As the owner: what stands now is what was built."""
    text = json.dumps({name: [rule.step, rule.made] for name, rule in rules().items()})
    closed = encryption.ring().seal(zlib.compress(text.encode()), PLACE)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(KEEP).format(sql.Literal(base64.b64encode(closed).decode())))


def kept() -> dict[str, Rule]:
    """The rules that the last upgrade sealed, by name."""
    try:
        text = zlib.decompress(encryption.ring().open(_closed(), PLACE))
    except encryption.SealError as error:
        raise UnsealedError(str(error)) from None
    return {name: Rule(*each) for name, each in json.loads(text).items()}


def _closed() -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(KEPT)
        (text,) = cursor.fetchone()
    try:
        return base64.b64decode(text or "", validate=True)
    except (binascii.Error, ValueError):
        return b""


def altered(found: dict[str, Rule] | None = None) -> list[str]:
    """Rules that say something else than what was sealed, are gone, or came since."""
    before = kept()
    found = rules() if found is None else found
    return sorted(n for n in before.keys() | found.keys() if not _same(before.get(n), found.get(n)))


def _same(before: Rule | None, now: Rule | None) -> bool:
    if before is None or now is None:
        return False
    return before.made == now.made or _plain(before.made) == _plain(now.made)


def _plain(text: str) -> str:
    for casts, plain in AS_READ_AGAIN:
        text = casts.sub(plain, text)
    return text


def put_back() -> dict[str, str]:
    """As the owner: every rule as it was sealed, or none of them.

    Returns what stands against it: by the name of the rule, what must be run and who refused it.
    """
    with transaction.atomic():
        for _round in range(2):  # what is made again comes with rights of its own
            refused = _mend()
        left = {name: refused.get(name, "") for name in altered()}
        transaction.set_rollback(bool(left))
    return left


def _mend() -> dict[str, str]:
    before, found = kept(), rules()
    names = altered(found)
    away = {n: found[n] for n in names if n in found and not _replaced(before.get(n))}
    again = {n: before[n] for n in names if n in before}
    first = ((n, away[n].gone) for n in sorted(away, key=lambda n: -away[n].step))
    then = ((n, again[n].made) for n in sorted(again, key=lambda n: again[n].step))
    return _refused([*first, *then])


def _replaced(rule: Rule | None) -> bool:
    """What makes it also stands in the place of another."""
    return rule is not None and rule.made.startswith(("CREATE OR REPLACE", "ALTER ROLE"))


def _refused(statements: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Run each; what could not be run, with the words of the database."""
    refused = {}
    for name, statement in statements:
        try:
            with transaction.atomic():
                run(statement)
        except DatabaseError as error:
            refused[name] = f"{statement};\n    {str(error).strip().splitlines()[0]}"
    return refused
