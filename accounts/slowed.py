"""Lines of the journal that anybody could cause without end: the first are written, then few.

A guess at somebody else's address, an e-mail asked for by nobody: each is one request. Under one
key the first lines are all written, the next ones further and further apart; an hour of silence
forgives all. What is left out stands in the server's own log.
"""

from __future__ import annotations

from django.utils.crypto import salted_hmac

from .tries import Count, take

LONGEST_SECONDS = 60


def is_due(*parts: object, free: int) -> bool:
    """Whether one more line under this key is written now, `free` of them at once."""
    text = "\n".join(map(str, parts))
    key = salted_hmac("accounts.slowed", text, algorithm="sha256").hexdigest()
    return take([Count(key, free, LONGEST_SECONDS)]) == 0
