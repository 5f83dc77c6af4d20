"""The last step of a launch that is not as it should be: broken on purpose, or by a wrong clock."""

from typing import Any

import jwt

from demo_lms.broken_launches import BAD_LAUNCHES
from demo_lms.flask_adapter import form_post
from demo_lms.keys import SigningKey
from demo_lms.raw_tokens import token
from demo_lms.spoiling import GoodLaunch, Pairs


def broken_form(launch_url: str, name: str, good: GoodLaunch) -> str:
    """The page that sends the broken launch of that name."""
    broken = BAD_LAUNCHES[name].spoil(good)
    return form_post(launch_url, broken.pairs, method=broken.method)


def good_launch(launch_data: dict[str, Any], key: SigningKey, previous: Pairs) -> GoodLaunch:
    """What is about to be sent, taken apart."""
    claims = jwt.decode(launch_data["id_token"], options={"verify_signature": False})
    return GoodLaunch(claims, key, launch_data["state"], previous)


def by_wrong_clock(good: GoodLaunch, seconds: float) -> str:
    """The same token, signed by a clock that is so far ahead (below 0: behind)."""
    shifted = {name: int(good.claims[name] + seconds) for name in ("iat", "exp")}
    return token(good.header, {**good.claims, **shifted}, good.key.private)
