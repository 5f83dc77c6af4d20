"""Django's settings for the workbench: the SDK's own, without what its package lacks.

Read from the environment: QUOIN_WORKBENCH_FOLDER (database and log), QUOIN_WORKBENCH_LANGUAGE, and
the tool as QUOIN_WORKBENCH_TOOL_URL, _KEY_ID, _SECRET and _ISSUER.
"""

import os
from pathlib import Path

from workbench.settings import *  # noqa: F403
from workbench.settings import INSTALLED_APPS as SDK_APPS
from workbench.settings import MIDDLEWARE as SDK_MIDDLEWARE
from workbench.settings import TEMPLATES as SDK_TEMPLATES

FOLDER = Path(os.environ.get("QUOIN_WORKBENCH_FOLDER", "var/workbench"))
FOLDER.mkdir(parents=True, exist_ok=True)

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
# The SDK's package has neither the files of djpyfs nor, on Python 3.11, its own migrations.
INSTALLED_APPS = [name for name in SDK_APPS if name != "djpyfs"] + ["demo_workbench"]
MIDDLEWARE = [*SDK_MIDDLEWARE, "django.middleware.locale.LocaleMiddleware"]
# Ours first: the page of a scenario without the SDK's frame of debugging.
_FOLDERS = [Path(__file__).parent / "templates", *SDK_TEMPLATES[0]["DIRS"]]
TEMPLATES = [{**SDK_TEMPLATES[0], "DIRS": _FOLDERS}]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(FOLDER / "workbench.sqlite3"),
        # A demo may lose its last second to a power cut, and is fast.
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY;",
        },
    }
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"file": {"class": "logging.FileHandler", "filename": FOLDER / "workbench.log"}},
    "root": {"handlers": ["file"], "level": "INFO"},
}
LANGUAGE_CODE = os.environ.get("QUOIN_WORKBENCH_LANGUAGE", "en")
LANGUAGES = [("en", "English"), ("ar", "العربية")]
TIME_ZONE = "UTC"
EXCLUDED_XBLOCKS: set[str] = set()

WORKBENCH = {
    "reset_state_on_restart": False,
    "services": {
        "fs": "xblock.reference.plugins.FSService",
        "settings": "workbench.services.SettingsService",
        "user": "demo_workbench.services.UserService",
        "completion": "demo_workbench.services.CompletionService",
    },
}
QUOIN_XBLOCK = {
    "TOOL_URL": os.environ.get("QUOIN_WORKBENCH_TOOL_URL", ""),
    "KEY_ID": os.environ.get("QUOIN_WORKBENCH_KEY_ID", ""),
    "SECRET": os.environ.get("QUOIN_WORKBENCH_SECRET", ""),
    "ISSUER": os.environ.get("QUOIN_WORKBENCH_ISSUER", "http://localhost:8002"),
    "SCORES": "demo_workbench.services.read_scores",
}
