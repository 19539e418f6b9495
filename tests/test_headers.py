"""What every answer carries, whoever made it."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as configured

from ngo_portal.headers import HEADERS
from tests.factories import make_organisation, make_user

pytestmark = pytest.mark.django_db


def missing(answer, *, is_static: bool = False) -> list[str]:
    """Headers that an answer should carry and does not."""
    absent = [name for name, value in HEADERS.items() if answer.headers.get(name) != value]
    if not is_static and answer.headers.get("Cache-Control") != "no-store":
        absent.append("Cache-Control")
    return absent


@pytest.mark.parametrize("address", ["/healthz", "/sign-in/", "/", "/nowhere/", "/sign-in/?q=%00"])
def test_pages_redirects_and_refusals_carry_them(client, address):
    assert missing(client.get(address)) == []


def test_a_redirect_to_https_carries_them(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get("/sign-in/")
    assert answer.status_code == 301
    assert missing(answer) == []


def test_a_name_of_host_that_is_not_ours_carries_them(client):
    answer = client.get("/sign-in/", HTTP_HOST="elsewhere.example.org")
    assert answer.status_code == 400
    assert missing(answer) == []


def test_nothing_inline_and_nothing_from_elsewhere_runs(client):
    policy = client.get("/sign-in/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "require-trusted-types-for 'script'" in policy


def test_a_missing_static_file_is_not_kept(client):
    answer = client.get("/static/nothing.css")
    assert answer.status_code == 404
    assert missing(answer) == []


def test_signing_out_makes_the_browser_forget(client):
    client.force_login(make_user("coordinator", make_organisation()))
    answer = client.post("/sign-in/out/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'


def test_a_sitting_that_ended_by_itself_clears_the_cache_and_keeps_drafts(client):
    client.force_login(make_user("coordinator", make_organisation()))
    client.session.flush()
    answer = client.get("/counts/")
    assert answer.status_code == 302
    assert answer["Clear-Site-Data"] == '"cache"'


def production(code: str, **environment: str) -> list[str]:
    """What code prints of the settings as the environment of production makes them."""
    env = {name: value for name, value in os.environ.items() if name != "PORTAL_DEMO"}
    return subprocess.run(
        [sys.executable, "-c", f"from ngo_portal import settings as s; print({code})"],
        env=env | environment,
        cwd=configured.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()


def test_production_sends_its_cookies_to_this_host_alone():
    found = production(
        "s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE,"
        " s.CSRF_COOKIE_SECURE, s.LANGUAGE_COOKIE_SECURE, s.SECURE_SSL_REDIRECT,"
        " s.SECURE_HSTS_SECONDS, getattr(s, 'SESSION_COOKIE_DOMAIN', None)",
        PORTAL_TLS_REDIRECT="1",
    )
    assert found == [
        *["__Host-session", "__Host-csrf", "True", "True", "True", "True", "31536000", "None"]
    ]


@pytest.mark.parametrize(("proxies", "believed"), [("0", "None"), ("1", "HTTP_X_FORWARDED_PROTO")])
def test_a_header_of_https_is_believed_of_a_proxy_alone(proxies, believed):
    first = "s.SECURE_PROXY_SSL_HEADER and s.SECURE_PROXY_SSL_HEADER[0]"
    assert production(first, PORTAL_PROXIES=proxies) == [believed]
