"""A lost second factor: asked by one person, answered by another, chosen anew by its owner."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import sitting
from accounts.actions import factor_reset as actions
from accounts.models import FactorReset, User
from accounts.rights import confirming_organisations


def factor_reset_ask(request: HttpRequest, pk) -> HttpResponse:
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    if person == request.user:
        raise PermissionDenied
    problem = None
    if request.method == "POST":
        try:
            actions.ask(person=person, by=request.user)
        except ValidationError as error:
            problem = error
        else:
            messages.success(request, _("Who may confirm is told by e-mail, and has one day."))
            return redirect("account", pk=person.pk)
    own = actions.organisation_of(request.user, person)
    is_of_several = confirming_organisations(person, asked_in=own.pk) != {own.pk}
    context = {"person": person, "problem": problem, "is_of_several": is_of_several}
    return render(request, "accounts/factor_reset_ask.html", context)


def factor_resets(request: HttpRequest) -> HttpResponse:
    """Requests that wait for a second person."""
    rows = FactorReset.objects.visible_to(request.user).waiting().listed_for(request.user)
    return render(request, "accounts/factor_resets.html", {"rows": rows})


def factor_reset_answer(request: HttpRequest, pk) -> HttpResponse:
    reset = get_object_or_404(FactorReset.objects.visible_to(request.user), pk=pk)
    is_confirmed = request.POST.get("answer") == "confirm"
    answer = actions.confirm if is_confirmed else actions.refuse
    try:
        answer(reset=reset, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        done = _("Confirmed: a link is on its way to them.") if is_confirmed else _("Refused.")
        messages.success(request, done)
    return redirect("factor_resets")


def new_factor(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the e-mail: after it, the password alone leads to a new sign-in method."""
    person = actions.find_by_link(token)
    if person is not None and request.method == "POST":
        sitting.bring_link(request, person)
        return redirect("second_factor")
    status = 200 if person else 404
    return render(request, "accounts/new_factor.html", {"is_open": person}, status=status)
