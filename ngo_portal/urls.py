"""Every address of the portal; who may open it stands in `access.py`."""

from allauth.account import views as sign_in
from allauth.mfa.base import views as second_factor
from allauth.mfa.webauthn import views as passkeys
from django.contrib import admin
from django.urls import include, path, re_path

from accounts.views import sign_out

from . import errors, views

sign_in_urls = [
    path("", sign_in.login, name="account_login"),
    path("out/", sign_out, name="account_logout"),
    path("again/", sign_in.reauthenticate, name="account_reauthenticate"),
    path("again/code/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("again/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("code/", second_factor.authenticate, name="mfa_authenticate"),
    path("passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("password/", sign_in.password_change, name="account_change_password"),
    path("password/reset/", sign_in.password_reset, name="account_reset_password"),
    path("password/reset/sent/", sign_in.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9a-f]+)-(?P<key>.+)/$",
        sign_in.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        sign_in.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("sign-in/", include(sign_in_urls)),
    path("catalogue/", admin.site.urls),
    # What is asked most is looked at first.
    path("", include("beneficiaries.urls")),
    path("", include("reports.urls")),
    path("", include("programs.urls")),
    path("", include("accounts.urls")),
    path("", include("audit.urls")),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
