"""Around the cells of a month: from table to table, menus of rows, texts that two people write."""

from playwright.sync_api import expect

from beneficiaries.actions import report as reports
from tests.browser.grid import cells, desk, report, typed
from tests.factories import make_breakdown, make_indicator, make_program_indicator

__all__ = ["desk", "report"]


def test_enter_passes_from_one_table_to_the_next(desk, report):
    make_program_indicator(report.program, make_indicator(make_breakdown()), position=2)
    desk.open(report.get_absolute_url())
    expect(desk.page.locator(".count-grid")).to_have_count(2)
    cells(desk).nth(10).focus()
    typed(desk, "7", "Enter")
    expect(cells(desk).nth(19)).to_be_focused()
    typed(desk, "ArrowUp")
    expect(cells(desk).nth(10)).to_be_focused()
    cells(desk).nth(26).focus()
    typed(desk, "ArrowDown")
    expect(cells(desk).nth(26)).to_be_focused()


def test_one_row_menu_is_open_and_all_of_it_in_sight(desk):
    desk.page.set_viewport_size({"width": 360, "height": 640})
    cells(desk).nth(0).focus()  # with the bar of a cell over the page
    opened = desk.page.locator(".row-menu[open]")
    summaries = desk.page.locator(".row-menu summary")
    before = cells(desk).nth(9).bounding_box()["y"] - summaries.nth(1).bounding_box()["y"]
    summaries.nth(0).click()
    summaries.nth(1).click()
    expect(opened).to_have_count(1)
    expect(opened.locator("a")).to_be_in_viewport(ratio=1)
    bar = desk.page.locator(".cell-bar").bounding_box()
    last = opened.locator("a").bounding_box()
    assert last["y"] + last["height"] <= bar["y"]
    after = cells(desk).nth(9).bounding_box()["y"] - summaries.nth(1).bounding_box()["y"]
    assert abs(after - before) < 30
    typed(desk, "Tab", "Escape")
    expect(opened).to_have_count(0)
    expect(summaries.nth(1)).to_be_focused()


def test_the_comment_that_somebody_else_wrote_is_said_beside_ones_own(desk, report):
    reports.comment_month(report=report, text="Snow.", revision=report.revision, by=desk.user)
    area = desk.page.locator("#comment")
    area.fill("Rain.")
    area.blur()
    told = desk.page.locator("#comment ~ .text-told")
    expect(told).to_contain_text("Somebody else wrote meanwhile: “Snow.”")
    expect(area).to_have_attribute("aria-invalid", "true")
    assert desk.violations() == []
    area.fill("Rain, then snow.")
    area.blur()
    expect(told).to_have_text("")
    expect(desk.page.locator("#saved")).to_contain_text("saved")
    report.refresh_from_db()
    assert report.comment == "Rain, then snow."
