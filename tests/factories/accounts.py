"""People with their roles, and what they add."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid

from django.utils import timezone

from accounts.models import Elevation, Invitation, Membership, User
from accounts.roles import Role
from programs import uploads
from programs.models import Document, Organisation, Program, Site

from .catalogue import ALWAYS, make_organisation, numbers

LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def make_user(
    role: str | None = Role.FIELD_WORKER,
    organisation: Organisation | None = None,
    *,
    program: Program | None = None,
    site: Site | None = None,
    **fields,
) -> User:
    """Someone with one membership; `role=None` for an account without any."""
    number = next(numbers)
    defaults = {
        "email": f"person{number}@example.org",
        "display_name": f"Person {number}",
        "language": "en",
    }
    user = User(**(defaults | fields))
    user.set_password("a long enough password")
    user.save()
    if role:
        make_membership(user, role, organisation, program=program, site=site)
    return user


def make_membership(
    user: User, role: str, organisation: Organisation | None = None, **fields
) -> Membership:
    """Another role of somebody, held for long; their cached rights are forgotten."""
    user.__dict__.pop("access", None)
    return Membership.objects.create(
        user=user,
        role=role,
        organisation=organisation or make_organisation(),
        **({"active": ALWAYS, "granted_at": LONG_AGO} | fields),
    )


def make_invitation(organisation: Organisation, by: User) -> Invitation:
    """An open invitation, of `by`, of somebody who has no account."""
    return Invitation.objects.create(
        organisation=organisation,
        role=Role.FIELD_WORKER,
        active=ALWAYS,
        email=f"{uuid.uuid4().hex}@example.org",
        language="fr",
        token_hash=uuid.uuid4().hex,
        invited_by=by,
        expires_at=timezone.now() + dt.timedelta(days=7),
    )


def make_elevation(user: User, organisation: Organisation, *, minutes: int = 30, **fields):
    """Emergency access from now on; `started=-90` began ninety minutes ago."""
    start = timezone.now() + dt.timedelta(minutes=fields.pop("started", 0))
    defaults = {
        "role": Role.COORDINATOR,
        "reason": "The coordinator is away and the month is due tonight.",
        "starts_at": start,
        "ends_at": start + dt.timedelta(minutes=minutes),
    }
    return Elevation.objects.create(user=user, organisation=organisation, **(defaults | fields))


def make_document(
    organisation: Organisation | None = None, about: Organisation | None = None, **fields
) -> Document:
    """A document whose file is really there, sealed."""
    organisation = organisation or make_organisation()
    content = f"%PDF-1.4\n{next(numbers)}\n%%EOF\n".encode()
    defaults = {
        "kind": "AGREEMENT",
        "title": "Agreement",
        "language": "fr",
        "valid": ALWAYS,
        "file": fields.get("file") or uploads.store(content),
        "name": "agreement.pdf",
        "content_type": "application/pdf",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "uploaded_by": fields.get("uploaded_by") or make_user("administrator", organisation),
    }
    return Document.objects.create(
        organisation=organisation, about=about or organisation, **(defaults | fields)
    )
