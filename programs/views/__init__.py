from .indicator import indicator, indicators
from .organisation import organisation, organisations
from .program import program, programs
from .project import project, projects
from .site import site, sites

__all__ = [
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
