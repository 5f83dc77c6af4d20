"""The threats and mishaps that the tool is held to, each by its name.

A test of a threat has a docstring that begins with its id and its title ("B17: script, ...").
"""

THREATS = {
    "B1": "two parallel posts of the same token and state",
    "B2": "state consumed or older than 10 min",
    "B3": "platform error answer at the launch URL",
    "B4": "duplicate form fields",
    "B5": "duplicate claim keys, NaN, huge exponents, deep nesting",
    "B6": "5 MB body, 100k fields, compressed bomb as JWKS",
    "B7": (
        "JWKS as HTML, 500, foreign redirect, 20 MB, 10k keys, 60 s drip, symmetric or EC "
        "key, published private key"
    ),
    "B8": "rotated platform key; 1,000 unknown kids a minute",
    "B9": "disabled Registration, pending or revoked Deployment, suspended tenant",
    "B10": "same (iss, client_id) twice; issuers differing in case, port, slash",
    "B11": "same sub in two Registrations",
    "B12": "same context id in two Deployments",
    "B13": "e-mail equal to an existing user's",
    "B14": "mixed roles, Mentor with or without list, TestUser, 200 roles, only unknown, TA",
    "B15": "role lowered while an old session is open",
    "B16": "unresolved, non-string, 1 MB or HTML custom values",
    "B17": "script, direction override, emoji, NUL in names",
    "B18": "return URL with script scheme, foreign host, own query",
    "B19": "locale as a path or 5 kB long",
    "B20": (
        "deep-link return URL unsafe or missing; odd accept_types; single choice with "
        "three picks; data absent or 5 kB"
    ),
    "B21": "learner opens deep linking",
    "B22": "picker form replayed or altered",
    "B23": "target link to admin page, //host, backslash, user info, fragment",
    "B24": "10 kB target, line breaks in hints",
    "B25": "10,000 unfinished logins",
    "B26": "framed by a foreign page",
    "B27": "cross-site POST with our cookies",
    "B28": "session id in URL or Referer",
    "B29": "teacher of course A opens ids of course B",
    "B30": "learner asks for roster or others' progress",
    "B31": "learner posts own score or completion",
    "B32": "submission review for a user or line item not ours",
    "B33": "data privacy launch with context, or by a non-administrator",
    "B34": (
        "notice unsigned, wrong key or audience, unknown deployment, replayed, expired, "
        "10k in a batch, unknown type, foreign tenant"
    ),
    "B35": "copy notice before, after, never; history naming another tenant's course",
    "B36": (
        "registration configuration at http, private or link-local address, file, rebinding DNS"
    ),
    "B37": (
        "issuer and endpoint hosts differ, endpoints missing or http, HTML answer, no "
        "client_id, altered scopes"
    ),
    "B38": "registration without, with used, with foreign invitation",
    "B39": "registration replay for an existing client",
    "B40": (
        "token errors: invalid_scope, odd token type, expires_in missing, 0 or text, 1 MB token"
    ),
    "B41": "each AGS error class, and time-out after the platform stored it",
    "B42": (
        "next link to another host, http, itself, 10k pages, mixed case, unquoted, "
        "several, relative"
    ),
    "B43": "roster with duplicates, no roles, inactive users, 50k members, no names",
    "B44": "line item URL on a foreign host in the claim",
    "B45": "score NaN, above maximum, negative, user not in course, two processes for one user",
    "B46": "storage messages from another origin, wrong id or value, quota error",
    "B47": "tokens, keys, e-mail in logs or audit",
    "B48": "JWKS with private parts; retired key in overlap; caching headers",
    "B49": "spoofed Host or forwarding headers",
    "B50": "database down or read-only during launch",
    "B51": "tool clock two minutes wrong",
    "B52": "spaces, case, look-alikes in ids",
}
