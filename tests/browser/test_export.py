"""An export asked for on a phone in French, approved at a desk in English, taken once."""

from accounts.roles import Role
from reports.models import Export
from tests.browser.conftest import DESK, PHONE
from tests.exported import opened
from tests.factories import make_export, make_user
from tests.jobs import run_jobs
from tests.network import counts_of, make_network

WHY = "Rapport annuel au conseil."


def test_exports_from_their_request_to_their_files(visit):
    network = make_network()
    counts_of(network, network.north, 1, 4)
    maya = make_user(Role.COORDINATOR, network.lead, language="fr", display_name="Maya")
    admin = make_user(Role.ADMINISTRATOR, network.lead, display_name="Ravi")
    phone = visit("fr", PHONE)
    phone.sign_in(maya)
    phone.open("/dashboard/?period=2024")
    phone.page.click("details.menu summary")
    phone.page.click("details.menu a[href*='content=counts']")
    phone.page.select_option("#id_purpose", "governance")
    phone.page.fill("#id_purpose_note", WHY)
    assert phone.violations() == []
    assert not phone.overflows()
    phone.page.click("main form .btn-primary")
    phone.page.wait_for_selector("text=en préparation")
    run_jobs()
    phone.page.wait_for_selector("#show-passphrase")  # the page asked again by itself
    assert phone.violations() == []
    phone.page.click("#show-passphrase")
    secret = phone.page.inner_text("#passphrase")
    assert not phone.overflows()
    phone.page.click("text=Je l’ai notée")
    with phone.page.expect_download() as download:
        phone.page.click("#download")
    files = opened(download.value.path().read_bytes(), secret)
    assert "Maya" in files["about.txt"].decode("utf-8-sig")
    phone.page.reload()
    phone.page.wait_for_selector("text=Téléchargé")
    assert phone.complaints == []
    run_jobs()
    assert Export.objects.get().state == "purged"

    large = make_export(maya, network.lead, rows=30_000, purpose_note=WHY)
    desk = visit("en", DESK)
    desk.sign_in(admin)
    desk.page.click(f"text={large}")
    desk.page.check("text=Approve this export")
    desk.page.click("text=Send your answer")
    desk.page.wait_for_selector("text=Your answer is recorded.")
    assert desk.violations() == []
    large.refresh_from_db()
    assert large.state == "approved"
