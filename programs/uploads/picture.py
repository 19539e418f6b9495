"""Pictures: the same pixels in a new file, without what the camera wrote down (place, owner…)."""

from __future__ import annotations

import io
import struct

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

# What a picture inside a document starts with, and what it is.
KINDS = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
}
# Decoded, a pixel takes four bytes: 30 million are 120 MB.
MOST_PIXELS = 30_000_000
LONGEST_SIDE = 4000
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, struct.error)


def kind_of(data: bytes) -> str | None:
    """Which of these a picture is, by its first bytes."""
    return next((kind for start, kind in KINDS.items() if data.startswith(start)), None)


def pixels_of(data: bytes, kind: str) -> int:
    """How many there are, from the head of the file alone; 0 where it says nothing."""
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as image:
            return image.width * image.height
    except (*BOMBS, *BROKEN):
        return 0


def written_anew(data: bytes, kind: str) -> bytes:
    """The picture of such a file, upright, in a file that holds nothing else."""
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as image:
            _check_size(image)
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return _saved(ImageOps.exif_transpose(image), kind)
    except BOMBS:
        raise _too_large() from None
    except BROKEN:
        raise ValidationError(
            _("This picture is damaged. Open it, save it again, and send that file."),
            code="damaged",
        ) from None


def _check_size(image: Image.Image) -> None:
    """From the head of the file alone: nothing is decoded yet."""
    if image.width * image.height > MOST_PIXELS:
        raise _too_large()


def _saved(image: Image.Image, kind: str) -> bytes:
    has_holes = kind == "PNG" and ("A" in image.getbands() or "transparency" in image.info)
    plain = image.convert("RGBA" if has_holes else "RGB")
    plain.info.clear()
    written = io.BytesIO()
    plain.save(written, kind, **({"quality": 88} if kind == "JPEG" else {}))
    return written.getvalue()


def _too_large() -> ValidationError:
    return ValidationError(
        _("This picture has more than %(most)s million pixels. Make it smaller, then send it.")
        % {"most": MOST_PIXELS // 1_000_000},
        code="pixels",
    )
