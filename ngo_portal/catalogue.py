"""Django's admin, where the catalogue is edited: the portal's door, look and rights."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class CatalogueSite(AdminSite):
    """Signs in through the portal's own page, so that nothing of it can be skipped."""

    site_header = _("Catalogue")
    site_title = _("Catalogue")
    index_title = _("Catalogue")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and request.user.is_staff

    def login(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return redirect_to_login(request.GET.get("next", request.path))
