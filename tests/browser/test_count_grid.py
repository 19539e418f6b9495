"""A month typed on the grid: keyboard, autosave, lost connection, somebody else, no JavaScript."""

from playwright.sync_api import expect

from accounts.roles import Role
from beneficiaries.actions import count as counts
from beneficiaries.actions.count import Entry
from tests.browser.conftest import PHONE
from tests.browser.grid import cells, desk, ids, report, state, typed
from tests.factories import make_user

__all__ = ["desk", "report"]


def test_a_month_is_typed_by_keyboard_submitted_and_approved(desk, report, visit):
    assert desk.violations() == []
    cells(desk).nth(0).focus()
    typed(desk, "12", "ArrowRight", "nc", "ArrowDown", "7", "Enter", "Tab")
    for number in (0, 1, 10):
        state(desk, number, "saved")
    assert report.counts.get(value=12).revision
    assert report.counts.get(missing_reason="not_collected")
    cells(desk).nth(0).focus()
    typed(desk, "99", "Escape", "Tab")
    assert cells(desk).nth(0).input_value() == "12"
    desk.page.wait_for_selector("text=7 cells are empty")
    for row in range(2):
        desk.page.locator(".row-menu summary").nth(row).click()
        desk.page.locator(".row-menu[open] button[value=zero]").click()
        state(desk, 2 + 9 * row, "saved")
    desk.page.wait_for_selector("text=January can be submitted")
    assert desk.violations() == []
    desk.page.click("text=Submit January for approval")
    desk.page.wait_for_selector("text=Someone else now approves it")
    assert desk.complaints == []
    coordinator = visit("en", PHONE)
    coordinator.sign_in(make_user(Role.COORDINATOR, report.organisation))
    coordinator.open("/")
    coordinator.page.click("text=Review")
    assert not coordinator.overflows()
    coordinator.page.click("text=Approve January")
    coordinator.page.wait_for_selector("text=Its figures are in the dashboard now")
    assert coordinator.violations() == []
    report.refresh_from_db()
    assert report.status == "approved"


def test_a_lost_connection_loses_nothing(desk, report):
    desk.page.context.set_offline(True)
    cells(desk).nth(0).focus()
    typed(desk, "5", "Tab", "6", "Tab")
    state(desk, 0, "waiting")
    assert desk.page.is_visible("#offline")
    assert not report.counts.exists()
    desk.page.context.set_offline(False)
    state(desk, 1, "saved")
    assert sorted(report.counts.values_list("value", flat=True)) == [5, 6]


def test_escape_takes_back_a_number_that_waits_for_the_connection(desk, report):
    desk.page.context.set_offline(True)
    cells(desk).nth(0).focus()
    typed(desk, "5", "Tab")
    state(desk, 0, "waiting")
    cells(desk).nth(0).focus()
    typed(desk, "Escape", "Tab", "6", "Tab")
    desk.page.context.set_offline(False)
    state(desk, 1, "saved")
    assert report.counts.get().value == 6
    assert cells(desk).nth(0).input_value() == ""


def test_somebody_elses_number_is_shown_beside_ones_own(desk, report):
    colleague = make_user(Role.FIELD_WORKER, report.organisation)
    first, second = [tuple(map(int, cell.split("-")[1:])) for cell in ids(desk)[:2]]
    entries = {first: Entry(8), second: Entry(9)}
    counts.save_cells(report=report, entries=entries, by=colleague)
    cells(desk).nth(0).focus()
    typed(desk, "5", "Tab", "6", "Tab")
    state(desk, 0, "stale")
    state(desk, 1, "stale")
    assert desk.violations() == []
    desk.page.locator("#conflicts .theirs").nth(0).click()
    desk.page.locator("#conflicts .mine").nth(0).click()
    state(desk, 1, "saved")
    assert cells(desk).nth(0).input_value() == "8"
    assert sorted(report.counts.values_list("value", flat=True)) == [6, 8]


def test_a_mistake_is_said_and_stays(desk):
    cells(desk).nth(0).focus()
    typed(desk, "many", "Tab")
    state(desk, 0, "invalid")
    assert ": “many” is not understood" in desk.page.inner_text("#cell-said")
    cells(desk).nth(0).focus()
    assert "not understood" in desk.page.inner_text("#cell-said")
    assert cells(desk).nth(0).input_value() == "many"
    typed(desk, "Escape")
    expect(desk.page.locator("td.invalid, td [aria-invalid]")).to_have_count(0)
    assert desk.page.inner_text("#cell-said") == ""
    assert cells(desk).nth(0).input_value() == ""


def test_a_total_adds_no_number_that_is_refused(desk):
    cells(desk).nth(0).focus()
    typed(desk, "7", "Tab", "999999999999", "Tab")
    state(desk, 1, "invalid")
    assert desk.page.locator("output").nth(0).inner_text() == "7"


def test_a_comment_is_written_by_keyboard(desk, report):
    cells(desk).nth(0).focus()
    typed(desk, "4", "Tab")
    state(desk, 0, "saved")
    cells(desk).nth(0).focus()
    typed(desk, "F2")
    desk.page.fill("#cell-comment", "Holidays.")
    assert desk.violations() == []
    desk.page.mouse.click(5, 5)  # beside the dialog: what was typed is not thrown away
    desk.page.click("text=Save the comment")
    desk.page.wait_for_selector("td.commented")
    assert report.counts.get().comment == "Holidays."


def test_a_comment_that_cannot_be_sent_says_so_in_its_dialog(desk, report):
    cells(desk).nth(0).focus()
    typed(desk, "4", "F2")
    desk.page.fill("#cell-comment", "Holidays.")
    desk.page.context.set_offline(True)
    desk.page.click("text=Save the comment")
    told = desk.page.locator("#cell-dialog [role=alert]")
    expect(told).to_have_text("not sent yet: no connection")
    assert desk.page.input_value("#cell-comment") == "Holidays."
    desk.page.context.set_offline(False)
    colleague = make_user(Role.FIELD_WORKER, report.organisation, display_name="Bina")
    entries = {tuple(map(int, ids(desk)[0].split("-")[1:])): Entry(8)}
    counts.save_cells(report=report, entries=entries, by=colleague)
    desk.page.click("text=Save the comment")
    expect(told).to_contain_text("meanwhile")
    expect(desk.page.locator("#cell-dialog .timeline strong").first).to_have_text("8")
    assert cells(desk).nth(0).input_value() == "8"
    assert desk.page.input_value("#cell-comment") == "Holidays."
    desk.page.click("text=Save the comment")
    desk.page.wait_for_selector("#cell-dialog:not([open])", state="attached")
    assert (report.counts.get().value, report.counts.get().comment) == (8, "Holidays.")


def test_a_phone_says_of_one_cell_why_it_has_no_number(report, visit):
    person = visit("fr", PHONE)
    person.sign_in(make_user(Role.FIELD_WORKER, report.organisation, language="fr"))
    person.open(report.get_absolute_url())
    cells(person).nth(1).click()
    person.page.click("#cell-open")
    person.page.wait_for_selector("#cell-dialog[open]")
    assert person.violations() == []
    assert person.low_targets() == []
    person.page.click("#cell-dialog >> text=Fermer")
    person.page.click("#cell-open")
    person.page.click("#cell-dialog >> text=sans objet")
    state(person, 1, "saved")
    assert cells(person).nth(1).input_value() == "na"
    assert report.counts.get().missing_reason == "not_applicable"
    cells(person).nth(1).fill("3")
    with person.page.expect_response("**/cell/"):
        cells(person).nth(2).click()
    assert report.counts.get().value == 3
    assert not person.overflows()
    assert person.complaints == []


def test_a_block_is_pasted_after_a_look(desk, report):
    cells(desk).nth(0).focus()
    desk.page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text/plain", "1\\u202f200\\t3\\n4\\t5\\n6\\t7\\n");
          const event = { clipboardData: data, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", event));
        }"""
    )
    desk.page.wait_for_selector("text=Outside the grid")
    assert desk.violations() == []
    desk.page.click("text=Write these numbers")
    desk.page.wait_for_selector("text=4 cells changed.")
    assert sorted(report.counts.values_list("value", flat=True)) == [3, 4, 5, 1200]


def test_the_grid_works_without_javascript_on_a_phone(report, visit):
    person = visit("en", PHONE, java_script_enabled=False)
    person.sign_in(make_user(Role.FIELD_WORKER, report.organisation))
    person.open(report.get_absolute_url())
    cells(person).nth(0).fill("12")
    cells(person).nth(1).fill("many")
    person.page.locator("button.without-script").click()
    assert "not understood" in person.page.inner_text("#error-summary")
    assert cells(person).nth(1).input_value() == "many"
    assert report.counts.get().value == 12


def test_a_number_typed_before_the_scripts_arrive_is_saved_once_they_do(report, visit):
    person = visit("en")
    person.sign_in(make_user(Role.FIELD_WORKER, report.organisation))
    scripts = []
    person.page.route("**/grid*.js", lambda route: scripts.append(route))
    person.page.goto(person.base + report.get_absolute_url(), wait_until="commit")
    cells(person).nth(0).fill("12")
    cells(person).nth(1).focus()
    scripts.pop().continue_()
    state(person, 0, "saved")
    assert report.counts.get().value == 12
