"""The database: one file per family of tables, holding its tables and its named queries.

Importing this package registers every table with ``Base.metadata``.
"""

from lti_tool.persistence import (  # noqa: F401
    administrators,
    alignments,
    api_keys,
    audit,
    awards,
    catalog,
    completions,
    courses,
    credentials,
    deliveries,
    elements,
    endorsements,
    equivalencies,
    frameworks,
    invitations,
    issuer_keys,
    joined_accounts,
    keysets,
    learners,
    notices,
    outside_credentials,
    placements,
    platforms,
    public_pages,
    reviews,
    rosters,
    sessions,
    status_lists,
    tool_keys,
    transcripts,
    trusted_issuers,
)
