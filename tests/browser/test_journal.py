"""An auditor asks who saw what, at a desk and on a telephone."""

import pytest
from playwright.sync_api import expect

from audit import journal
from audit.scope import scope
from tests.browser.conftest import DESK, PHONE
from tests.factories import make_organisation, make_program, make_user


@pytest.mark.parametrize(("language", "size"), [("fr", PHONE), ("en", DESK)])
def test_an_auditor_finds_who_changed_a_program(visit, language, size, tmp_path):
    organisation = make_organisation()
    program = make_program(organisation)
    worker = make_user("coordinator", organisation, display_name="Nadia Roux")
    with scope(user_id=worker.pk, organisation_ids=[organisation.pk]):
        for action in ("change_program", "download_export", "view"):
            journal.record(action, program, by=worker, shown=[worker.pk], reason="Funder")
    auditor = make_user("auditor", organisation, language=language)
    window = visit(language, size)
    window.sign_in(auditor)
    assert window.page.url.endswith("/journal/")
    assert window.violations() == []
    assert not window.overflows()
    window.page.screenshot(path=tmp_path / "journal.png", full_page=True)
    asked, first = window.page.locator("#id_person"), window.page.locator("tbody th a").first
    assert asked.is_visible() == (size == DESK)
    assert first.bounding_box()["y"] < size["height"]
    if size == PHONE:
        window.page.click(".fold > summary")
    asked.select_option(str(worker.pk))
    window.page.click(".fold button")
    expect(asked).to_be_visible()
    expect(window.page.locator("tbody tr")).to_have_count(3)
    window.open(program.get_absolute_url())
    window.page.click("main a[href*='/journal/']")
    expect(window.page.locator("tbody tr")).to_have_count(3)
    window.page.locator("tbody th a").last.click()
    expect(window.page.locator("main")).to_contain_text("Nadia Roux")
    assert window.violations() == []
    assert not window.overflows()
    window.page.screenshot(path=tmp_path / "entry.png", full_page=True)
