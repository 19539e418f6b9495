from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "ngo_portal"
    verbose_name = _("Portal")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import deployment  # noqa: F401 - registers its checks


class CatalogueAdminConfig(AdminConfig):
    default_site = "ngo_portal.catalogue.CatalogueSite"
