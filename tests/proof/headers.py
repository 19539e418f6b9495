"""Security headers, cookies and `no-store` on every answer, as production sends them."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings as configured
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.db import OperationalError
from django.http import HttpResponse
from django.urls import clear_url_caches, path

from accounts.roles import Role
from ngo_portal import access, urls
from ngo_portal.headers import HEADERS
from tests.browser.test_every_page import ADDRESSES_OF_CATALOGUE
from tests.factories import make_organisation, make_user
from tests.proof import Figure, Run, proof
from tests.scene import make_scene
from tests.signing import SignedClient
from tests.test_access_matrix import without_object

METHODS = ("get", "head", "post", "put", "delete", "options")
OPEN = [
    *["/healthz", "/sign-in/", "/sign-in/password/reset/", "/invitations/unknown/"],
    *["/nowhere/", "/counts/?month=%00", "/static/nothing.css", "/robots.txt"],
]
PRODUCTION = {
    "SESSION_COOKIE_NAME": "__Host-session",
    "CSRF_COOKIE_NAME": "__Host-csrf",
    "LANGUAGE_COOKIE_NAME": "__Host-language",
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "LANGUAGE_COOKIE_SECURE": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
}
ERRORS = {
    400: BadRequest("no"),
    413: RequestDataTooBig("too big"),
    500: ValueError("broken"),
    503: OperationalError("gone"),
}
GUARD = "ngo_portal.headers.headers"


def refusing(status: int):
    """A page that answers with an error, or breaks in the way that leads to it."""

    def view(request):
        if status in ERRORS:
            raise ERRORS[status]
        return HttpResponse(status=status)

    return path(f"probe/{status}/", view, name=f"probe{status}")


CSP = "Content-Security-Policy"


def missing(answer) -> list[str]:
    """What an answer lacks."""
    wanted = HEADERS
    if answer.headers.get("Content-Disposition", "").startswith("attachment"):
        # A file locked up more tightly still.
        sandboxed = "sandbox" in answer.headers.get("Content-Security-Policy", "")
        wanted = {n: v for n, v in HEADERS.items() if n != CSP or not sandboxed}
    lacks = [name for name, value in wanted.items() if answer.headers.get(name) != value]
    if answer.headers.get("Cache-Control") != "no-store":
        lacks.append("no-store")
    if "max-age=31536000" not in answer.headers.get("Strict-Transport-Security", ""):
        lacks.append("HSTS")
    for name, cookie in answer.cookies.items():
        is_guarded = cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Lax"
        if cookie["max-age"] != 0 and not (name.startswith("__Host-") and is_guarded):
            lacks.append(f"cookie {name}")
    return lacks


def answers(people: list, addresses: list[str]) -> Iterator[tuple[str, object]]:
    for person in people:
        client = SignedClient(raise_request_exception=False)
        if person:
            client.force_login(person)
        for address in addresses:
            for method in METHODS:
                answer = getattr(client, method)(address, secure=True)
                if person and address in {"/sign-in/out/", "/leave/"}:
                    client.force_login(person)
                if answer.streaming:
                    answer.getvalue()
                yield f"{method} {address} {answer.status_code}", answer


@proof("Answers without one of the security headers, with a weak cookie, or left in a cache")
def headers(run: Run) -> Figure:
    settings, patch = run.fixture("settings"), run.fixture("monkeypatch")
    for name, value in PRODUCTION.items():
        setattr(settings, name, value)
    probes = [refusing(status) for status in (400, 403, 404, 405, 413, 429, 500, 503)]
    patch.setattr(urls, "urlpatterns", [*probes, *urls.urlpatterns])
    for probe in probes:
        patch.setitem(
            access.PAGES, probe.name, access.Page(access.FORM, scope=access.Scope.EVERYONE)
        )
    clear_url_caches()
    scene = make_scene()
    people = [None, *[make_user(role, scene.organisation) for role in chosen(run)]]
    people += [make_user(Role.COORDINATOR, make_organisation())] if run.is_full else []
    found = [address for _name, address in [*without_object(), *scene.addresses(scene.colleague)]]
    addresses = [*OPEN, *(f"/{probe.pattern}" for probe in probes), *ADDRESSES_OF_CATALOGUE, *found]
    tried, wrong = 0, []
    for told, answer in answers(people, addresses):
        tried += 1
        wrong += [f"{told}: {missing(answer)}"] if missing(answer) else []
        run.tell(tried)
    settings.MIDDLEWARE = [name for name in configured.MIDDLEWARE if name != GUARD]
    control = sum(bool(missing(answer)) for _told, answer in answers([None], OPEN))
    clear_url_caches()
    return Figure(tried, len(wrong), control, "answers", "without its middleware", tuple(wrong[:9]))


def chosen(run: Run) -> list[str]:
    return Role.values if run.is_full else [Role.COORDINATOR]
