"""Pictures: the same pixels in a new file, without what the camera wrote down (place, owner…)."""

from __future__ import annotations

import io
import struct

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

# Decoded, a pixel takes four bytes: 30 million are 120 MB.
MOST_PIXELS = 30_000_000
LONGEST_SIDE = 4000
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, struct.error)


def written_anew(data: bytes, kind: str) -> bytes:
    """The picture of a JPEG or PNG file, upright, in a file that holds nothing else."""
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
