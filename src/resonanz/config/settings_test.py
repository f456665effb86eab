"""Settings of the test suite: as in production, only faster and alone."""

import os
import tempfile

os.environ.setdefault("RESONANZ_DATA", tempfile.mkdtemp(prefix="resonanz-test-"))
os.environ.setdefault("RESONANZ_SECRET_KEY", "only-for-tests")

from resonanz.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
WHITENOISE_AUTOREFRESH = True  # each test client would otherwise list all static files
if EMBEDDED:
    # In memory, also when several test processes run: each appends its name, which ends up in a parameter that
    # SQLite passes over.
    DATABASES["default"]["TEST"] = {"NAME": "file:resonanz?mode=memory&cache=shared&process="}
