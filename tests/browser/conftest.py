"""A real server over a database of its own, and real Chromium in front of it."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connections
from django.test.testcases import LiveServerThread
from playwright.sync_api import Page, expect, sync_playwright

from accounts import factors
from tests.browser.slow import handler
from tests.signing import next_code, with_application

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    *["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
    *["--disable-background-networking", "--disable-component-update", "--disable-sync"],
]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "a long enough password"
expect.set_options(timeout=10_000)
LOW = """() => [...document.querySelectorAll("button, .btn, select, textarea, summary, input")]
    .filter((one) => one.offsetParent && !one.matches("[type=checkbox], [type=radio]"))
    .filter((one) => one.offsetWidth > 1 && one.offsetHeight < 44)
    .map((one) => one.outerHTML.slice(0, 120))"""


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in Path(item.fspath).parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium(django_db_setup):
    """One browser a worker; without Chromium its tests skip, or fail where it is required."""
    if not CHROMIUM:
        if os.environ.get("PORTAL_REQUIRE_BROWSER"):
            pytest.fail("Chromium is required here and is not installed.")
        pytest.skip("CHROMIUM IS NOT INSTALLED: the journeys in a browser were not tested.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def server(own_database):
    """The portal on a free port of this machine, in threads of this process."""
    thread = LiveServerThread("localhost", handler())
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://localhost:{thread.port}"
    thread.terminate()
    connections.close_all()


@dataclass
class Visit:
    """A person in front of the portal: the page, what the console said, where the server is.

    A press returns when the next page begins to arrive. What is asserted of that page is either
    `expect(...)`, which waits, or comes after `whole()`.
    """

    page: Page
    base: str
    complaints: list[str]

    def open(self, path: str):
        return self.page.goto(self.base + path)

    def whole(self) -> Page:
        """The page, once all of it is here."""
        self.page.wait_for_load_state()
        return self.page

    def sign_in(self, user) -> None:
        """Password, then a code of the person's application."""
        if not factors.of(user).exists():
            with_application(user)
        self.open("/sign-in/")
        self.give_password(user)
        self.page.fill("input[name=code]", next_code(user))
        self.page.click("main form button.btn-primary")
        self.page.wait_for_url(lambda url: "/sign-in/" not in url)

    def give_password(self, user) -> None:
        self.page.fill("input[name=login]", user.email)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("main form button.btn-primary")

    def has_finger(self) -> None:
        """Give the device passkeys, and a finger that it always knows."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
        }
        session.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def violations(self) -> list[str]:
        """What axe-core finds wrong on the page as it stands (WCAG 2.2 AA)."""
        self.whole().evaluate(AXE.read_text())
        found = self.page.evaluate(
            "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',"
            " 'best-practice']})"
        )
        return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found["violations"]]

    def low_targets(self) -> list[str]:
        """Buttons, fields and folds that are lower than 44 px, too low for a finger."""
        return [f"lower than 44 px: {html}" for html in self.whole().evaluate(LOW)]

    def overflows(self) -> bool:
        """Whether the page is wider than the screen."""
        return self.whole().evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )


@pytest.fixture
def visit(chromium, server):
    """`visit("fr", PHONE)` opens a window in that language at that size."""
    contexts = []

    def start(language: str = "en", size: dict | None = None, **options) -> Visit:
        context = chromium.new_context(
            locale=language, viewport=size or DESK, reduced_motion="reduce", **options
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return Visit(page, server, complaints)

    yield start
    for context in contexts:
        context.close()
