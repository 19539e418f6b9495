"""A form that is sent several times at once makes one row."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connections
from django.http import HttpResponse, HttpResponseRedirect
from django.template import engines
from django.urls import clear_url_caches, path

from accounts.models import Invitation, Membership
from accounts.roles import Role
from audit import journal
from audit.models import JournalEntry
from beneficiaries.models import PeriodLock
from ngo_portal import access, urls
from programs.models import FundedProject
from programs.months import month_after
from tests.factories import make_membership, make_user
from tests.forms import form_with
from tests.proof import Figure, Run, proof
from tests.scene import make_scene
from tests.signing import SignedClient

GUARD = "ngo_portal.middleware.one_submission"


@dataclass
class Sending:
    """One form: where it stands, what is typed, and how many rows there are of what it makes."""

    address: str
    typed: dict[str, str]
    rows: Callable[[], int]


def send_together(person, sending: Sending, times: int) -> tuple[int, set[str]]:
    """Send one rendered form `times` at once; returns rows made, and where the answers lead."""
    client = SignedClient()
    client.force_login(person)
    page = client.get(sending.address).content.decode()
    data = form_with(page, next(iter(sending.typed))).data(**sending.typed)
    before, led, barrier = sending.rows(), [], threading.Barrier(times)

    def work() -> None:
        own = SignedClient()
        own.cookies = client.cookies
        barrier.wait()
        try:
            answer = own.post(sending.address, data)
            led.append(answer.headers.get("Location") or str(answer.status_code))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _one in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sending.rows() - before, set(led)


def write_a_line(request):
    """A page of nothing but a form that adds a line: no rule of a table stops a second one."""
    if request.method == "POST":
        journal.record("sent", by=request.user)
        return HttpResponseRedirect("/sent/")
    template = engines["django"].from_string('<form method="post">{% form_key %}<input name="x">')
    return HttpResponse(template.render({}, request))


def pages(scene, number: int) -> list[Sending]:
    """Forms that make rows, with what a person would type."""
    colleague, year, month = scene.colleague, 2030 + number, dt.date(2023, 1, 1)
    for _one in range(number):
        month = month_after(month)
    lock = {"first": f"{month}", "last": f"{month}", "reason": "The auditors have passed."}
    role = {"role": "case_worker", "active_0": f"{year}-01-01", "active_1": f"{year}-02-01"}
    who = {"email": f"new{number}@example.org", "role": "case_worker", "language": "fr"}
    project = {"name_fr": "Action", "name_en": "Project", "code": f"SENT{number}"}
    project |= {"objective_fr": "Un toit", "objective_en": "A roof"}
    project |= {"period_0": "2026-01-01", "period_1": "2026-12-31"}
    return [
        Sending("/probe/", {"x": "1"}, JournalEntry.objects.filter(action="sent").count),
        Sending("/counts/locks/new/", lock, PeriodLock.objects.count),
        Sending("/access/invite/", who, Invitation.objects.count),
        Sending(f"/access/accounts/{colleague.pk}/grant/", role, Membership.objects.count),
        Sending("/catalogue/programs/fundedproject/add/", project, FundedProject.objects.count),
    ]


@proof("One form sent ten times at once: rows too many", commits=True)
def double_submits(run: Run) -> Figure:
    scene = make_scene()
    person = make_user(Role.COORDINATOR, scene.organisation)
    make_membership(person, Role.ADMINISTRATOR, scene.organisation)
    patch, times = run.fixture("monkeypatch"), 10
    probe = path("probe/", write_a_line, name="probe")
    patch.setattr(urls, "urlpatterns", [probe, *urls.urlpatterns])
    patch.setitem(access.PAGES, "probe", access.Page(access.FORM))
    clear_url_caches()
    tried, wrong = 0, []
    for number in range(run.amount(quick=1, full=20)):
        for sending in pages(scene, number):
            made, led = send_together(person, sending, times)
            tried += times
            if made != 1 or len(led) != 1:
                wrong.append(f"{sending.address}: {made} rows, {led}")
    settings = run.fixture("settings")
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != GUARD]
    unguarded, _led = send_together(person, pages(scene, 99)[0], times)
    clear_url_caches()
    return Figure(tried, len(wrong), unguarded - 1, "forms", "without the key", tuple(wrong))
