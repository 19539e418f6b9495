"""Files that people send: checked by their content, written anew where they can be, kept sealed.

Nothing is believed: neither the name, nor the type that the browser says, nor the size that a
file claims for what it holds. What cannot be looked through is refused, with what to do instead.
"""

from .checking import MOST_BYTES, Safe, checked, checked_name, too_heavy
from .keeping import (
    UnreadableError,
    kept,
    keys_found,
    path_of,
    read,
    remove_strays,
    seal_again,
    store,
)

__all__ = [
    "MOST_BYTES",
    "Safe",
    "UnreadableError",
    "checked",
    "checked_name",
    "kept",
    "keys_found",
    "path_of",
    "read",
    "remove_strays",
    "seal_again",
    "store",
    "too_heavy",
]
