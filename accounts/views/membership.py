from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import membership as actions
from accounts.actions.invitation import give_role
from accounts.forms import AccessFilterForm, EndMembershipForm, MembershipForm
from accounts.models import Invitation, Membership, User
from programs.stale import refuse
from programs.views.pages import page_of

from .invitation import redirect_to_invitations


def access(request: HttpRequest) -> HttpResponse:
    """Who has which access, by organisation, and which invitations wait."""
    filters = AccessFilterForm(request.GET, by=request.user)
    wanted = filters.wanted
    invitations = Invitation.objects.visible_to(request.user).waiting()
    if wanted["state"] == "invited":
        rows = invitations.matching(**wanted)
    else:
        rows = Membership.objects.visible_to(request.user).matching(**wanted)
    context = {
        "filters": filters,
        "state": wanted["state"],
        "page": page_of(rows, request),
        "waiting": invitations.count(),
    }
    return render(request, "accounts/access.html", context)


def membership_grant(request: HttpRequest, pk) -> HttpResponse:
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    if person == request.user:
        raise PermissionDenied
    form = MembershipForm(request.POST or None, by=request.user)
    if form.is_valid():
        try:
            given = give_role(user=person, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            return _given(request, given)
    return render(request, "accounts/membership_grant.html", {"person": person, "form": form})


def _given(request: HttpRequest, given: Membership | Invitation) -> HttpResponse:
    if isinstance(given, Membership):
        messages.success(request, _("The role is given."))
        return redirect("account", pk=given.user_id)
    messages.success(
        request,
        _(
            "This person has no role in the organisation at present: an invitation is on its way. "
            "They answer within 7 days."
        ),
    )
    return redirect_to_invitations()


def membership_end(request: HttpRequest, pk) -> HttpResponse:
    rows = Membership.objects.visible_to(request.user).with_places()
    membership = get_object_or_404(rows, pk=pk)
    form = EndMembershipForm(request.POST or None, initial={"last_day": timezone.localdate()})
    if form.is_valid():
        try:
            actions.end_membership(membership=membership, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The last day of the role is set."))
            return redirect("account", pk=membership.user_id)
    context = {"membership": membership, "person": membership.user, "form": form}
    return render(request, "accounts/membership_end.html", context)
