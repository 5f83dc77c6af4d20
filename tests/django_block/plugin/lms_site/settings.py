"""Settings as those of the LMS: plugins are added by edx_django_utils."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from edx_django_utils.plugins import add_plugins, get_plugin_apps

# Where the LMS has its own packages openedx, lms and xmodule.
sys.path.append(str(Path(__file__).resolve().parent.parent / "platform"))

SECRET_KEY = "only for tests"
USE_TZ = True
LMS_ROOT_URL = "https://lms.example.edu"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "waffle",
    "eventtracking.django.apps.EventTrackingConfig",
    "openedx.core.djangoapps.external_user_ids",
    "lms.djangoapps.grades",
    "lms.djangoapps.certificates",
    "tests.django_block.plugin.lms_site.apps.PluginsConfig",
    *get_plugin_apps("lms.djangoapp"),
]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "tests.django_block.plugin.lms_site.urls"
MIDDLEWARE = ["crum.CurrentRequestUserMiddleware"]
ALLOWED_HOSTS = ["*"]
ATOMIC_REQUESTS = True


def database(address: str) -> dict[str, object]:
    """Give Django's form of a database address; SQLite in memory for an empty one."""
    if not address.startswith("postgresql"):
        name = address.removeprefix("sqlite:///") or ":memory:"
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": name}
    found = urlsplit(address)
    host = dict(part.split("=", 1) for part in found.query.split("&") if "=" in part)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": found.path.strip("/"),
        "USER": found.username,
        "PASSWORD": found.password or "",
        "HOST": host.get("host") or found.hostname or "",
        "PORT": found.port or "",
        # Nothing here has to outlive a power failure.
        "OPTIONS": {"options": "-c synchronous_commit=off"},
    }


DATABASES = {
    "default": {
        **database(os.environ.get("QUOIN_TEST_DJANGO_DATABASE", "")),
        "ATOMIC_REQUESTS": ATOMIC_REQUESTS,
    }
}
CELERY_ALWAYS_EAGER = True
CELERY_EAGER_PROPAGATES = True
CELERYBEAT_SCHEDULE = {"of the platform": {"task": "x", "schedule": 1.0}}
EVENT_TRACKING_ENABLED = True
ENV_TOKENS = {
    "QUOIN_XBLOCK": {"FLUSH_SECONDS": 30, **json.loads(os.environ.get("QUOIN_TEST_XBLOCK", "{}"))}
}

add_plugins(__name__, "lms.djangoapp", "common")
add_plugins(__name__, "lms.djangoapp", "production")
