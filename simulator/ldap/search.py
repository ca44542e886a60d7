"""A search: the objects that fit, in pages when asked for (PURE; RFC 4511 section 4.5, RFC 2696)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from simulator.ldap import messages, names, texts
from simulator.ldap.controller import CONTROLS, DOMAIN_SCOPE, Controller
from simulator.ldap.entries import Entry
from simulator.ldap.messages import Control, MessageError, Page, ResultCode, Scope, Search
from simulator.ldap.names import Name

MAXIMUM_PAGE = 1000
"""AD's LDAP policy MaxPageSize: no search without paging gives more."""


class SearchRefused(Exception):
    """Why there is no answer; ``matched`` and ``referral`` as in LDAPResult."""

    def __init__(self, code: ResultCode, text: str, *, matched: str = "", referral: str = "") -> None:
        super().__init__(text)
        self.code, self.text, self.matched, self.referral = code, text, matched, referral


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rest:
    """What a client has not fetched yet, and by what it asks for more."""

    cookie: bytes
    query: Search
    entries: tuple[Entry, ...]


class Searcher:
    """The searches of one session: it remembers one set of pages."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._rest: _Rest | None = None
        self._pages = 0
        self.found = 0
        """How many objects the last search gave, for the ledger."""

    def answer(self, number: int, query: Search, controls: Sequence[Control], *, bound: bool) -> bytes:
        """Every message of the answer."""
        self.found = 0

        def done(code: ResultCode, *, page: Page | None = None, **more: str) -> bytes:
            return messages.result(number, "searchResDone", code, page=page, **more)

        try:
            check_controls(controls)
            return self._search(number, query, controls, bound=bound, done=done)
        except SearchRefused as refusal:
            return done(refusal.code, text=refusal.text, matched=refusal.matched, referral=refusal.referral)

    def _search(
        self,
        number: int,
        query: Search,
        controls: Sequence[Control],
        *,
        bound: bool,
        done: Callable[..., bytes],
    ) -> bytes:
        if not query.base and query.scope is Scope.BASE:
            return self._written(number, query, [self._controller.root()]) + done(ResultCode.SUCCESS)
        if not bound:
            raise SearchRefused(ResultCode.OPERATIONS_ERROR, texts.NEEDS_BIND)
        paging = _page(controls)
        if paging is not None and paging.cookie:
            entries = self._continued(query, paging.cookie)
        else:
            entries = tuple(self._fitting(query))
        limit = min(query.size_limit or MAXIMUM_PAGE, MAXIMUM_PAGE)
        if paging is None:
            code = ResultCode.SIZE_LIMIT_EXCEEDED if len(entries) > limit else ResultCode.SUCCESS
            written = self._written(number, query, entries[:limit])
            return written + self._references(number, query, controls) + done(code)
        size = min(max(paging.size, 1), limit)
        page = Page(size=0, cookie=self._remember(query, entries[size:]))
        last = b"" if page.cookie else self._references(number, query, controls)
        return self._written(number, query, entries[:size]) + last + done(ResultCode.SUCCESS, page=page)

    def _written(self, number: int, query: Search, entries: Sequence[Entry]) -> bytes:
        self.found = len(entries)
        found = []
        for entry in entries:
            chosen = list(entry.chosen(query.attributes))
            if query.types_only:
                chosen = [(name, ()) for name, _ in chosen]
            found.append(messages.found_entry(number, entry.dn, chosen))
        return b"".join(found)

    def _continued(self, query: Search, cookie: bytes) -> tuple[Entry, ...]:
        rest = self._rest
        if rest is None or rest.cookie != cookie or rest.query != query:
            raise SearchRefused(ResultCode.UNWILLING_TO_PERFORM, texts.BAD_COOKIE)
        return rest.entries

    def _remember(self, query: Search, entries: tuple[Entry, ...]) -> bytes:
        """The cookie; empty when nothing is left."""
        if not entries:
            self._rest = None
            return b""
        self._pages += 1
        cookie = self._pages.to_bytes(4, "big")
        self._rest = _Rest(cookie=cookie, query=query, entries=entries)
        return cookie

    def _fitting(self, query: Search) -> list[Entry]:
        entries = self._controller.entries()
        base = self._base(query, entries)
        return [
            entry
            for entry in entries
            if _is_in_scope(entry.name, base, query.scope) and query.filter.matches(entry)
        ]

    def _base(self, query: Search, entries: Sequence[Entry]) -> Name:
        """The name of the base. Raises SearchRefused when there is no such object here."""
        try:
            base = names.parse(query.base)
        except names.InvalidName:
            raise SearchRefused(ResultCode.INVALID_DN_SYNTAX, texts.BAD_NAME) from None
        if any(entry.name == base for entry in entries) or (not base.parts and self._controller.catalog):
            # The catalog alone has a root that everything is below of.
            return base
        above = [entry for entry in entries if base.is_in(entry.name)]
        if base.parts and not above:
            domain = ".".join(value for kind, value in base.parts if kind == "dc")
            referral = f"ldap://{domain}/{query.base}"
            raise SearchRefused(ResultCode.REFERRAL, texts.elsewhere(domain), referral=referral)
        best = max(above, key=lambda entry: len(entry.name.parts)).dn if above else ""
        raise SearchRefused(ResultCode.NO_SUCH_OBJECT, texts.no_object(best), matched=best)

    def _references(self, number: int, query: Search, controls: Sequence[Control]) -> bytes:
        """What lies below the domain and is not held in it: AD names its configuration so, but in the catalog."""
        controller = self._controller
        whole = query.scope is Scope.SUBTREE and names.parse(query.base) == names.parse(controller.domain)
        if not whole or controller.catalog or any(control.kind == DOMAIN_SCOPE for control in controls):
            return b""
        host = controller.realm.lower()
        return messages.found_reference(number, f"ldap://{host}/{controller.configuration}")


def check_controls(controls: Sequence[Control]) -> None:
    """Raises SearchRefused for a critical control that the lab does not have."""
    if any(control.critical and control.kind not in CONTROLS for control in controls):
        raise SearchRefused(ResultCode.UNAVAILABLE_CRITICAL_EXTENSION, texts.CRITICAL_CONTROL)


def _page(controls: Sequence[Control]) -> Page | None:
    value = next((control.value for control in controls if control.kind == messages.PAGED_RESULTS), None)
    if value is None:
        return None
    try:
        return messages.decode_page(value)
    except MessageError:
        raise SearchRefused(ResultCode.PROTOCOL_ERROR, texts.BAD_COOKIE) from None


def _is_in_scope(name: Name, base: Name, scope: Scope) -> bool:
    if scope is Scope.BASE:
        return name == base
    if scope is Scope.ONE:
        return bool(name.parts) and name.parent() == base
    return name.is_in(base)
