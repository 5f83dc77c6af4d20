"""Use case: our signing keys at first use."""

import threading

import pytest

from lti_tool.errors import ConfigurationError
from lti_tool.persistence.tool_keys import list_tool_keys
from lti_tool.services.ensure_signing_keys import ensure_signing_keys
from tests.lti.platform import NOW

SECRET = b"a secret key of more than thirty-two bytes"


def test_the_first_key_is_made_once_and_kept_sealed(database):
    (first,) = ensure_signing_keys(database, SECRET, now=NOW)
    (again,) = ensure_signing_keys(database, SECRET, now=NOW)
    assert first.kid == again.kid
    assert first.private_key.private_numbers() == again.private_key.private_numbers()
    with pytest.raises(ConfigurationError, match="QUOIN_SECRET_KEY"):
        ensure_signing_keys(database, SECRET + b"!", now=NOW)


def test_processes_that_start_at_once_make_one_key_between_them(database):
    kids = []

    def ensure():
        kids.append(ensure_signing_keys(database, SECRET, now=NOW)[0].kid)

    threads = [threading.Thread(target=ensure) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert kids == [key.kid for key in list_tool_keys(session)] * 4
