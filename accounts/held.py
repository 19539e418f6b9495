"""A form that was sent without proof enough waits in the session until the proof is given."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict

SESSION_KEY = "held_form"
LONGEST = 500_000


def hold(request: HttpRequest) -> bool:
    """Keep what was typed, for the same person alone; not files, and nothing of a huge form."""
    fields = request.POST.copy()
    fields.pop("csrfmiddlewaretoken", None)
    text = fields.urlencode()
    if request.FILES or len(text) > LONGEST:
        return False
    request.session[SESSION_KEY] = {
        "user": str(request.user.pk),
        "address": request.get_full_path(),
        "fields": text,
    }
    return True


def held(request: HttpRequest) -> tuple[str, list[tuple[str, str]]] | None:
    """The address and the fields that wait for this person."""
    form = request.session.get(SESSION_KEY)
    if not form or form["user"] != str(request.user.pk):
        return None
    fields = QueryDict(form["fields"])
    return form["address"], [(name, value) for name in fields for value in fields.getlist(name)]


def let_go(request: HttpRequest) -> None:
    """Forget the form once it is sent again."""
    form = request.session.get(SESSION_KEY)
    if form and form["address"] == request.get_full_path():
        del request.session[SESSION_KEY]
