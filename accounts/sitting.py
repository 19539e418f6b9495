"""What a session knows of the person who opened it: which proofs they gave, and when.

allauth writes the proofs into the session as they are given; nothing here asks the database.
"""

from __future__ import annotations

import time

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

FRESH_SECONDS = 5 * 60


def confirmed_at(request: HttpRequest) -> float:
    """When the person last gave a password or a second factor; 0.0 for never."""
    records = get_authentication_records(request, request.user)
    return records[-1]["at"] if records else 0.0


def is_fresh(request: HttpRequest) -> bool:
    """Whether the last proof is recent enough for what takes somebody present."""
    return time.time() - confirmed_at(request) < FRESH_SECONDS
