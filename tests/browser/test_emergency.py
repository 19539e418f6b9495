"""Emergency access in front of a screen, and what leaving in a hurry leaves behind."""

import os
import re

import pytest
from playwright.sync_api import expect

from beneficiaries.models import BeneficiaryCount
from tests.browser.conftest import DESK, PHONE
from tests.factories import make_user
from tests.scene import make_scene

PICTURES = os.environ.get("PORTAL_PICTURES")


def picture(window, name: str) -> None:
    """Keep what the screen shows, for whoever looks at it (PORTAL_PICTURES names a folder)."""
    if PICTURES:
        window.page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def faults(window) -> list[str]:
    wide = ["wider than the screen"] if window.overflows() else []
    return [*window.violations(), *window.complaints, *wide]


@pytest.mark.parametrize(("language", "size"), [("fr", PHONE), ("en", DESK)])
def test_it_is_opened_shown_ended_and_reviewed(visit, language, size):
    scene = make_scene()
    worker = make_user("field_worker", scene.organisation, language=language)
    coordinator = make_user("coordinator", scene.organisation, language=language)
    window = visit(language, size)
    window.sign_in(worker)
    window.open("/emergency/")
    window.page.fill("textarea[name=reason]", "Trop court")
    window.page.click("main form button.btn-primary")
    window.page.wait_for_selector("#error-summary")
    expect(window.page.locator("textarea[name=reason]")).to_have_value("Trop court")
    picture(window, f"emergency-form-{language}")
    assert faults(window) == []
    window.page.select_option("select[name=role]", "coordinator")
    window.page.fill(
        "textarea[name=reason]", "La coordinatrice est absente et le mois est dû ce soir."
    )
    window.page.click("main form button.btn-primary")
    window.page.wait_for_selector(".elevation")
    window.open("/dashboard/")
    assert window.page.is_visible(".elevation")
    picture(window, f"emergency-open-{language}")
    assert faults(window) == []
    window.page.click(".elevation button")
    window.page.wait_for_selector(".elevation", state="detached")
    other = visit(language, size)
    other.sign_in(coordinator)
    picture(other, f"emergency-home-{language}")
    other.open("/emergency/reviews/")
    picture(other, f"emergency-list-{language}")
    assert faults(other) == []
    other.page.click("section ul.work a.btn >> nth=-1")
    other.page.check("input[value=justified]")
    other.page.fill("textarea[name=findings]", "Vérifié avec la personne.")
    picture(other, f"emergency-review-{language}")
    assert faults(other) == []
    other.page.click("main form button.btn-primary")
    other.page.wait_for_selector("#messages .notice")


def test_nothing_is_seen_by_going_back_after_signing_out(visit):
    scene = make_scene()
    window = visit("en", DESK)
    window.sign_in(make_user("coordinator", scene.organisation))
    window.open(scene.draft.get_absolute_url())
    shown = window.page.inner_text("h1")
    window.page.click("header form[action$='/out/'] button")
    window.page.wait_for_url(lambda url: "/counts/" not in url)
    window.page.go_back()
    expect(window.page).to_have_url(re.compile("/sign-in/"))
    assert shown not in window.whole().content()


def test_quick_exit_sends_what_was_typed_and_leaves(visit):
    scene = make_scene()
    window = visit("en", DESK)
    window.sign_in(make_user("coordinator", scene.organisation))
    window.page.route("https://www.wikipedia.org/**", lambda route: route.fulfill(body="elsewhere"))
    window.open(scene.draft.get_absolute_url())
    cell = window.page.locator(".count-grid input[inputmode]").first
    indicator, cell_id = cell.get_attribute("id").removeprefix("cell-").split("-")
    cell.fill("37")  # not left yet: nothing was sent
    window.page.keyboard.press("Control+Shift+X")
    window.page.wait_for_url("https://www.wikipedia.org/**")
    kept = BeneficiaryCount.objects.get(report=scene.draft, indicator=indicator, cell=cell_id)
    assert kept.value == 37
    window.page.go_back()
    assert "count-grid" not in window.page.content()


def test_no_text_becomes_a_script(visit):
    window = visit("en", DESK)
    window.open("/sign-in/")
    refused = window.page.evaluate(
        """() => ["1", "setTimeout"].map((text, number) => {
            try {
              if (number) setTimeout("globalThis.ran = true");
              else document.createElement("script").text = "globalThis.ran = true";
              return "accepted";
            } catch (error) { return error.name; }
        })"""
    )
    assert refused == ["TypeError", "TypeError"]
    assert window.page.evaluate("globalThis.ran") is None
    window.page.evaluate(
        "document.body.innerHTML += '<script>globalThis.ran = 1</script><b>ok</b>'"
    )
    assert window.page.locator("body > b").count() == 1
    assert window.page.locator("body > script").count() == 0


def test_a_screen_that_nobody_reads_is_blurred_until_somebody_comes(visit):
    window = visit("en", DESK)
    window.page.clock.install()
    window.sign_in(make_user("coordinator", make_scene().organisation))
    window.page.clock.run_for(181_000)
    assert window.page.is_visible(".unattended-word")
    window.page.keyboard.press("Shift")
    assert not window.page.is_visible(".unattended-word")
