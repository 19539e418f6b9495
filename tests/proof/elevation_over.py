"""Emergency access opens nothing before its first or after its last instant."""

from __future__ import annotations

import datetime as dt
import re

from django.db import transaction

from accounts import arrival
from accounts.models import Elevation
from accounts.roles import Role
from tests.factories import make_elevation, make_site, make_user
from tests.proof import Figure, Run, proof
from tests.scene import make_scene
from tests.test_access_matrix import methods, without_object

# The key of an upload is new at each visit.
PASSING = re.compile(r"(?<=/workbooks/)[0-9a-f-]{36}")
INSTANT = dt.timedelta(microseconds=1)


def opened(client, person, scene) -> set[tuple[str, str]]:
    """The pages, by method, that a person is not refused; what they did there is undone."""
    found = set()
    with transaction.atomic():
        client.force_login(person)
        for name, address in [*without_object(), *scene.addresses(person)]:
            for method in methods(name):
                if getattr(client, method)(address).status_code not in {403, 404}:
                    found.add((method, PASSING.sub("", address)))
        transaction.set_rollback(True)
    return found


class Clock:
    """What the start of a request takes for now."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at

    def now(self) -> dt.datetime:
        return self.at

    def localdate(self, value: dt.datetime | None = None) -> dt.date:
        return (value or self.at).date()


@proof("Pages opened by emergency access outside its time")
def elevation_over(run: Run) -> Figure:
    client, patch = run.fixture("client"), run.fixture("monkeypatch")
    scene = make_scene()
    person = make_user(Role.FIELD_WORKER, scene.organisation, site=make_site(scene.organisation))
    own = opened(client, person, scene)
    elevation = make_elevation(person, scene.organisation)
    during = opened(client, person, scene) - own
    tried, wrong = 0, set()
    for at in moments(elevation, run.amount(quick=1, full=12)):
        patch.setattr(arrival, "timezone", Clock(at))
        after = opened(client, person, scene)
        tried += len(own) + len(during)
        wrong |= {f"{address} at {at}" for _method, address in after - own}
    return Figure(tried, len(wrong), len(during), "pages", "opened while it lasts", tuple(wrong))


def moments(elevation: Elevation, more: int) -> list[dt.datetime]:
    """Its very end, the instant before its beginning, and later ones."""
    start, end = elevation.starts_at, elevation.ends_at
    return [
        end,
        start - INSTANT,
        *(end + number * dt.timedelta(minutes=7) for number in range(more)),
    ]
