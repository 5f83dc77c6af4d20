"""The LTI platform of Open edX, a second one that shares no code with ours.

``lti-consumer-xblock`` runs as the Django application that it is, in a process of its own
(``lms.py``); tests drive it over HTTP (``running.py``) against the real tool. The package is
AGPL: it is a dependency of these tests, and nothing that is shipped imports it.
"""
