"""Django's admin, where the catalogue is edited: the portal's door, look and rights."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

# Models of the catalogue in the order of work: one's own rows, then what all share.
OWN = ("Organisation", "Program", "Site", "FundedProject", "Grant", "Target")
SHARED = ("Indicator", "Breakdown", "Dimension", "CodeList")
# Pages of Django's admin that the portal does not open: deletion (rows are ended instead), the
# admin's own log (the journal replaces it), and two that answer about rows of any model.
CLOSED = ("_delete", "_history", "autocomplete", "view_on_site")


class CatalogueSite(AdminSite):
    """Signs in through the portal's own page, so that nothing of it can be skipped."""

    site_header = _("Catalogue")
    site_title = _("Catalogue")
    index_title = _("Catalogue")
    enable_nav_sidebar = False

    def __init__(self) -> None:
        super().__init__(name="catalogue")

    def register(self, model_or_iterable, admin_class=None, **options) -> None:
        """The catalogue alone: packages that bring pages of accounts or jobs are not heard."""
        models = model_or_iterable if isinstance(model_or_iterable, tuple | list) else None
        for model in models or [model_or_iterable]:
            if model._meta.app_label == "programs":
                super().register(model, admin_class, **options)

    def get_urls(self) -> list:
        return [url for url in super().get_urls() if _is_open(url)]

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and request.user.is_staff

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict]:
        """Two groups instead of one application: what one's organisation owns, what all share."""
        found = self._build_app_dict(request, "programs").get("programs", {})
        models = {model["object_name"]: model for model in found.get("models", ())}
        groups = ((_("Your organisation"), OWN), (_("Shared by all organisations"), SHARED))
        return [
            {"name": name, "models": [models[m] for m in members if m in models]}
            for name, members in groups
        ]

    def login(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return redirect_to_login(request.GET.get("next", request.path))

    def logout(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return redirect("my_account")


def _is_open(url) -> bool:
    patterns = getattr(url, "url_patterns", None)
    if patterns is not None:
        patterns[:] = [inner for inner in patterns if _is_open(inner)]
    return not (getattr(url, "name", None) or "").endswith(CLOSED)
