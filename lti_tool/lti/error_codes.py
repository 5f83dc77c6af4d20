"""Every error code of the LTI side in words: what it means, and what somebody can do."""

from __future__ import annotations

START_AGAIN = "Open the tool again from the course."
RE_REGISTER = "Compare the registration here with the LMS ('quoin platform show')."
DEFECT = "Report it to the maker of the LMS, with the reference of the page."

CODES: dict[str, tuple[str, str]] = {
    "lti": ("The LTI protocol was not followed.", START_AGAIN),
    "lti-address-refused": (
        "An address is not https, or is at a private address.",
        "Use the public https address of the LMS; QUOIN_PRIVATE_HOSTS allows a private one.",
    ),
    "lti-answer-too-large": ("An answer of the LMS is larger than we read.", DEFECT),
    "lti-claim-invalid": ("A claim of the launch has the wrong type or form.", DEFECT),
    "lti-claim-missing": ("A claim is missing that every launch has to carry.", DEFECT),
    "lti-client-id-missing": (
        "The LMS is registered here more than once, and its login does not say which.",
        "Have the LMS send 'client_id' with the login, or remove all registrations but one.",
    ),
    "lti-context-missing": (
        "Content was to be chosen outside a course.",
        "Choose content inside a course.",
    ),
    "lti-deep-linking": ("A request to choose content was refused.", START_AGAIN),
    "lti-deployment-pending": (
        "This installation of the tool waits for approval.",
        "quoin platform approve ID --deployment D --institution KEY",
    ),
    "lti-deployment-revoked": (
        "This installation of the tool was switched off here.",
        "'quoin platform approve' lets it in again.",
    ),
    "lti-finish-form": (
        "The page that finishes a launch without cookies sent something else.",
        START_AGAIN,
    ),
    "lti-institution-suspended": (
        "The institution is suspended here.",
        "'quoin institution resume KEY' lets it go on.",
    ),
    "lti-invitation": (
        "The invitation was used, is over, or never was.",
        "Make a new one: quoin platform invite.",
    ),
    "lti-keyset": (
        "The public keys of the LMS could not be read.",
        "'quoin platform check' says why.",
    ),
    "lti-launch": ("A launch was refused.", START_AGAIN),
    "lti-launch-form": (
        "The launch address was opened without a launch, or its form is not one.",
        START_AGAIN,
    ),
    "lti-login": ("A login was refused.", START_AGAIN),
    "lti-login-form": (
        "The login request of the LMS lacks a field, or has one twice or too long.",
        "Look whether the login URL in the LMS is the tool's /lti/login.",
    ),
    "lti-login-mismatch": (
        "Platform, deployment or target of the launch are not those of its login.",
        f"{START_AGAIN} If it stays, {RE_REGISTER[0].lower()}{RE_REGISTER[1:]}",
    ),
    "lti-message-unsupported": (
        "The LMS sent a kind of message that the tool does not know.",
        "Use the tool as a link, or to choose content.",
    ),
    "lti-no-answer": (
        "The LMS did not answer in time, or its certificate is not valid.",
        "'quoin platform check' says which.",
    ),
    "lti-no-fitting-type": (
        "The LMS takes none of the kinds of content that the tool makes.",
        "Choose content at a place of the LMS that takes LTI links.",
    ),
    "lti-no-roster": (
        "The LMS does not offer the list of members of this course.",
        "Switch names and roles on for the tool in the LMS.",
    ),
    "lti-nonce": ("The launch answers another login.", START_AGAIN),
    "lti-notice-form": (
        "A batch of notices is not of the form of the notification service.",
        DEFECT,
    ),
    "lti-one-link": ("The LMS takes one link at a time here.", "Choose one."),
    "lti-other-browser": (
        "A launch was finished in another browser than it began in.",
        START_AGAIN,
    ),
    "lti-platform-answer": (
        "The LMS itself refused the launch.",
        "Sign in to the LMS again; if it stays, look there whether the tool is active.",
    ),
    "lti-platform-disabled": (
        "Launches of this LMS are switched off here.",
        "'quoin platform show ID' says why; 'quoin platform enable ID' lets them in.",
    ),
    "lti-platform-paused": (
        "The LMS is left alone for a while after it refused or did not answer.",
        "Nothing: it goes on by itself. 'quoin platform check' says whether it answers.",
    ),
    "lti-registration": ("A dynamic registration was refused.", "Start it anew in the LMS."),
    "lti-registration-address": (
        "An address in the configuration of the LMS is not https.",
        "Serve the LMS over https; for one on this machine invite with --allow-loopback.",
    ),
    "lti-registration-answer": (
        "The answer of the LMS to our registration cannot be read.",
        "Remove the half-made tool in the LMS and start anew, or register by hand.",
    ),
    "lti-registration-configuration": (
        "The configuration of the LMS cannot be read, or lacks an address.",
        "Start anew in the LMS (its token lasts an hour), or register by hand.",
    ),
    "lti-registration-family": (
        "The invitation is for another product than this LMS.",
        "Make an invitation for the right --family, or for none.",
    ),
    "lti-registration-form": (
        "The page of the invitation was open for too long, or the LMS sent no token.",
        "Start the registration in the LMS again, with the address of the invitation.",
    ),
    "lti-registration-hosts": (
        "The LMS names addresses at another host than its own.",
        "If that is right, register by hand: quoin platform add.",
    ),
    "lti-registration-issuer": (
        "The configuration names an issuer at another host than its own.",
        "Start the registration from the LMS itself.",
    ),
    "lti-registration-known": (
        "This issuer and client id are registered here already.",
        "Change the registration with quoin platform set or add; an invitation never does.",
    ),
    "lti-registration-other": (
        "An invitation to update one registration was used for another tool or LMS.",
        "Start in that LMS, and choose there to update the tool, not to add a new one.",
    ),
    "lti-registration-refused": (
        "The LMS refused to register the tool.",
        "Read its reason on the page; start anew in the LMS.",
    ),
    "lti-return-url": (
        "The address to which a choice of content would go back is not one of the LMS.",
        "If the LMS serves from a further host: quoin platform set ID --add-host HOST.",
    ),
    "lti-review-unknown": (
        "What was handed in is not of a learner or a column known here.",
        "Open the review from the gradebook column that this tool made.",
    ),
    "lti-role": (
        "Somebody who does not teach the course wanted to add content to it.",
        "Open it as a teacher of the course.",
    ),
    "lti-scope-not-granted": (
        "The LMS does not grant the tool what this needs.",
        "'quoin platform check' lists what is missing and what it breaks.",
    ),
    "lti-service": ("A service of the LMS answered with an error.", "quoin platform check ID"),
    "lti-service-redirect": (
        "A service of the LMS leads to another host, or in a circle.",
        "Enter the address at which it answers: quoin platform add.",
    ),
    "lti-state": (
        "The launch was used already, or took longer than ten minutes.",
        START_AGAIN,
    ),
    "lti-target": (
        "The link leads to an address that is not the tool's launch address.",
        "In the LMS, set the tool's target link to the tool's /lti/launch.",
    ),
    "lti-ticket": (
        "A launch without cookies took longer than two minutes, or was finished before.",
        START_AGAIN,
    ),
    "lti-token-algorithm": ("The launch is not signed with RS256.", DEFECT),
    "lti-token-audience": (
        "The launch is meant for another tool, or for several.",
        f"Client id or issuer differ. {RE_REGISTER}",
    ),
    "lti-token-key": (
        "The launch is signed with a key that the LMS has not published.",
        "'quoin platform check' reads its keyset; wait a minute after the LMS changed its key.",
    ),
    "lti-token-malformed": ("The launch cannot be read.", DEFECT),
    "lti-token-refused": (
        "The LMS gave no access token for its services.",
        "'quoin platform check' says what it answered.",
    ),
    "lti-token-signature": (
        "The signature of the launch is not that of the LMS.",
        f"Is the keyset address the right one? {RE_REGISTER}",
    ),
    "lti-token-time": (
        "By our clock the launch is too old, over, or of the future; the page names both clocks.",
        "'quoin platform check' compares the clocks; set the one that is wrong.",
    ),
    "lti-too-many-logins": ("Very many logins came from one address.", "Wait a minute."),
    "lti-too-many-registrations": (
        "Very many registrations came from one address.",
        "Wait a minute.",
    ),
    "lti-unknown-platform": (
        "Issuer and client id of the LMS are not registered here, letter by letter.",
        "quoin platform list; then quoin platform add with exactly what the LMS sends.",
    ),
    "lti-version": ("The launch is not LTI 1.3.", "In the LMS, set the tool to LTI 1.3."),
}


def in_words(code: str) -> str:
    """Return what a code means; the code itself when nobody has written it down."""
    return CODES[code][0] if code in CODES else code
