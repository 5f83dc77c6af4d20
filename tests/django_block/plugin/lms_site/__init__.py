"""A Django site that discovers, configures and connects plugins as the LMS does.

Real: plugin discovery, openedx-events, edx-completion, Celery, the database. What no package
brings (the course store, external ids, grades, retirement) stands in ``platform/`` under the
platform's own names, with as much of it as the plugin reads.
"""
