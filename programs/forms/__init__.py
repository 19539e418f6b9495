from .document import AddDocumentForm, ReplaceDocumentForm, WithdrawForm
from .filters import IndicatorFilter, OrganisationFilter, ProgramFilter, ProjectFilter, SiteFilter

__all__ = [
    "AddDocumentForm",
    "IndicatorFilter",
    "OrganisationFilter",
    "ProgramFilter",
    "ProjectFilter",
    "ReplaceDocumentForm",
    "SiteFilter",
    "WithdrawForm",
]
