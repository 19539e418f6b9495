from .breakdown import (
    Breakdown,
    BreakdownDimension,
    Category,
    Cell,
    CellCategory,
    Dimension,
)
from .codelist import Code, CodeList
from .document import Document
from .funding import FundedProject, Grant, GrantScope
from .indicator import Indicator, ProgramIndicator
from .organisation import Organisation, OrganisationKind, OrganisationYear
from .program import KindOfWork, Partnership, Pillar, Program
from .site import ProgramSite, Site, SiteKind
from .target import Target

__all__ = [
    "Breakdown",
    "BreakdownDimension",
    "Category",
    "Cell",
    "CellCategory",
    "Code",
    "CodeList",
    "Dimension",
    "Document",
    "FundedProject",
    "Grant",
    "GrantScope",
    "Indicator",
    "KindOfWork",
    "Organisation",
    "OrganisationKind",
    "OrganisationYear",
    "Partnership",
    "Pillar",
    "Program",
    "ProgramIndicator",
    "ProgramSite",
    "Site",
    "SiteKind",
    "Target",
]
