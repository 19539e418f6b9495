from .document import document_add, document_file, document_replace, document_withdraw
from .indicator import indicator, indicators
from .organisation import organisation, organisations
from .program import program, programs
from .project import project, projects
from .site import site, sites

__all__ = [
    "document_add",
    "document_file",
    "document_replace",
    "document_withdraw",
    "indicator",
    "indicators",
    "organisation",
    "organisations",
    "program",
    "programs",
    "project",
    "projects",
    "site",
    "sites",
]
