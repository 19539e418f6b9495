"""One settings file: the environment says what differs between machines."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pghistory
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from ngo_portal.database import database
from ngo_portal.logs import LOGGING as LOGGING

BASE_DIR = Path(__file__).resolve().parent.parent


def setting(name: str, default: str | None = None) -> str:
    """Read an environment variable; without a default it must be set."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(
            f"{name} is not set. `make demo` sets it for a demonstration, "
            "docs/administrators/deploy.md says what production needs."
        )
    return value


DEMO = os.environ.get("PORTAL_DEMO") == "1"
DEBUG = False
SECRET_KEY = setting("SECRET_KEY")
# One encryption key a line, the last one encrypts (docs/security/keys.md). Without the file nothing
# of the portal starts (audit/keys.py); the sealer alone has none.
PORTAL_KEY_FILE = setting("PORTAL_KEY_FILE", "")
ALLOWED_HOSTS = setting("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
PORTAL_ORIGIN = setting("PORTAL_ORIGIN", "http://localhost:8000")
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
if (
    DEMO
    and not {urlsplit(PORTAL_ORIGIN).hostname, *(h.strip("[]") for h in ALLOWED_HOSTS)} <= LOOPBACK
):
    raise ImproperlyConfigured(
        "PORTAL_DEMO=1 shows passwords and codes: it serves this machine alone. Unset it, or leave "
        "ALLOWED_HOSTS and PORTAL_ORIGIN at localhost."
    )
CSRF_TRUSTED_ORIGINS = [PORTAL_ORIGIN]
HAS_TLS = not DEMO

INSTALLED_APPS = [
    "ngo_portal.apps.PortalConfig",
    "reports",
    "beneficiaries",
    "accounts",
    "programs",
    "audit",
    "modeltranslation",
    "ngo_portal.apps.CatalogueAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "accounts.apps.UserSessionsConfig",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
]

# `ngo_portal.headers` says DENY on every answer, errors of the outer layers included.
SILENCED_SYSTEM_CHECKS = ["security.W002"]

MIDDLEWARE = [
    "ngo_portal.headers.headers",
    "ngo_portal.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ngo_portal.errors.worded",
    "ngo_portal.errors.readable",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ngo_portal.middleware.sittings",
    "ngo_portal.middleware.language",
    "ngo_portal.errors.sized",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "ngo_portal.middleware.slow_down",
    "ngo_portal.middleware.ScopeMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ngo_portal.middleware.one_submission",
]

ROOT_URLCONF = "ngo_portal.urls"
WSGI_APPLICATION = "ngo_portal.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "ngo_portal" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ngo_portal.navigation.navigation",
            ],
            "builtins": ["audit.templatetags.showing", "ngo_portal.templatetags.portal"],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

DATABASES = {"default": database(setting("DATABASE_URL"))}
# The other roles' addresses, each known only to the process that acts as it (launch/roles.py).
DATABASE_OWNER_URL = setting("DATABASE_OWNER_URL", "")
DATABASE_AUDITOR_URL = setting("DATABASE_AUDITOR_URL", "")
DATABASE_SEALER_URL = setting("DATABASE_SEALER_URL", "")
DATABASE_BACKUP_URL = setting("DATABASE_BACKUP_URL", "")
# The journal is read as the auditor's role: the runtime role can only add to it.
JOURNAL_DATABASE = "auditor"
if DATABASE_AUDITOR_URL:
    DATABASES[JOURNAL_DATABASE] = database(DATABASE_AUDITOR_URL)
# The key that signs the ledger's seals, for the sealer alone (docs/security/keys.md).
SEAL_KEY_FILE = setting("PORTAL_SEAL_KEY_FILE", "")
# Public keys of age (age1…): who holds the secret keys opens the backups, this server cannot.
BACKUP_RECIPIENTS = setting("PORTAL_BACKUP_RECIPIENTS", "")
BACKUP_DIR = setting("PORTAL_BACKUP_DIR", str(BASE_DIR / ".local" / "backups"))
# What people upload, encrypted, outside what the web server serves.
FILES_DIR = setting("PORTAL_FILES_DIR", str(BASE_DIR / ".local" / "files"))
# Encrypted archives that wait for a day to be downloaded: in no backup.
EXPORTS_DIR = setting("PORTAL_EXPORTS_DIR", str(BASE_DIR / ".local" / "exports"))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "ngo_portal.cache.SealedCache",
        "LOCATION": "portal_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.arrival.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "display_name"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.ContextWordsValidator"},
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "accounts.models.display"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Failed tries are counted by accounts/tries.py, which locks nobody out.
ACCOUNT_RATE_LIMITS = dict.fromkeys(
    ["login_failed", "login", "reauthenticate", "change_password"], None
)
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "reauthenticate": "accounts.forms.ConfirmForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "reset_password": "accounts.forms.AskForResetForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
}

MFA_ADAPTER = "accounts.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A passkey proves its owner by itself: finger, face or PIN.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HAS_TLS
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeForm",
    "reauthenticate": "accounts.forms.ConfirmCodeForm",
    "authenticate_webauthn": "accounts.forms.UsePasskeyForm",
    "reauthenticate_webauthn": "accounts.forms.ConfirmPasskeyForm",
    "login_webauthn": "accounts.forms.PasskeySignInForm",
}
# Nobody makes passkeys for the accounts of a demonstration.
PASSKEY_FOR_ADMINISTRATORS = not DEMO

# How many proxies stand in front: limits by address would otherwise count the proxy's own.
PROXIES = int(setting("PORTAL_PROXIES", "0"))
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES

SESSION_ENGINE = "accounts.arrival"
SESSION_COOKIE_NAME = "__Host-session" if HAS_TLS else "session"
SESSION_COOKIE_SECURE = HAS_TLS
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 10 * 60 * 60
# The mark of a browser from which its owner signed in before.
DEVICE_COOKIE_NAME = "__Host-device" if HAS_TLS else "device"
CSRF_COOKIE_NAME = "__Host-csrf" if HAS_TLS else "csrf"
CSRF_COOKIE_SECURE = HAS_TLS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "ngo_portal.errors.csrf_failure"
SECURE_SSL_REDIRECT = HAS_TLS and setting("PORTAL_TLS_REDIRECT", "1") == "1"
# Without a proxy that sets it, anybody could write this header.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HAS_TLS and PROXIES else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HAS_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"

# Never on the device: a cookie of messages would outlive the sitting.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LANGUAGE_CODE = "en"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["ngo_portal.formats"]
LANGUAGE_COOKIE_NAME = "__Host-language" if HAS_TLS else "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HAS_TLS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
MODELTRANSLATION_LANGUAGES = ("fr", "en")
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("en", "fr")
JQUERY_UI_URL = "portal/tabs.js"  # ours: jQuery UI's tabs fail axe

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static"
STATICFILES_DIRS = [
    BASE_DIR / "ngo_portal" / "static",
    ("bootstrap", BASE_DIR / "node_modules" / "bootstrap" / "dist"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

EMAIL_BACKEND = setting("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_FILE_PATH = setting("EMAIL_FILE_PATH", str(BASE_DIR / ".local" / "mail"))
EMAIL_HOST = setting("EMAIL_HOST", "localhost")
EMAIL_PORT = int(setting("EMAIL_PORT", "25"))
EMAIL_HOST_USER = setting("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = setting("EMAIL_HOST_PASSWORD", "")
EMAIL_TIMEOUT = 15
EMAIL_USE_TLS = setting("EMAIL_USE_TLS", "0") == "1"
DEFAULT_FROM_EMAIL = setting("DEFAULT_FROM_EMAIL", "portal@localhost")

# What is larger is refused before it is read (ngo_portal/errors.py). Files stay in memory: in a
# temporary folder they would lie in clear.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024 // 2
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
# Who and which request, on the event row itself: no table of contexts shared by organisations.
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
# History is read by the row it tells of: no other index, which each write would pay for.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_index=True)
PROCRASTINATE_IMPORT_PATHS = ["audit.jobs", "programs.jobs", "accounts.jobs", "reports.jobs"]
INVITATION_DAYS = 7
# Whoever has had emergency access opens no other while one waits longer than this for its review.
ELEVATION_REVIEW_DAYS = 7
