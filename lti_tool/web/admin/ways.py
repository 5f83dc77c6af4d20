"""How an administrator or registrar signs in the next time, without another link."""

from __future__ import annotations

from lti_tool.web.admin.access import admin_blueprint, signed_in_page
from lti_tool.web.ways import add_ways_pages

blueprint = admin_blueprint("ways")
add_ways_pages(blueprint, signed_in_page, "admin_base.html")
