"""Django's settings. Every RESONANZ_… variable read here is documented in docs/settings.md."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from resonanz.config.connectors import CONNECTORS  # noqa: F401 (a setting)
from resonanz.config.instance import (
    add_encryption_key,
    audit_key,
    data_folder,
    encryption_keys,
    flag,
    listed,
    signing_key,
)

PACKAGE = Path(__file__).parents[1]
DATA = data_folder()
DATA.mkdir(parents=True, exist_ok=True, mode=0o700)

DEBUG = flag("RESONANZ_DEBUG")
SECRET_KEY = signing_key(DATA)
# Called, not read once: keys may be rotated while we run.
ENCRYPTION_KEYS = partial(encryption_keys, DATA)
ADD_ENCRYPTION_KEY = partial(add_encryption_key, DATA)
AUDIT_KEY = audit_key(DATA)

# The address people open. Behind a proxy with TLS it starts with https:// and cookies become Secure.
BASE_URL = os.environ.get("RESONANZ_URL", "http://127.0.0.1:8000").rstrip("/")
_base = urlsplit(BASE_URL)
ALLOWED_HOSTS = [_base.hostname or "127.0.0.1", "127.0.0.1", "localhost", "[::1]", *listed("RESONANZ_HOSTS")]
CSRF_TRUSTED_ORIGINS = [f"{_base.scheme}://{_base.netloc}"]
SECURE = _base.scheme == "https"

INSTALLED_APPS = [
    # First, because their templates and words win over those of the libraries.
    "resonanz.web",
    "resonanz.web.start",
    # The places of the workspace, one app each (web/places.py).
    "resonanz.web.today",
    "resonanz.web.planning",
    "resonanz.web.channels",
    "resonanz.web.inbox",
    "resonanz.web.settings",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "csp",
    "resonanz.foundation.workspaces",
    "resonanz.foundation.audit",
    "resonanz.foundation.work",
    "resonanz.foundation.channels",
    "resonanz.foundation.media",
    "resonanz.outbound.publishing",
    "resonanz.outbound.content",
    "resonanz.inbound.intake",
    "resonanz.inbound.enrichment",
    "resonanz.inbound.conversations",
    "resonanz.inbound.privacy",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "resonanz.web.middleware.without_nul",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "resonanz.web.middleware.language",
    "resonanz.web.middleware.fragment_messages",
]

ROOT_URLCONF = "resonanz.config.urls"
WSGI_APPLICATION = "resonanz.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "resonanz.web.context.shell",
            ],
        },
    }
]


def _database(url: str) -> dict[str, Any]:
    """The database named by a postgresql:// address; without one, SQLite in the data folder."""
    if not url:
        return {"ENGINE": "resonanz.foundation.work.sqlite", "NAME": DATA / "resonanz.sqlite3"}
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SystemExit("RESONANZ_DATABASE must look like postgresql://user:password@host:5432/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database(os.environ.get("RESONANZ_DATABASE", ""))}
EMBEDDED = DATABASES["default"]["ENGINE"] == "resonanz.foundation.work.sqlite"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The cache holds nothing worth keeping but the counters of failed logins; several web processes must share those.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if EMBEDDED
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
}

# People
AUTH_USER_MODEL = "workspaces.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "resonanz.web.start.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "resonanz.web.start.forms.SignInForm",
    "reset_password": "resonanz.web.start.forms.ForgottenForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Resonanz"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if os.environ.get("RESONANZ_MAIL_HOST")
    else "django.core.mail.backends.dummy.EmailBackend"
)
EMAIL_HOST = os.environ.get("RESONANZ_MAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("RESONANZ_MAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("RESONANZ_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("RESONANZ_MAIL_PASSWORD", "")
EMAIL_USE_TLS = flag("RESONANZ_MAIL_TLS", default=True)
DEFAULT_FROM_EMAIL = os.environ.get("RESONANZ_MAIL_FROM", "resonanz@localhost")

# Language and time. Each person and each workspace has a zone of its own; the server thinks in UTC.
LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
LANGUAGE_COOKIE_HTTPONLY = True
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

FORM_RENDERER = "resonanz.web.forms.Renderer"
STATIC_URL = "/static/"
STORAGES = {
    "default": {
        "BACKEND": "resonanz.foundation.media.storage.DurableFileStorage",
        "OPTIONS": {"location": DATA / "media", "base_url": "/media-not-served-directly/"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Straight from the packages: no collect step between an upgrade and the first page.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# What a browser may do on our pages: load from us, nothing else, nothing inline.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("RESONANZ_BEHIND_PROXY") else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SILENCED_SYSTEM_CHECKS = ["security.W021", "security.W005"]  # HSTS for subdomains is the owner's choice

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname:<7} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("RESONANZ_LOG_LEVEL", "INFO")},
    # httpx logs whole addresses, and an address may carry a secret.
    "loggers": {"httpx": {"level": "WARNING"}, "httpcore": {"level": "WARNING"}},
}

# Hosts of our own network that users may let Resonanz fetch from (a self-hosted server, say).
# Every other private address is refused.
PRIVATE_HOSTS_ALLOWED = listed("RESONANZ_ALLOW_PRIVATE_HOSTS")
# The tier that reads messages; "careful" is the fast one where the careful one is not installed.
UNDERSTANDING = os.environ.get("RESONANZ_UNDERSTANDING", "careful")
if UNDERSTANDING not in {"careful", "fast"}:
    raise SystemExit("RESONANZ_UNDERSTANDING must be careful or fast")
# The demo company's networks live inside the process; a dotted path to the transport that answers for them.
DEMO_TRANSPORT = "resonanz.demo.networks.Transport"
