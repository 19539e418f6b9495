"""Whatever is sent to a form or a page: an answer below 500, and nothing half written."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator
from urllib.parse import quote

from django.core.validators import ProhibitNullCharactersValidator
from django.db import connection

from ngo_portal import errors
from tests.proof import Figure, Run, proof
from tests.proof.asking import count_first, photograph, undone
from tests.proof.fields import Form, forms
from tests.scene import make_scene

ECHO = "<script>alert(1)</script>"
HUGE = "x" * 1_000_000
# Bytes, as they go over the wire in a form: what no browser sends is there too.
RAW = [
    *(b"\x00", b"a\x00b", b"\xed\xa0\x80", b"\xff\xfe", b"\xc3", b"%"),
    *(b"\r\nX: y", b"\x1b[31m"),
]
TEXTS = [
    *("", " ", "\t\n", "\u202eabc", "a\u200db", "\ufeff", "\u2028", "e\u0301" * 40, "😀" * 90),
    *("-1", "0", "1" + "0" * 30, "-9223372036854775809", "9223372036854775808", "2147483648"),
    *("NaN", "Infinity", "1e309", "1_000", "0x10", "\u0661\u0662", "\uff11\uff12", "\u216b"),
    *("\u00b2", "1,5", "1.5", "+1", "1", "999999999", "null", "true", "None", "[]", "{}"),
    *("2026-02-30", "0000-00-00", "9999-12-31", "10000-01-01", "2026-13", "-2026-01-01"),
    *("2026-01-01T25:61", "31/02/2026", '{"a": 1}', '["a"]', "'; DROP TABLE x; --", ECHO),
    *('"><img src=x onerror=alert(1)>', "../../etc/passwd", "%s%n%x", "{{ 7*7 }}", "{% load x %}"),
    *("(((((", "[a-", "\\", "(?P<", "pk", "-pk", "?", "id__in", "password", "__class__", "=1+1"),
    *("@SUM(A1)", "//evil.example", "javascript:alert(1)", "a" * 300, "a@b", "on"),
    "00000000-0000-0000-0000-000000000000",
]
VALUES = RAW + [text.encode() for text in TEXTS]
CUT_FILE = b'--x\r\nContent-Disposition: form-data; name="a"; filename="../b"\r\n\r\n\xff'
TYPES = [
    ("application/json", b"[1, {}]"),
    ("application/json", b"{"),
    ("text/plain", b"a=1"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name="),
    ("multipart/form-data; boundary=x", CUT_FILE),
    ("application/x-www-form-urlencoded; charset=no-such", b"a=1"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"a=1"),
    ("", b"a=1"),
]
# What a request may leave behind though its answer is a refusal.
PASSING = {"django_session", "portal_cache", "audit_submittedform", "accounts_user"} | {
    "accounts_signintries"
}
WRITTEN = """
SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables
WHERE schemaname = 'public' AND relname <> ALL(%s)
"""


def body(fields: dict[str, str], name: str, value: bytes) -> bytes:
    """A form as it is sent, with one of its fields replaced."""
    others = [f"{quote(k)}={quote(v)}" for k, v in fields.items() if k != name and v]
    return "&".join([*others, f"{quote(name)}={quote(value)}"]).encode()


def requests(chance: random.Random) -> Iterator[tuple[str, bytes, str]]:
    """Kinds of misuse of one field, endlessly: (how, value, content type)."""
    yield from (("field", value, "") for value in VALUES)
    yield from (("type", content, kind) for kind, content in TYPES)
    yield ("twice", b"1", "")
    yield ("huge", HUGE.encode(), "")
    pieces = [value for value in VALUES if len(value) < 60]
    while True:
        yield ("field", b"".join(chance.sample(pieces, chance.randint(2, 4))), "")


def inputs(found: list[Form], most: int) -> Iterator[tuple[Form, str, str, bytes, str]]:
    """Every field of every form × every value, then what chance makes of them."""
    chance = random.Random(6)  # noqa: S311 - the same inputs at each run
    fields = [(form, name) for form in found for name in form.distinct()]
    chance.shuffle(fields)
    misuses = {index: requests(chance) for index in range(len(fields))}
    for number, index in enumerate(itertools.cycle(range(len(fields)))):
        if number == most:
            return
        yield (*fields[index], *next(misuses[index]))


def send(form: Form, name: str, how: str, value: bytes, kind: str):
    """One request of the form's owner."""
    sent = body(form.fields, name, value)
    if how == "twice":
        sent += b"&" + quote(name).encode() + b"=2"
    if form.method != "POST":
        if how in {"huge", "type"}:
            sent = quote(name).encode() + b"=" + quote(value[:4000]).encode()
        return form.by.say("GET", f"{form.path}?{sent.decode()}")
    if how == "type":
        return form.by.client.generic("POST", form.path, value, content_type=kind)
    return form.by.client.generic(
        "POST", form.path, sent, content_type="application/x-www-form-urlencoded"
    )


def counted() -> int:
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN, [list(PASSING)])
        return cursor.fetchone()[0]


def kept() -> dict[str, str]:
    return {name: rows for name, rows in photograph().items() if name not in PASSING}


def complaint(one: tuple, before: dict[str, str]) -> str:
    """What is wrong with the answer to one input; "" for nothing. It is undone."""
    form, name, how, value, kind = one
    label = f"{form.method} {form.of.name} {name} {how} {value[:40]!r} {kind}"
    form.by.come()
    with undone():
        start = counted()
        answer = send(*one)
        if answer.streaming:
            answer.getvalue()
        if answer.status_code >= 500:
            return f"{label}: {answer.status_code}"
        is_page = "html" in answer.get("Content-Type", "")
        if is_page and not answer.streaming and ECHO.encode() in answer.content:
            return f"{label}: said again as it is"
        if answer.status_code >= 400 and counted() != start and kept() != before:
            return f"{label}: {answer.status_code}, and something written"
    return ""


@proof("Bad inputs: every form field and query parameter, nothing above 499, nothing half written")
def bad_inputs(run: Run) -> Figure:
    found = forms(make_scene(), whole=run.is_full)
    before, most = kept(), run.amount(quick=100, full=50_000)
    wrong = []
    for number, one in enumerate(inputs(found, most)):
        if said := complaint(one, before):
            wrong.append(said)
        run.tell(number, most)
    return Figure(
        tried=most,
        wrong=len(wrong),
        control=control(run, found, before),
        unit="inputs",
        without="with any sign let into addresses and forms",
        examples=tuple(wrong[:60]),
    )


def control(run: Run, found: list[Form], before: dict[str, str]) -> int:
    """The same check where addresses and forms take any sign: stops at the third complaint."""
    with run.fixture("monkeypatch").context() as guard:
        guard.setattr(errors, "UNWRITABLE", re.compile("(?!)"))
        guard.setattr(ProhibitNullCharactersValidator, "__call__", lambda self, value: None)
        wrong = (
            complaint((form, name, "field", b"a\x00b", ""), before)
            for form in found
            for name in form.distinct()
        )
        return count_first(3, wrong)
