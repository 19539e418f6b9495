"""Rows for tests, as plain functions; what a test does not say is given a believable value."""

from .accounts import (
    LONG_AGO,
    make_document,
    make_elevation,
    make_invitation,
    make_membership,
    make_user,
)
from .catalogue import (
    ALWAYS,
    both,
    make_breakdown,
    make_dimension,
    make_grant,
    make_grant_scope,
    make_indicator,
    make_organisation,
    make_partnership,
    make_program,
    make_program_indicator,
    make_program_site,
    make_project,
    make_site,
    make_target,
)
from .counts import (
    make_correction,
    make_counts,
    make_filled_report,
    make_report,
    submit_as_is,
)
from .exports import (
    make_built,
    make_export,
)

__all__ = [
    "ALWAYS",
    "LONG_AGO",
    "both",
    "make_breakdown",
    "make_built",
    "make_correction",
    "make_counts",
    "make_dimension",
    "make_document",
    "make_elevation",
    "make_export",
    "make_filled_report",
    "make_grant",
    "make_grant_scope",
    "make_indicator",
    "make_invitation",
    "make_membership",
    "make_organisation",
    "make_partnership",
    "make_program",
    "make_program_indicator",
    "make_program_site",
    "make_project",
    "make_report",
    "make_site",
    "make_target",
    "make_user",
    "submit_as_is",
]
