"""Seeding through the portal's own actions, on small families."""

import dataclasses
import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import factors
from accounts.models import Membership, User
from accounts.roles import Role
from accounts.two_people import SECOND_ROLES
from audit.models import JournalEntry
from beneficiaries.models import BeneficiaryCount, CountReport, LockException, TallySheet
from ngo_portal.demo import (
    accounts,
    cases,
    families,
    invented,
    la_mist,
    lumiere,
    reports,
    seeding,
)
from ngo_portal.demo.calendar import Calendar
from programs.models import Grant, Organisation, Program, ProgramSite
from programs.months import month_after

pytestmark = pytest.mark.django_db


@pytest.fixture
def calendar():
    return Calendar(timezone.now(), months=3)


@pytest.fixture
def portal():
    """The platform, the standard catalogue and the fictional funder."""
    seeding.start()
    seeding.make(lumiere.FAMILY, Calendar(timezone.now()))


def small(family, program, site, rows=2):
    """A family that keeps one program, one of its sites and its first rows."""
    works = tuple(dataclasses.replace(w, since=None) for w in program.works if w.site == site)
    program = dataclasses.replace(program, works=works, rows=program.rows[:rows], aims=())
    return dataclasses.replace(family, programs=(program,), projects=())


@pytest.fixture
def one_family(portal, calendar, monkeypatch):
    """La Mist's maraudes over three months, without the awkward cases of others."""
    family = small(la_mist.FAMILY, la_mist.MARAUDES, "VINCENNES", rows=4)
    return dataclasses.replace(family, accounts=family.accounts[:1] + family.accounts[2:4])


def test_a_family_is_typed_submitted_and_approved_by_two_people(one_family, calendar):
    seeding.make(one_family, calendar)
    months = {r.month: r for r in CountReport.objects.filter(program__code="MARAUDES")}
    assert len(months) == 4
    assert months.pop(calendar.this_month).status == "draft"
    for month, report in months.items():
        assert report.status == "approved"
        assert report.submitted_by != report.reviewed_by
        assert month_after(month) <= report.submitted_at.date() <= report.due_on
        assert report.submitted_at <= report.reviewed_at <= timezone.now()


def test_the_sheets_of_a_month_add_up_to_its_rounds(one_family, calendar):
    seeding.make(one_family, calendar)
    for report in CountReport.objects.approved().filter(program__code="MARAUDES"):
        rounds = BeneficiaryCount.objects.get(report=report, indicator__code="ROUNDS").value
        days = TallySheet.objects.filter(
            day__gte=report.month, day__lt=month_after(report.month)
        ).count()
        assert rounds == days
        assert rounds == la_mist.ROUNDS.get((2025, report.month.month), 0)


def test_an_interrupted_family_goes_on_where_it_stopped(one_family, calendar, monkeypatch):
    made = reports.make_month
    left = [2]

    def stop_after_two(desk, month):
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return made(desk, month)

    monkeypatch.setattr(reports, "make_month", stop_after_two)
    with pytest.raises(KeyboardInterrupt):
        seeding.make(one_family, calendar)
    assert CountReport.objects.count() == 2
    assert not seeding.is_there(one_family)
    monkeypatch.setattr(reports, "make_month", made)
    assert seeding.make(one_family, calendar).reports == 2
    assert seeding.is_there(one_family)
    assert CountReport.objects.count() == 4


def test_what_is_there_is_kept(one_family, calendar):
    seeding.make(one_family, calendar)
    before = JournalEntry.objects.count()
    assert not seeding.start()
    assert seeding.make_or_keep(one_family, calendar).reports is None
    assert JournalEntry.objects.count() == before


def signs_in(email: str, address: str) -> bool:
    """With the password that the sign-in page shows, then a code of the account's application."""
    client = Client(REMOTE_ADDR=address)
    client.post("/sign-in/", {"login": email, "password": accounts.PASSWORD})
    now = factors.code_at(accounts.secret_of(email), factors.step_now())
    client.post("/sign-in/code/", {"code": now})
    return client.get("/").status_code == 200


def test_whoever_was_invited_signs_in(one_family, calendar):
    seeding.make(one_family, calendar)
    assert signs_in("coordination@lamist.example", "127.0.0.1")
    assert User.objects.get(email="coordination@lamist.example").language == "fr"


def test_its_people_may_be_the_second_of_two(one_family):
    given = Membership.objects.filter(role__in=SECOND_ROLES, program=None, site=None)
    others = given.exclude(granted_by=None)
    assert set(others.settled().values_list("pk")) == set(others.values_list("pk"))
    assert others.exists()


def test_awkward_things_happen_to_invented_organisations(portal):
    calendar = Calendar(timezone.now(), months=15)
    kept = {case.indicator for case in cases.CASES} | {"CHILDREN_SHELTERED", "ROUNDS"}
    programs = tuple(
        dataclasses.replace(p, rows=tuple(r for r in p.rows if r.indicator in kept), aims=())
        for p in invented.FAMILY.programs
    )
    seeding.make(dataclasses.replace(invented.FAMILY, programs=programs), calendar)
    ago = {n: month_after(calendar.this_month, -n) for n in range(16)}
    states = {
        (r.site.code, n, r.version): r.status
        for r in CountReport.objects.select_related("site")
        for n, month in ago.items()
        if r.month == month
    }
    assert ("SOUTH", 1, 1) not in states
    assert ("SOUTH", 2, 1) not in states
    assert ("VALLEY", 5, 1) not in states
    assert states["VALLEY", 14, 1] == "approved"
    assert states["NORTH", 1, 1] == states["REFUGE", 1, 1] == states["PUERTO", 1, 1] == "submitted"
    assert (states["STATION", 1, 1], states["NORTH", 0, 1]) == ("returned", "draft")
    assert (states["NORTH", 5, 1], states["NORTH", 5, 2]) == ("superseded", "approved")
    assert (states["REFUGE", 7, 1], states["REFUGE", 7, 2]) == ("approved", "draft")
    missing = BeneficiaryCount.objects.exclude(missing_reason="").values_list("missing_reason")
    assert {reason for (reason,) in missing} == {"not_collected", "not_applicable", "withheld"}
    assert LockException.objects.get().until > dt.date.today()  # noqa: DTZ011


def test_the_catalogue_of_all_families_is_valid(portal, monkeypatch):
    """Organisations, sites, programs, money, targets and accounts; without the months."""
    monkeypatch.setattr(reports, "make", lambda *_: 0)
    monkeypatch.setattr("ngo_portal.demo.awkward.finish", lambda *_: None)
    calendar = Calendar(timezone.now())
    for family in families.ALL[1:]:
        seeding.make(family, calendar)
    listed = [line.email for family in families.SHOWN for line in accounts.lines(family)]
    assert len(listed) > 40
    assert [email for n, email in enumerate(listed) if not signs_in(email, f"10.0.{n}.1")] == []
    assert Organisation.objects.get(code="AGROGOTI").aliases[0] == "Agrogothi"
    assert set(Membership.objects.values_list("role", flat=True)) == set(Role.values)
    assert Grant.objects.exclude(funder__code="LUMIERE").exclude(amount=None).count() == 0
    tallied = ProgramSite.objects.filter(is_tallied=True).values_list("site__code", flat=True)
    assert set(tallied) == {"VINCENNES", "CMO", "STATION"}
    cmo = Program.objects.get(code="PEGASE_CMO")
    assert {t.value for t in cmo.targets.all()} == {5160}
    assert cmo.partnerships.filter(role="agency").count() == 10


def test_no_seed_outside_a_demonstration(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="only for a demonstration"):
        call_command("seed")
    with pytest.raises(CommandError, match="in a demonstration only"):
        call_command("demo_accounts")


def test_no_seed_over_other_data():
    Organisation.objects.create(
        code="OTHER", name_fr="Autre", name_en="Other", kinds=["OWN"], country="FR"
    )
    with pytest.raises(CommandError, match="already holds other data"):
        call_command("seed")


def test_one_account_per_role_is_printed(settings, capsys):
    settings.DEMO = True
    call_command("demo_accounts")
    printed = capsys.readouterr().out
    assert "coordination@prerana.example" in printed
    assert accounts.PASSWORD in printed
    assert len(printed.splitlines()) == 1 + len(Role.values) + 3
    call_command("demo_accounts", "--all")
    assert "partner@puenteclaro.example" in capsys.readouterr().out


def test_the_sign_in_page_lists_the_accounts_in_a_demonstration_only(client, settings):
    settings.DEMO = True
    page = client.get(reverse("account_login")).content.decode()
    assert accounts.PASSWORD in page
    assert "partner@agrogoti.example" in page
    settings.DEMO = False
    page = client.get(reverse("account_login")).content.decode()
    assert accounts.PASSWORD not in page
    assert "agrogoti" not in page
