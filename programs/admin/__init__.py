"""The catalogue's editing pages; reading is in the portal's own pages."""

from . import breakdown, codelist, funding, indicator, organisation, program, site, target

__all__ = [
    "breakdown",
    "codelist",
    "funding",
    "indicator",
    "organisation",
    "program",
    "site",
    "target",
]
