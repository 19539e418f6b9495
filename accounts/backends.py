from __future__ import annotations

from django.contrib.auth.backends import BaseBackend
from django.db.models import Model

from .models import User


class MembershipBackend(BaseBackend):
    """Rights come from memberships: anywhere (`has_perm(perm)`) or over one object."""

    def has_perm(self, user: User, perm: str, obj: Model | None = None) -> bool:
        if not user.is_active:
            return False
        if obj is None:
            return perm in user.access.permissions
        return user.access.covers(perm, obj.places(perm))
