"""A form that was sent without proof enough waits in the session until the proof is given.

One that was being typed when somebody left in haste waits outside of it, for a day: the sitting
ends there, and its owner finds the form after the next sign-in.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

from django.core.cache import cache
from django.db.models import Model
from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

from audit import encryption

SESSION_KEY = "held_form"
LONGEST = 500_000
MOST_FIELDS = 2_000
LEFT_SECONDS = 24 * 60 * 60
SECRET = re.compile("pass(word|phrase)|secret|credential", re.IGNORECASE)
# Passwords, and codes of a second factor; elsewhere a field named code is one of the catalogue.
SECRET_PAGES = ("/sign-in/", "/invitations/", "/new-factor/", "/me/sign-in/application/")


def is_secret(request: HttpRequest, names: Iterable[str]) -> bool:
    """Whether a form may carry a password or a code, which no page writes back."""
    return _may_hold_secret(request.path_info, names)


def _may_hold_secret(path: str, names: Iterable[str]) -> bool:
    return path.startswith(SECRET_PAGES) or any(SECRET.search(name) for name in names)


def hold(request: HttpRequest, user_id: uuid.UUID) -> bool:
    """Keep what was typed, sealed, for this person alone; no file, no secret, no huge form."""
    fields = request.POST.copy()
    fields.pop("csrfmiddlewaretoken", None)
    text = fields.urlencode()
    if is_secret(request, fields) or request.FILES or len(text) > LONGEST:
        return False
    request.session[SESSION_KEY] = {
        "address": request.get_full_path(),
        "fields": encryption.encrypt(text, _place(user_id)),
        "user": str(user_id),
    }
    return True


def _place(user_id: uuid.UUID) -> str:
    return f"django_session:held_form:{user_id}"


def held(request: HttpRequest) -> tuple[str, list[tuple[str, str]]] | None:
    """The address and the fields that wait for this person."""
    form = request.session.get(SESSION_KEY)
    if not form or form["user"] != str(request.user.pk):
        return None
    fields = QueryDict(encryption.decrypt(form["fields"], _place(request.user.pk)))
    return form["address"], [(name, value) for name in fields for value in fields.getlist(name)]


def let_go(request: HttpRequest) -> None:
    """Forget the form once it is sent again."""
    form = request.session.get(SESSION_KEY)
    if form and form["address"] == request.get_full_path():
        del request.session[SESSION_KEY]


def leave(request: HttpRequest) -> None:
    """Keep what was being typed, sealed: the page it stood on, where the form leads, its fields.

    Only what a page of ours sends, and never a secret; `Sec-Fetch-Site` is the browser's word.
    """
    page, address = request.POST.get("left_page", ""), request.POST.get("left_form", "")
    text = request.POST.get("left", "")
    if len(text) > LONGEST or text.count("&") >= MOST_FIELDS:
        return
    fields = QueryDict(text, mutable=True)
    fields.pop("csrfmiddlewaretoken", None)
    is_ours = request.headers.get("Sec-Fetch-Site") == "same-origin" and all(
        url_has_allowed_host_and_scheme(each, None) and each.startswith("/")
        for each in (page, address)
    )
    if is_ours and fields and not _may_hold_secret(address, fields):
        sealed = encryption.encrypt(fields.urlencode(), _place(request.user.pk))
        kept = {"page": page, "address": address, "fields": sealed, "user": str(request.user.pk)}
        cache.set(_left_key(request.user), kept, LEFT_SECONDS)


def come_back(request: HttpRequest, user: Model) -> None:
    """Bring the form that somebody left behind into their new session."""
    if kept := cache.get(_left_key(user)):
        cache.delete(_left_key(user))
        request.session[SESSION_KEY] = kept


def page_left(request: HttpRequest) -> str:
    """The page on which the waiting form was being typed; "" for one that was sent."""
    return request.session.get(SESSION_KEY, {}).get("page", "")


def _left_key(user: Model) -> str:
    return f"left_form:{user.pk}"
