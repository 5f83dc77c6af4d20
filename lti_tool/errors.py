"""What anyone in the tool may raise, as one tree.

    QuoinError                  code (stable), message (one sentence a person can act on)
      LTIError                  the LTI 1.3 protocol was not followed
        LTILoginError           ... by a login request
        LTILaunchError          ... by an id_token or the form that carried it
        DeepLinkingError        ... by a deep linking request or reply
        LTIRegistrationError    ... by a platform that registers the tool
        LTIServiceError         ... by an answer of a platform's service; status, retry_after
      SignatureError            a request of the JSON API is not signed as it must be
      OAuthError                a wallet's request is refused with an error code of its protocol
      SourceError               an evidence source did not answer, or not as it must; retry_after
      NotFoundError             the thing asked for is not there (or not for this caller)
      ForbiddenError            the caller is known and may not do this
      ConflictError             the thing has changed or exists already
      InvalidInputError         something typed, uploaded or configured is wrong; field
        StackTextError          ... in the text of a stack document; line, column, address
      ConfigurationError        a setting is missing or wrong
      ClusterError              several machines cannot work together
      FindingError              what the check of a credential found (credentials.recognition)

The engine has a tree of its own: ``stacking_rules.errors``.
"""


class QuoinError(Exception):
    """Base of all errors of the tool.

    ``code`` is stable and documented; ``message`` is one sentence, safe to show, that tells a
    person what to do. Neither ever holds a token, a secret or personal data.
    """

    code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class LTIError(QuoinError):
    """The LTI 1.3 protocol was not followed.

    ``return_url`` leads back to the platform where that is known. It may hold a key of the
    person's session there, so it is shown to that person and never logged.
    """

    code = "lti"
    return_url: str | None = None


class LTILoginError(LTIError):
    """A login request is refused."""

    code = "lti-login"


class LTILaunchError(LTIError):
    """A launch is refused."""

    code = "lti-launch"


class DeepLinkingError(LTIError):
    """A deep linking request or reply is refused."""

    code = "lti-deep-linking"


class LTIRegistrationError(LTIError):
    """A dynamic registration is refused."""

    code = "lti-registration"


class LTIServiceError(LTIError):
    """A platform's service answered with an error, or did not answer.

    ``status`` is the HTTP status, None when there was no answer; ``retry_after`` is what the
    platform asked for, in seconds.
    """

    code = "lti-service"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, code=code)
        self.status = status
        self.retry_after = retry_after


class SignatureError(QuoinError):
    """A request of the JSON API is not signed, or not as it must be."""

    code = "api-signature"


class OAuthError(QuoinError):
    """A wallet's request is refused as OAuth 2.0, OpenID4VCI or Open Badges say.

    ``code`` is the error code of the protocol, ``status`` the HTTP status.
    """

    code = "invalid_request"

    def __init__(self, message: str, *, code: str | None = None, status: int = 400) -> None:
        super().__init__(message, code=code)
        self.status = status


class NotFoundError(QuoinError):
    """The thing asked for is not there, or not there for this caller."""

    code = "not-found"


class ForbiddenError(QuoinError):
    """The caller is known and may not do this."""

    code = "forbidden"


class ConflictError(QuoinError):
    """The thing has changed meanwhile, or exists already."""

    code = "conflict"


class InvalidInputError(QuoinError):
    """Something typed, uploaded or sent is wrong; ``field`` names the part."""

    code = "invalid-input"

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(message, code=code)
        self.field = field


class StackTextError(InvalidInputError):
    """A stack document is wrong at a line, a column (both from 1) and an address."""

    code = "stack-document"

    def __init__(self, message: str, *, line: int, column: int, address: str) -> None:
        super().__init__(message, field=address)
        self.line, self.column, self.address = line, column, address


class ConfigurationError(QuoinError):
    """A setting is missing or wrong; the message names it."""

    code = "configuration"


class SourceError(QuoinError):
    """An evidence source did not answer, or not as it must; nothing of the answer is used.

    ``retry_after`` is what the source asked for, in seconds.
    """

    code = "source"

    def __init__(
        self, message: str, *, code: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class ClusterError(QuoinError):
    """A cluster cannot be reached, lacks something or was lost; the message says what to do."""

    code = "cluster"
