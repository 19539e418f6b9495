from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.actions import account as actions
from accounts.forms import DeactivateForm
from accounts.models import Membership, User
from programs.stale import refuse


def account(request: HttpRequest, pk) -> HttpResponse:
    """Somebody's account and their roles in the organisations one manages."""
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    held = Membership.objects.visible_to(request.user).of(person)
    context = {
        "person": person,
        "memberships": held,
        "is_oneself": person == request.user,
        "works_here": any(not membership.is_ended for membership in held),
    }
    return render(request, "accounts/account.html", context)


def account_deactivate(request: HttpRequest, pk) -> HttpResponse:
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    form = DeactivateForm(request.POST or None)
    if form.is_valid():
        try:
            actions.deactivate(user=person, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The account is deactivated: nothing opens for it."))
            return redirect("account", pk=person.pk)
    return render(request, "accounts/account_deactivate.html", {"person": person, "form": form})


def account_reactivate(request: HttpRequest, pk) -> HttpResponse:
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    try:
        actions.reactivate(user=person, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The account opens again, with the roles that last."))
    return redirect("account", pk=person.pk)
