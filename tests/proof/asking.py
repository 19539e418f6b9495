"""Requests of every page by every kind of person, each undone when it was answered."""

from __future__ import annotations

import datetime as dt
import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http.cookies import SimpleCookie

from django.apps import apps
from django.contrib.admin.sites import site as catalogue
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.arrival import name_of
from accounts.models import Membership, User
from accounts.roles import Role
from ngo_portal import access
from programs.models import Indicator, Organisation
from tests.factories import make_organisation, make_user
from tests.scene import Scene
from tests.signing import SignedClient, give_proofs, sign_in, sign_in_half

ALL_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
LANGUAGES = ("fr", "en")
# What was proved when signing in stays fresh for five minutes.
FRESH_SECONDS = 100
ROWS = "coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')"
# How a row says whose it is.
OWNED = (
    ("organisation", "organisation"),
    ("project__organisation", "project"),
    ("program__organisation", "program"),
)


@dataclass(frozen=True)
class Address:
    """A page of the resolver: its name, where it is, and whether it is about a row of the scene."""

    name: str
    path: str
    is_of_a_row: bool = False

    @property
    def page(self) -> access.Page:
        return access.page(self.name)


@dataclass
class Actor:
    """Somebody who asks: what they hold, where, and how they came."""

    name: str
    client: Client
    user: User | None = None
    is_foreign: bool = False
    # Their session holds: they are who they were.
    is_in: bool = True
    has_factor: bool = True
    holds_rights: bool = True
    cookies: str = ""
    came: float = field(default_factory=time.monotonic)

    @cached_property
    def roles(self) -> frozenset[str]:
        if self.user is None or not self.holds_rights:
            return frozenset()
        return frozenset(self.user.memberships.values_list("role", flat=True))

    def come(self) -> None:
        """Put their session back in the browser; it ends by itself while a long proof runs."""
        self.client.cookies = SimpleCookie(self.cookies)
        if self.user is None or not self.is_in or not self.has_factor:
            return
        if time.monotonic() - self.came > FRESH_SECONDS:
            give_proofs(self.client, self.user)
            self.came = time.monotonic()

    def ask(self, method: str, path: str, data=None, **extra) -> HttpResponse:
        """What a page answers; whatever the request did is undone."""
        self.come()
        with undone():
            return self.say(method, path, data, **extra)

    def say(self, method: str, path: str, data=None, **extra) -> HttpResponse:
        """The same, and it stays done."""
        answer = getattr(self.client, method.lower())(path, data, **extra)
        if answer.streaming:
            answer.getvalue()
        return answer


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens within is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def count_first(most: int, complaints: Iterable[str]) -> int:
    """How many complaints a control finds: it stops once there are so many."""
    return len(list(itertools.islice(filter(None, complaints), most)))


def client_of(user: User | None, *, factor: bool = True) -> Client:
    """A browser that shows a 500 instead of raising it."""
    client = (SignedClient if factor else Client)(raise_request_exception=False)
    if user is not None:
        (sign_in if factor else sign_in_half)(client, user)
    return client


def actor(name: str, user: User | None, **how) -> Actor:
    made = Actor(name, client_of(user, factor=how.get("has_factor", True)), user, **how)
    made.cookies = made.client.cookies.output(header="", sep=";")
    return made


def everybody(scene: Scene) -> list[Actor]:
    """Every role at home and abroad, and those who are nobody, or nobody any more."""
    abroad = make_organisation()
    at_home = [actor(f"{r} at home", make_user(r, scene.organisation)) for r in Role.values]
    away = [actor(f"{r} abroad", make_user(r, abroad), is_foreign=True) for r in Role.values]
    return [*at_home, *away, *nobodies(scene)]


def nobodies(scene: Scene) -> list[Actor]:
    """Without a session that holds, without the second factor, or without a right left."""
    half = make_user(Role.COORDINATOR, scene.organisation)
    gone, late, ended, over = (make_user(Role.ADMINISTRATOR, scene.organisation) for _ in range(4))
    _end_rights(over)
    found = [
        actor("anonymous", None, is_in=False),
        actor("password alone", half, has_factor=False),
        actor("deactivated", gone, is_in=False),
        actor("session expired", late, is_in=False),
        # A change of rights ends the session; rights that run out leave it without any.
        actor("rights ended just now", ended, is_in=False),
        actor("rights run out", over, holds_rights=False),
    ]
    User.objects.filter(pk=gone.pk).update(is_active=False)
    past = timezone.now() - dt.timedelta(seconds=1)
    key = found[3].client.cookies["session"].value
    Session.objects.filter(session_key=name_of(key)).update(expire_date=past)
    _end_rights(ended)
    return found


def _end_rights(user: User) -> None:
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    span = (yesterday - dt.timedelta(days=30), yesterday)
    Membership.objects.filter(user=user).update(active=span)


def addresses(scene: Scene, person: User) -> list[Address]:
    """Every page of the resolver, with an address: about the scene, or about nothing."""
    found = [Address(name, path, True) for name, path in scene.addresses(person)]
    known = {address.name for address in found}
    for _route, name in access.urls():
        if name and name not in known:
            found += _general(name)
    found += _of_catalogue(scene)
    return found


def _general(name: str) -> list[Address]:
    arguments: Callable = {
        "indicator": lambda: [Indicator.objects.first().pk],
        "dashboard_chart": lambda: ["months"],
        "accept_invitation": lambda: ["no-such-link"],
        "decline_invitation": lambda: ["no-such-link"],
        "account_reset_password_from_key": lambda: ["0", "no-such-key"],
        "catalogue:app_list": lambda: ["programs"],
    }.get(name, list)
    try:
        return [Address(name, reverse(name, args=arguments()))]
    except NoReverseMatch:
        return []


def _of_catalogue(scene: Scene) -> list[Address]:
    """The admin's page of one row of each model that it edits: the scene's own, or a shared one."""
    found = []
    for model in apps.get_app_config("programs").get_models():
        if not catalogue.is_registered(model):
            continue
        owned = rows_of(model, scene)
        row = (owned or model._default_manager.all()).order_by("pk").first()
        if row is not None:
            name = f"catalogue:{model._meta.app_label}_{model._meta.model_name}_change"
            found.append(Address(name, reverse(name, args=[row.pk]), owned is not None))
    return found


def rows_of(model: type[Model], scene: Scene) -> QuerySet | None:
    """The rows of a model that are of the scene's organisation; None for what all share."""
    if model is Organisation:
        return Organisation.objects.filter(pk=scene.organisation.pk)
    names = {field.name for field in model._meta.get_fields()}
    path = next((path for path, name in OWNED if name in names), None)
    return model._default_manager.filter(**{path: scene.organisation}) if path else None


def photograph() -> dict[str, str]:
    """A hash of every table's rows, to see whether anything changed."""
    with connection.cursor() as cursor:
        names = sorted(connection.introspection.table_names(cursor))
        each = [f"SELECT '{name}', md5({ROWS}) FROM \"{name}\" t" for name in names]
        cursor.execute(" UNION ALL ".join(each))
        return dict(cursor.fetchall())
