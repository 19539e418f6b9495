"""A PDF without what it says of its author: run as a program of its own, on what anybody may send.

    python -I cleaner.py < sent.pdf > clean.pdf

It knows no key, no database and no setting, and dies where it takes too much time or memory.
"""

from __future__ import annotations

import io
import resource
import sys

MOST_MEMORY = 600 * 1024**2
MOST_SECONDS = 20
# What it ends with, beside 0: not a PDF that can be read; signed, which any change would break.
DAMAGED, SIGNED = 3, 4
# Segments of a JPEG that describe it: Exif and XMP, IPTC, comments. Colours stay.
TOLD_BY_JPEG = {0xE1, 0xED, 0xFE}
START_OF_SCAN = 0xDA
# Keys that say who made a thing, when, with what.
TELLING = ("/Metadata", "/PieceInfo", "/LastModified", "/Thumb")


def clean(data: bytes) -> bytes | None:
    """The same pages without Info, XMP, names on comments, nor older versions; None when signed."""
    import pikepdf  # once memory and time are bounded

    with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
        everything = list(_inside(pdf.objects))
        if any("/ByteRange" in one and "/Contents" in one for one in everything):
            return None
        for one in everything:
            _quieten(one)
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        written = io.BytesIO()
        plain = pikepdf.ObjectStreamMode.disable
        pdf.save(written, static_id=True, fix_metadata_version=False, object_stream_mode=plain)
        return written.getvalue()


def _inside(objects):
    """Every dictionary and stream among these, and those that stand directly in one of them."""
    import pikepdf

    for one in objects:
        if isinstance(one, pikepdf.Array):
            yield from _inside(each for each in one if _is_held(each))
        if isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
            yield one
            yield from _inside(each for _key, each in one.items() if _is_held(each))


def _is_held(one) -> bool:
    """Whether it stands right there, and nowhere of its own."""
    return not getattr(one, "is_indirect", True)


def _quieten(one) -> None:
    """Take out of one dictionary what it tells of people."""
    for key in TELLING:
        if key in one:
            del one[key]
    is_comment = "/Rect" in one and "/Subtype" in one and str(one["/Subtype"]) != "/Widget"
    if is_comment and "/T" in one:
        del one["/T"]
    if "/Filter" in one and str(one["/Filter"]) == "/DCTDecode":
        kept = {"filter": one["/Filter"], "decode_parms": one.get("/DecodeParms")}
        one.write(without_segments(one.read_raw_bytes()), **kept)


def without_segments(data: bytes) -> bytes:
    """A JPEG's own bytes without the segments that describe it; as it is when it is none."""
    kept, place = bytearray(data[:2]), 2
    while place + 4 <= len(data) and data[place] == 0xFF and data[place + 1] != START_OF_SCAN:
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4])
        if data[place + 1] not in TOLD_BY_JPEG:
            kept += data[place:end]
        place = end
    return bytes(kept + data[place:])


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    try:
        written = clean(sys.stdin.buffer.read())
    except Exception:
        return DAMAGED
    if written is None:
        return SIGNED
    sys.stdout.buffer.write(written)
    return 0


if __name__ == "__main__":
    sys.exit(main())
