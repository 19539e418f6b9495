"""Forms are refused in the portal's words and language: never in the browser's."""

from html.parser import HTMLParser

import pytest

from accounts.roles import Role
from tests.browser.test_every_page import faces
from tests.factories import make_elevation, make_membership, make_user
from tests.scene import make_scene
from tests.signing import with_application

# Left to mend: the period of the dashboard, the file of a workbook.
LEFT = {"file"}
CHECKED = {"required", "pattern", "minlength", "min", "max", "step"}
CHECKED_TYPES = {"email", "number", "url", "date", "month"}


class Reader(HTMLParser):
    """The forms that a browser would check before it sends them, by where they go."""

    def __init__(self) -> None:
        super().__init__()
        self.form, self.found = None, set()

    def handle_starttag(self, tag, attrs) -> None:
        attributes = dict(attrs)
        if tag == "form":
            self.form = None if "novalidate" in attributes else attributes.get("action", "itself")
        is_checked = CHECKED & set(attributes) or attributes.get("type") in CHECKED_TYPES
        if self.form and is_checked and tag in {"input", "textarea", "select"}:
            self.found.add((self.form, attributes.get("name")))

    def handle_endtag(self, tag) -> None:
        if tag == "form":
            self.form = None


def checked_by_the_browser(html: str) -> set:
    reader = Reader()
    reader.feed(html)
    return reader.found


def test_a_form_that_the_browser_would_check_is_found():
    form = '<form action="/x/">%s</form>'
    assert checked_by_the_browser(form % '<textarea name="a" required>') == {("/x/", "a")}
    assert checked_by_the_browser(form % '<input name="a" type="email">') == {("/x/", "a")}
    assert checked_by_the_browser(form % '<input name="a">') == set()
    assert checked_by_the_browser('<form novalidate><input name="a" required></form>') == set()


@pytest.mark.django_db
def test_no_page_leaves_its_words_to_the_browser(client):
    scene = make_scene()
    person = make_user(Role.COORDINATOR, scene.organisation)
    for role in (Role.ADMINISTRATOR, Role.PLATFORM_ADMINISTRATOR, Role.FIELD_WORKER):
        make_membership(person, role, scene.organisation)
    make_elevation(person, scene.organisation)
    with_application(person)
    client.force_login(person)
    addresses = [*faces(scene, person), scene.submitted.get_absolute_url()]
    addresses += [scene.approved.get_absolute_url()]
    found = {
        (form, name)
        for address in addresses
        for form, name in checked_by_the_browser(client.get(address).content.decode())
        if name not in LEFT
    }
    assert found == set()
