"""python -m tests.open_edx.lms FOLDER: the lti_consumer application of Open edX on a free port.

Prints its address when it listens. A process of its own: Django is set up here and nowhere else.
"""

from __future__ import annotations

import os
import sys
import threading

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from waitress import create_server

USAGE = r"(?P<usage_id>[^/]+)"
APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"]


def configure(url: str, folder: str) -> None:
    """Say what a small Open edX would have in its settings."""
    settings.configure(
        SECRET_KEY="of tests alone",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="tests.open_edx.lms_pages",
        INSTALLED_APPS=[*APPS, "config_models", "lti_consumer"],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "edx_django_utils.cache.middleware.RequestCacheMiddleware",
        ],
        TEMPLATES=[
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": f"{folder}/lms.sqlite3",
                "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
            }
        },
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=True,
        USAGE_ID_PATTERN=USAGE,
        PLATFORM_NAME="Harbour edX",
        LTI_BASE=url,
        LTI_API_BASE=url,
        LMS_ROOT_URL=url,
        LEARNING_MICROFRONTEND_URL=url,
    )


def main(folder: str) -> None:
    """Set Django up, make its tables and its people, and answer until the process is ended."""
    server = create_server(lambda *given: application(*given), host="127.0.0.1", port=0, threads=4)
    url = f"http://127.0.0.1:{server.effective_port}"
    configure(url, folder)
    # Before the application loads: its modules take some of these functions by name.
    from tests.open_edx import lms_seams

    lms_seams.replace()
    django.setup()
    call_command("migrate", verbosity=0)
    lms_seams.add_people()
    application = get_wsgi_application()
    print(url, flush=True)  # noqa: T201 - the one word to the process that started this one
    threading.Thread(target=_end_with_parent, daemon=True).start()
    server.run()


def _end_with_parent() -> None:
    """End when the process that started this one is gone: it closes our input."""
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
