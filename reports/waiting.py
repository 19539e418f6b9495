"""Exports that wait for one person: for their answer, or to be taken."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User

from .models import Export
from .models.states import State
from .rights import APPROVE, EXPORT


@dataclass(frozen=True)
class Exports:
    to_decide: list[Export]
    ready: list[Export]

    def __bool__(self) -> bool:
        return bool(self.to_decide or self.ready)


def exports_of(user: User) -> Exports:
    """Two queries at most; none for those who neither export nor approve."""
    now = timezone.now()
    to_decide, ready = [], []
    if user.has_perm(APPROVE):
        to_decide = list(Export.objects.decidable_by(user).waiting().listed())
    if user.has_perm(EXPORT):
        mine = Export.objects.visible_to(user).filter(state=State.BUILT, expires_at__gt=now)
        ready = list(mine.listed())
    return Exports(to_decide, ready)
