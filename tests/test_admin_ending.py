"""A last day put before counts that exist: it is saved, and whoever saves it is told."""

import pytest

from accounts.roles import Role
from tests.editing import own, to, typed
from tests.factories import make_program, make_program_site, make_report, make_site, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
__all__ = ["own"]


@pytest.fixture
def administrator(client, own):
    client.force_login(make_user(Role.ADMINISTRATOR, own))
    return client


@pytest.fixture
def report(own):
    """Counts of January 2026."""
    return make_report(make_program_site(make_program(own), make_site(own)))


def saved(client, address: str, **changes) -> str:
    answer = client.post(address, typed(client, address, **changes), follow=True)
    assert answer.redirect_chain
    return answer.content.decode()


def test_a_program_that_ends_before_its_counts_is_saved_and_said(administrator, report):
    address = to("program", "change", report.program_id)
    page = saved(administrator, address, ends_on="2025-12-31")
    assert "ends on 31 Dec 2025, and there are counts of later months, up to January 2026" in page
    report.program.refresh_from_db()
    assert str(report.program.ends_on) == "2025-12-31"


@pytest.mark.parametrize("model", ["program", "site"])
def test_a_site_that_ends_before_its_counts_is_said_on_both_pages(administrator, report, model):
    address = to(model, "change", getattr(report, f"{model}_id"))
    page = saved(administrator, address, **{"program_sites-0-active_1": "2025-11-30"})
    assert "ends on 30 Nov 2025, and there are counts of later months" in page


def test_the_month_of_the_last_day_and_other_changes_are_not_said(administrator, report):
    address = to("program", "change", report.program_id)
    page = saved(administrator, address, ends_on="2026-01-01")
    assert "counts of later months" not in page
    page = saved(administrator, address, **{"program_sites-0-active_1": "2026-01-01"})
    assert "counts of later months" not in page
    page = saved(administrator, address, ends_on="2025-06-30")
    assert "counts of later months" in page
    assert "counts of later months" not in saved(administrator, address, due_days="6")


def test_counts_at_another_site_are_no_reason(administrator, own, report):
    other = make_program_site(report.program, make_site(own))
    address = to("site", "change", other.site_id)
    page = saved(administrator, address, **{"program_sites-0-active_1": "2025-11-30"})
    assert "counts of later months" not in page
