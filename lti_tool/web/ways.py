"""The page on which people say how they sign in: the same for learners and for staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, make_response, render_template, request, url_for

from lti_tool.errors import NotFoundError
from lti_tool.persistence.administrators import SignedIn
from lti_tool.persistence.learner_sessions import Own
from lti_tool.services.add_passkey import add_passkey
from lti_tool.services.ask_sign_in_code import ask_sign_in_code
from lti_tool.services.begin_passkey import begin_passkey
from lti_tool.services.begin_provider_sign_in import begin_provider_sign_in
from lti_tool.services.end_sessions import end_sessions
from lti_tool.services.enter_sign_in_code import enter_sign_in_code
from lti_tool.services.remove_sign_in_way import remove_sign_in_way
from lti_tool.services.show_sign_in import show_ways
from lti_tool.signing_in.attempts import Door
from lti_tool.signing_in.passkeys import LARGEST, Site, site_of
from lti_tool.web.answers import go
from lti_tool.web.forms import Form, refused
from lti_tool.web.own_session import browser, delete_own_cookie, keep_browser
from lti_tool.web.parts import current_parts

SignedInPerson = Own | SignedIn
Guard = Callable[[Callable[..., Any]], Callable[..., Any]]

LONGEST = 300
NOTICES = {
    "added": "It is added. You can sign in this way from now on.",
    "removed": "It is removed. Nobody signs in that way any more.",
    "kept": "You are signed in. Now add at least one way to come back.",
}
SEE_OTHER = 303


def add_ways_pages(blueprint: Blueprint, guard: Guard, template: str) -> None:
    """Add the pages below ``/ways`` to a blueprint; ``template`` is the page it extends."""
    pages = _Pages(blueprint.name, template)
    for method, rule, name, view in (
        ("GET", "/ways", "ways", pages.show),
        ("POST", "/ways/passkey/options", "passkey_options", pages.passkey_options),
        ("POST", "/ways/passkey", "add_passkey", pages.passkey),
        ("POST", "/ways/mail", "ask_code", pages.mail),
        ("POST", "/ways/mail/code", "confirm_code", pages.code),
        ("POST", "/ways/provider", "add_provider", pages.provider),
        ("POST", "/ways/<uuid:way>/removal", "remove_way", pages.remove),
        ("POST", "/ways/sessions/end", "end_sessions", pages.end),
    ):
        blueprint.add_url_rule(rule, name, guard(view), methods=[method])


def site() -> Site:
    """Return this tool's site for passkeys; ``NotFoundError`` where there can be none."""
    found = site_of(current_parts().config.public_url)
    if found is None:
        raise NotFoundError("This address cannot have passkeys: it is no name.")
    return found


def return_address(key: str) -> str:
    """Return where a provider sends browsers of this institution back to."""
    return f"{current_parts().config.public_url}{url_for('signing_in.returned', key=key)}"


class _Pages:
    def __init__(self, name: str, template: str) -> None:
        self._name, self._template = name, template

    def show(self, who: SignedInPerson) -> Response:
        """Show the ways of a person, and what can be added."""
        return make_response(self._page(who, None))

    def passkey_options(self, who: SignedInPerson) -> Response:
        """Give the browser what it needs to make a passkey."""
        parts, door = current_parts(), self._door(who)
        options = begin_passkey(parts.database, site(), door, now=parts.clock())
        return keep_browser(jsonify(options))

    def passkey(self, who: SignedInPerson) -> Response:
        """Keep the passkey that the browser has made."""
        parts, form = current_parts(), Form("passkey", request.form)
        answer = form.text("credential", longest=LARGEST)
        name = form.text("name", longest=LONGEST)
        if not form.errors:
            with form.catching():
                add_passkey(
                    parts.database,
                    site(),
                    self._door(who),
                    answer=answer,
                    name=name,
                    now=parts.clock(),
                )
        return self._end(who, form, "added")

    def mail(self, who: SignedInPerson) -> Response:
        """Have a code mailed to an address, which confirms it; at an institution alone."""
        _key(who)
        parts, form = current_parts(), Form("mail", request.form)
        address, token = form.text("address", longest=LONGEST), ""
        if not form.errors:
            with form.catching():
                token = ask_sign_in_code(
                    parts.database,
                    self._door(who),
                    address=address,
                    can_mail=parts.mailer is not None,
                    now=parts.clock(),
                )
        if form.errors:
            return refused(form, lambda: self._page(who, form))
        return keep_browser(make_response(self._page(who, None, attempt=token)))

    def code(self, who: SignedInPerson) -> Response:
        """Keep the address whose code is typed."""
        parts, form = current_parts(), Form("code", request.form)
        code = form.text("code", longest=40)
        token = form.text("attempt", longest=LONGEST)
        if not form.errors:
            with form.catching():
                enter_sign_in_code(
                    parts.database,
                    parts.config.secret_key,
                    self._door(who),
                    token=token,
                    code=code,
                    now=parts.clock(),
                )
        return self._end(who, form, "added", attempt=token)

    def provider(self, who: SignedInPerson) -> Response:
        """Show the way to the provider: a link, since a form may not lead to another site."""
        parts, form = current_parts(), Form("provider", request.form)
        address = ""
        with form.catching():
            address = begin_provider_sign_in(
                parts.database,
                parts.providers,
                parts.config.secret_key,
                self._door(who),
                redirect_uri=return_address(_key(who)),
                now=parts.clock(),
            )
        if form.errors:
            return refused(form, lambda: self._page(who, form))
        return keep_browser(make_response(self._page(who, None, provider_address=address)))

    def remove(self, who: SignedInPerson, way: UUID) -> Response:
        """Remove a way."""
        parts = current_parts()
        self._door(who)
        remove_sign_in_way(parts.database, who.person, way, now=parts.clock())
        return go(url_for(f"{self._name}.ways", notice="removed"), SEE_OTHER)

    def end(self, who: SignedInPerson) -> Response:
        """Sign out in every browser, this one too."""
        parts = current_parts()
        end_sessions(parts.database, who.person, now=parts.clock())
        is_own = isinstance(who, Own)
        page = "signing_in.show" if is_own else "admin_signing_in.show"
        response = go(url_for(page, key=_key(who) if is_own else None), SEE_OTHER)
        if is_own:
            delete_own_cookie(response)
        return response

    def _door(self, who: SignedInPerson) -> Door:
        """Return where a way is added; ``ForbiddenError`` in a session that is not new."""
        person = who.person
        door = Door(person.audience, person.institution_id, browser(), adds_for=person)
        door.check_fresh(who.created_at, current_parts().clock())
        return door

    def _end(self, who: SignedInPerson, form: Form, notice: str, *, attempt: str = "") -> Response:
        if form.errors:
            return refused(form, lambda: self._page(who, form, attempt=attempt))
        return go(url_for(f"{self._name}.ways", notice=notice), SEE_OTHER)

    def _page(
        self,
        who: SignedInPerson,
        form: Form | None,
        *,
        attempt: str = "",
        provider_address: str = "",
    ) -> str:
        parts = current_parts()
        return render_template(
            "ways.html",
            page=self._template,
            pages=self._name,
            view=show_ways(parts.database, who.person),
            form=form,
            attempt=attempt,
            provider_address=provider_address,
            can_mail=parts.mailer is not None,
            has_passkeys=site_of(parts.config.public_url) is not None,
            notice_words=NOTICES.get(request.args.get("notice", "")),
        )


def _key(who: SignedInPerson) -> str:
    key = who.institution_key
    if key is None:
        raise NotFoundError("Who looks after the whole tool signs in with a passkey or a link.")
    return key
