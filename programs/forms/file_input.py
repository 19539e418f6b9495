"""The field of a file: what may be chosen, and how heavy it may be."""

from collections.abc import Callable

from django import forms
from django.utils.functional import lazy


def file_input(accept: str, *, most: int, too_heavy: Callable[[], str]) -> forms.FileInput:
    """A file of `most` bytes; a heavier one is refused before it is sent (`portal.js`).

    The server checks it again: this spares a poor network a file that is refused in the end.
    """
    return forms.FileInput(
        attrs={"accept": accept, "data-most": most, "data-too-heavy": lazy(too_heavy, str)()}
    )
