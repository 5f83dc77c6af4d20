"""Connects the receivers of plugins once all apps are loaded, as the LMS does; and its Celery."""

from celery import Celery
from django.apps import AppConfig


class PluginsConfig(AppConfig):
    """What openedx.core.djangoapps.plugins does in the LMS."""

    name = "tests.django_block.plugin.lms_site"
    label = "lms_site"

    def ready(self) -> None:
        from edx_django_utils.plugins import connect_plugin_receivers

        connect_plugin_receivers("lms.djangoapp")
        celery = Celery("lms")
        celery.config_from_object("django.conf:settings")
        celery.autodiscover_tasks()
        celery.set_default()
