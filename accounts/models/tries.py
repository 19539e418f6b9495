from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SignInTries(models.Model):
    """How often somebody tried wrongly under one key: a fingerprint of account and network."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("tries to sign in")
        verbose_name_plural = _("tries to sign in")
        indexes = [models.Index(fields=["last_at"], name="sign_in_tries_last_at")]

    def __str__(self) -> str:
        return self.key

    @classmethod
    def take_one_off(cls, keys: Iterable[str]) -> None:
        cls.objects.filter(key__in=list(keys), failures__gt=0).update(failures=F("failures") - 1)
