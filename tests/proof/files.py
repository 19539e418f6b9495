"""Of what people can send, nothing that acts is kept, and nothing eats the server's memory."""

import io
import random
import re
import resource
import zipfile
from unittest.mock import patch

import pikepdf
from django.core.exceptions import ValidationError

from programs import uploads
from programs.uploads import checking
from tests.files import CANARY, KEPT, REFUSED, sent
from tests.proof import Figure, Run, proof

MOST_KB = 300 * 1024
NEVER = (
    CANARY,
    b"<script",
    b"<html",
    b"<svg",
    b"/JavaScript",
    b"/Launch",
    b"vbaProject",
    b"MZ\x00",
    b"afchunk.mht",
    b">DDE<",
    b'" DDE a b"',
    b"INCLUDEPICTURE",
)
# Objects packed in a way that hides their names.
HIDES = re.compile(
    rb"obj\s*<<[^>]*(?:/ObjStm|/First 4)[^>]*(?:/AHx|/ASCIIHex|Decode /Flate)[^>]*>>"
)


@proof("Files that act, hide, swell or tell: polyglots, macros, bombs, GPS, authors of documents")
def files(run: Run) -> Figure:
    """Tried: the corpus under every extension, then torn and mixed at random."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    random.seed(20261125)
    candidates = list(everything(run.amount(quick=300, full=20_000)))
    wrong = []
    for done, (name, data) in enumerate(candidates):
        run.tell(done, len(candidates))
        if acts(kept(name, data)):
            wrong.append(f"kept: {name[:60]!r} of {len(data)} bytes")
    swollen = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    if swollen > MOST_KB:
        wrong.append(f"the memory grew by {swollen // 1024} MB")
    return Figure(
        tried=len(candidates),
        wrong=len(wrong),
        control=unguarded(),
        unit="files",
        without="files of the corpus kept when only their extension is looked at",
        examples=tuple(wrong[:10]),
    )


def everything(number: int):
    """Each file of the corpus under each extension, then halves of two put together."""
    whole = [*REFUSED.values(), *KEPT.values()]
    for name, data in whole:
        yield name, data
        for extension in checking.KINDS:
            yield f"file.{extension}", data
    light = [data for _name, data in whole if 0 < len(data) < 100_000]
    for _ in range(number):
        one, other = random.choice(light), random.choice(light)  # noqa: S311
        cut = random.randrange(len(one) + 1)  # noqa: S311
        data = one[:cut] + other[random.randrange(len(other)) :]  # noqa: S311
        yield f"file.{random.choice(list(checking.KINDS))}", data  # noqa: S311


def kept(name: str, data: bytes) -> bytes | None:
    """What would be stored, None when it is refused."""
    try:
        return uploads.checked(sent(name, data)).data
    except ValidationError:
        return None


def acts(data: bytes | None) -> bool:
    """Whether what is kept could act, or still says who wrote it, or where it was taken."""
    if data is None:
        return False
    texts = [data, *parts(data)]
    return bool(HIDES.search(data)) or any(sign in text for text in texts for sign in NEVER)


def parts(data: bytes) -> list[bytes]:
    """What a document packs, when it can be unpacked."""
    try:
        if data.startswith(b"%PDF"):
            with pikepdf.open(io.BytesIO(data)) as document:
                # Words that act are looked for in the file itself, which is kept as it is read.
                return [CANARY] if CANARY in unpacked(document) else []
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [archive.read(member) for member in archive.infolist()]
    except Exception:
        return []


def unpacked(document: pikepdf.Pdf) -> bytes:
    """Every text and every stream of a PDF; of a photograph what the camera wrote."""
    texts = [repr(one).encode() for one in [document.trailer, *document.objects]]
    streams = [one for one in document.objects if isinstance(one, pikepdf.Stream)]
    texts += [one.read_raw_bytes() for one in streams]
    texts += [one.read_bytes() for one in streams if one.get("/Filter") == "/FlateDecode"]
    return b"".join(texts)


def unguarded() -> int:
    """How much of the corpus is kept, and acts, when the content is believed."""
    kinds = {
        extension: checking.Kind(kind.content_type, b"", lambda data: data)
        for extension, kind in checking.KINDS.items()
    }
    with (
        patch.object(checking, "KINDS", kinds),
        patch.object(checking, "_check_type", lambda data, extension: None),
    ):
        return sum(acts(kept(name, data)) for name, data in [*REFUSED.values(), *KEPT.values()])
