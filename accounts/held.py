"""A form that was sent without proof enough waits in the session until the proof is given."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

from django.http import HttpRequest, QueryDict

from audit import encryption

SESSION_KEY = "held_form"
LONGEST = 500_000
SECRET = re.compile("pass(word|phrase)|secret|credential", re.IGNORECASE)
# Passwords, and codes of a second factor; elsewhere a field named code is one of the catalogue.
SECRET_PAGES = ("/sign-in/", "/invitations/", "/new-factor/", "/me/sign-in/application/")


def is_secret(request: HttpRequest, names: Iterable[str]) -> bool:
    """Whether a form may carry a password or a code, which no page writes back."""
    on_page = request.path_info.startswith(SECRET_PAGES)
    return on_page or any(SECRET.search(name) for name in names)


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
