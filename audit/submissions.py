"""Forms that were accepted are accepted once."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from .models import SubmittedForm

FIELD = "form_key"


def new_key() -> str:
    """The hidden value of one rendered form."""
    return str(uuid.uuid4())


def once(
    key: str, request: HttpRequest, answer: Callable[[HttpRequest], HttpResponse]
) -> HttpResponse:
    """Answer a form unless it was accepted before: then lead to where it led.

    The key is taken inside the request's transaction: of two at the same time the second waits
    for the first. A form that is shown again with errors gives its key back, and so does one that
    waits while its sender proves who they are (`request.is_let_in`).
    """
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        return answer(request)
    user_id = request.user.pk
    _row, is_new = SubmittedForm.objects.get_or_create(key=wanted, defaults={"user_id": user_id})
    form = SubmittedForm.objects.filter(key=wanted, user_id=user_id)
    if not is_new:
        location = form.exclude(location="").values_list("location", flat=True).first()
        return HttpResponseRedirect(location or request.path)
    response = answer(request)
    location = response.headers.get("Location", "") or response.headers.get("HX-Redirect", "")
    if location and request.is_let_in:
        form.update(location=location)
    elif response.status_code < 500:
        form.delete()
    return response


def forget(*, before: timezone.datetime) -> int:
    """Delete the keys of forms accepted before a time; returns how many."""
    return SubmittedForm.objects.filter(at__lt=before).delete()[0]
