from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.roles import REVIEW_ELEVATIONS
from beneficiaries import home as homes
from reports import waiting


def home(request: HttpRequest) -> HttpResponse:
    """What waits for this person today; each section for those who hold its right."""
    user = request.user
    context = {
        "work": homes.work_of(user) if user.has_perm("beneficiaries.view_counts") else None,
        "exports": waiting.exports_of(user),
        "elevations": homes.elevations_to_review(user)
        if user.has_perm(REVIEW_ELEVATIONS)
        else None,
        "invitations": homes.open_invitations(user)
        if user.has_perm("accounts.manage_access")
        else None,
        "projects": homes.funded_projects(user)
        if user.has_perm("programs.view_funding") and not user.has_perm("programs.view_catalogue")
        else None,
    }
    return render(request, "reports/home.html", context)
