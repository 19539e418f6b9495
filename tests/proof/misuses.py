"""What people and programs send though no form asks for it: one misuse of one field at a time."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from urllib.parse import quote

from tests.proof.fields import Form

ECHO = "<script>alert(1)</script>"
PLAIN = "application/x-www-form-urlencoded"
BOUNDARY = "x-part"
# Bytes, as they go over the wire in a form: what no browser sends is there too.
RAW = [
    *(b"\x00", b"a\x00b", b"\xed\xa0\x80", b"\xff\xfe", b"\xc3", b"%"),
    *(b"\r\nX: y", b"\x1b[31m"),
]
TEXTS = [
    *("", " ", "\t\n", "\u202eabc", "a\u200db", "\ufeff", "\u2028", "e\u0301" * 40, "😀" * 90),
    *("null", "true", "None", "[]", "{}", '{"a": 1}', '["a"]', "on", "a" * 300, "a@b"),
    "00000000-0000-0000-0000-000000000000",
]
NUMBERS = [
    *("-1", "0", "1" + "0" * 30, "-9223372036854775809", "9223372036854775808", "2147483648"),
    *("NaN", "Infinity", "1e309", "1_000", "0x10", "\u0661\u0662", "\uff11\uff12", "\u216b"),
    *(
        "101",
        "250",
        "366",
        "13",
        "1901",
        "\u00b2",
        "1,5",
        "1.5",
        "+1",
        "1",
        "999999999",
        "9" * 5000,
    ),
]
DATES = [
    *("2026-02-30", "0000-00-00", "0001-01-01", "9999-12-31", "9999-12", "10000-01-01"),
    *("2026-13", "-2026-01-01", "2026-01-01T25:61", "9999-12-31T23:59:60", "31/02/2026"),
]
CODE = [
    *("'; DROP TABLE x; --", ECHO, '"><img src=x onerror=alert(1)>', "../../etc/passwd"),
    *("%s%n%x", "{{ 7*7 }}", "{% load x %}", "(((((", "[a-", "\\", "(?P<", "pk", "-pk", "?"),
    *("id__in", "password", "__class__", "=1+1", "@SUM(A1)", "//evil.example"),
    "javascript:alert(1)",
]
VALUES = {"bytes": RAW} | {
    family: [text.encode() for text in texts]
    for family, texts in (("text", TEXTS), ("number", NUMBERS), ("date", DATES), ("code", CODE))
}
CUT_FILE = b'--x\r\nContent-Disposition: form-data; name="a"; filename="../b"\r\n\r\n\xff'
TYPES = [
    ("application/json", b"[1, {}]"),
    ("application/json", b"{"),
    ("text/plain", b"a=1"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name="),
    ("multipart/form-data; boundary=x", CUT_FILE),
    (f"{PLAIN}; charset=no-such", b"a=1"),
    (f"{PLAIN}; charset=utf-16", b"a=1"),
    ("", b"a=1"),
]
# A form of more fields than this takes a while to answer.
MANY = 15
# How often what chance puts together takes its turn.
MIXES = 12


@dataclass(frozen=True)
class Misuse:
    """One kind: its family, and the value or the content that is sent."""

    family: str
    value: bytes = b""
    content_type: str = PLAIN
    number: int = 0

    @property
    def is_posted(self) -> bool:
        """Whether an address alone cannot carry it."""
        return self.family in {"huge", "content type", "json", "file"}

    def __str__(self) -> str:
        return f"{self.family} {self.value[:40]!r} {self.content_type.replace(PLAIN, '')}".strip()


MISUSES = [
    *(Misuse(family, value) for family, values in VALUES.items() for value in values),
    *(Misuse("mixed", number=number) for number in range(MIXES)),
    *(Misuse("everywhere", value) for value in (b"", b"\xff", b"9999-12-31", b"1" + b"0" * 30)),
    *(Misuse("content type", content, kind) for kind, content in TYPES),
    Misuse("absent"),
    Misuse("twice", b"1"),
    Misuse("many times", b"1"),
    Misuse("long", b"x" * 4000),
    Misuse("huge", b"x" * 1_000_000),
    Misuse("huge", b"9" * 1_000_000),
    Misuse("huge", b"x" * 3_000_000),
    Misuse("json", b"true", "application/json"),
    Misuse("file", b"MZ\x00\xff", f"multipart/form-data; boundary={BOUNDARY}"),
]
FAMILIES = list(dict.fromkeys(misuse.family for misuse in MISUSES))
PIECES = [value for values in VALUES.values() for value in values if len(value) < 60]


@dataclass(frozen=True)
class Input:
    """One field of a form, and what is sent in it."""

    form: Form
    name: str
    misuse: Misuse
    value: bytes

    @property
    def can_share(self) -> bool:
        """Whether other fields of its form may be misused in the same request.

        Large forms alone: what is wrong with one field does not keep the others from being read.
        """
        is_large = len(self.form.fields) > MANY and self.form.method == "POST"
        return is_large and self.misuse.family in {*VALUES, "mixed"}


def drawn(misuse: Misuse, chance: random.Random) -> bytes:
    """The value that is sent: for a mix, some of the others one after the other."""
    if misuse.family == "mixed":
        return b"".join(chance.sample(PIECES, chance.randint(2, 4)))
    return misuse.value


def content(inputs: list[Input]) -> bytes:
    """What is sent: the form as it stands, misused in one field, or in each of these."""
    form, first = inputs[0].form, inputs[0]
    name, value = first.name, first.value
    misused = {one.name: one.value for one in inputs}
    others = {key: held for key, held in form.fields.items() if key not in misused and held}
    match first.misuse.family:
        case "content type":
            return value
        case "json":
            return json.dumps({**others, name: True}).encode()
        case "file":
            return _as_file(others, name, value)
        case "everywhere":
            pairs = [(key, value) for key in form.fields]
        case "absent":
            pairs = list(others.items())
        case "twice":
            pairs = [*others.items(), (name, value), (name, b"2")]
        case "many times":
            pairs = [*others.items(), *[(name, value)] * 200]
        case _:
            pairs = [*others.items(), *misused.items()]
    return "&".join(f"{quote(key)}={quote(held)}" for key, held in pairs).encode()


def _as_file(others: dict[str, str], name: str, value: bytes) -> bytes:
    """A file where a text is expected, and texts where files may be."""
    mark, head = f"--{BOUNDARY}\r\n", 'Content-Disposition: form-data; name="{}"'
    parts = [f"{mark}{head.format(key)}\r\n\r\n{held}\r\n" for key, held in others.items()]
    last = f'{mark}{head.format(name)}; filename="../b.pdf"\r\n\r\n'
    return "".join([*parts, last]).encode() + value + f"\r\n--{BOUNDARY}--\r\n".encode()
