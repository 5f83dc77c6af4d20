"""The sentence of every reason code."""

from lti_tool.translating import Words

WORDS = Words(
    {
        # Nothing wrong.
        "trusted-issuer": "The signature is good and the issuer is trusted here.",
        "unknown-issuer": "The signature is good, but nobody here knows this issuer. Look at its "
        "address: a name can be copied, an address cannot.",
        "not-yours": "The signature is good, but the credential was issued to somebody else.",
        # Reading.
        "too-large": "This is larger than a credential may be.",
        "not-a-credential": "This is not a credential in a format that can be read.",
        "zip-or-pdf": "This is an archive or a PDF, whatever its name says. "
        "Give the credential itself.",
        "not-strict-json": "This is not JSON as credentials are written: perhaps a name occurs "
        "twice, "
        "it is nested too deeply, or it is not UTF-8 without a byte order mark.",
        "control-characters": "There are invisible control characters in a text.",
        "picture-damaged": "This picture is damaged or made to harm.",
        "picture-too-large": "This picture is too large to be kept as a picture.",
        "picture-compressed": "The credential in this picture is compressed; it must not be.",
        "picture-without": "There is no credential in this picture.",
        "several-credentials": "There is more than one credential in this picture.",
        "picture-entities": "This picture defines entities of its own; it must not.",
        # Form.
        "context-unknown": "It names a vocabulary (@context) that is not one of the known ones.",
        "context-inline": "It changes the meaning of its own words (inline @context).",
        "context-order": "Its vocabularies (@context) are missing or not in the order of the "
        "standard.",
        "term-unknown": "It holds words that its vocabulary does not know, so that no signature "
        "covers them.",
        "blank-node": "It links its parts by labels that only harm the check.",
        "graph-unreadable": "It cannot be read as linked data.",
        "type-wrong": "Its type is not that of a credential.",
        "field-missing": "Something that every credential has is missing or of a wrong kind.",
        "date-wrong": "A date is missing, has no time zone or is no date.",
        "not-yet-valid": "It becomes valid only later.",
        "expired": "It was valid until a day that is past.",
        "credits-wrong": "Its credits are no number that credits can be.",
        "result-below": "A result is below what the achievement requires.",
        "result-unknown": "A result refers to a description or a level that is not there.",
        "old-jwt-form": "It is a JWT in the form before Open Badges 3.0 was final.",
        # Keys and signatures.
        "no-proof": "It is not signed.",
        "proof-unsupported": "It is signed in a way that Quoin does not check.",
        "proof-purpose": "Its signature was made for another purpose.",
        "proof-malformed": "Its signature is not written as it must be.",
        "signature-wrong": "The signature does not fit: it was changed after signing, or never "
        "signed "
        "by this issuer.",
        "issuer-unreadable": "Its issuer is not named in a way that a key could be found.",
        "issuer-address": "The address of its issuer is none that may be asked.",
        "issuer-unreachable": "The issuer's keys could not be fetched. Try again later.",
        "issuer-document": "What stands at the issuer's address is not a document with keys.",
        "key-not-issuers": "The key of the signature is not one of the issuer's.",
        "key-revoked": "The issuer has taken this key back.",
        "jwt-malformed": "The JWT is not well-formed.",
        "jwt-algorithm": "The JWT is signed with an algorithm that is not allowed.",
        "jwt-issuer": "The JWT names another issuer than the credential in it.",
        "jwt-id": "The JWT names another credential than the one in it.",
        "jwt-subject": "The JWT names no subject, or another one than the credential in it.",
        "jwt-dates": "The dates of the JWT are not those of the credential in it.",
        # Status.
        "revoked": "The issuer has revoked it.",
        "suspended": "The issuer has suspended it for the time being.",
        "status-malformed": "What it says about revocation is not well-formed.",
        "status-unsupported": "It names a kind of revocation list that Quoin does not read.",
        "status-unreachable": "The issuer's revocation list could not be fetched. Try again later.",
        "status-wrong": "The revocation list is not one that can be relied on.",
        "status-of-another": "The revocation list is not signed by the issuer of the credential.",
        "status-outdated": "The revocation list is out of date.",
        # Transcripts.
        "members-many": "It holds more credentials than are checked at once.",
        "members-none": "It holds no credentials.",
        "members-nested": "It holds transcripts in transcripts too deeply.",
        "member-twice": "It holds the same credential twice.",
        "member-of-another": "It holds a credential that was issued to somebody else.",
        "member-invalid": "A credential in it is invalid.",
        "association-wrong": "An association is not written as the standard says.",
        "association-dangling": "An association names an achievement that is not there.",
        "association-circle": "Its associations go round in a circle.",
        # Open Badges 2.0.
        "hosted-elsewhere": "The badge does not stand at an address of its issuer.",
        "hosted-differs": "What stands at the badge's address is another badge.",
        "hosted-gone": "The issuer has taken the badge back from its address.",
        "hosted-unreachable": "The badge could not be fetched from its address. Try again later.",
        # The check itself.
        "took-too-long": "The check took longer than any honest credential needs.",
        "took-too-much": "The check needed more memory than any honest credential needs.",
        "check-busy": "There are too many checks at the moment. Try again in a minute.",
        "check-failed": "The check itself failed. It says nothing about the credential.",
        "asks-too-much": "It asks for more addresses than any honest credential does.",
    }
)
