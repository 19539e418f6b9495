from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.actions import account as actions
from accounts.forms import ProfileForm
from programs.stale import refuse


def my_account(request: HttpRequest) -> HttpResponse:
    """One's own name on screen, language, roles and password."""
    user = request.user
    initial = {"display_name": user.display_name, "language": user.language}
    form = ProfileForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            user = actions.change_profile(by=user, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            with translation.override(user.language):
                messages.success(request, _("Your account is saved."))
            return redirect("my_account")
    own = user.memberships.lasting().select_related("organisation", "program", "site")
    return render(request, "accounts/my_account.html", {"form": form, "memberships": own})
