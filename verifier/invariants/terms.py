"""From one word to one endpoint term: the table of forms of the contract.

Law: the form is told by the plain beginning of the word (`tag:`, `subnet-`, digits, ...); quotes
and backslashes protect only keys and values. A word of no form is a mistake that names the
nearest form.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from verifier.invariants.endpoint import (
    RESERVED,
    Account,
    Any,
    ById,
    Cidr,
    Internet,
    LoadBalancer,
    Named,
    NameGlob,
    OfType,
    Region,
    Resource,
    Scope,
    Tag,
    Term,
    Zone,
)
from verifier.invariants.glob import WILD, Glob
from verifier.invariants.place import Source, nearest, quoted
from verifier.invariants.tokens import Character, Token
from verifier.packet import Prefix

Characters = tuple[Character, ...]

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)
_ID = re.compile(rf"({'|'.join(Resource)})-\S+")
_FOREIGN_ID = re.compile(r"[a-z]+(-[a-z]+)*-[0-9a-f]{8}([0-9a-f]{9})?")
_ADDRESS = re.compile(r"[0-9.]+(/.*)?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(/.*)?", re.ASCII)
_LOAD_BALANCER = re.compile(r"[^:]*:elasticloadbalancing:.*:loadbalancer/.+", re.DOTALL)
_FORMS = ("internet", "any", "tag:", "name:", "sg:", "subnet:", "vpc:", "subnet:tag:", "vpc:tag:",
          "account:", "region:", "az:", "type:", "lb:")  # fmt: skip
EXPECTED = "expected `internet`, `any`, a name, an id, `tag:KEY=VALUE`, `name:NAME` or a CIDR"


def name_mistake(name: str) -> str | None:
    """Why this cannot be a name under `endpoints:`; None iff it can."""
    if name in RESERVED:
        return f"{quoted(name)} is a keyword and cannot name an endpoint"
    if not NAME.fullmatch(name):
        return f"{quoted(name)} is not a name, expected a letter, then letters, digits, `_` or `-`"
    if _ID.fullmatch(name) or _FOREIGN_ID.fullmatch(name):
        return f"{quoted(name)} is shaped like an id and cannot name an endpoint"
    return None


def term(source: Source, token: Token) -> Term:
    """The term that a word stands for."""
    head, rest = _split(token.characters, ":")
    if rest is not None and all(character.plain for character in head):
        form = _FORM_READERS.get(_text(head))
        if form is not None:
            return form(source, token, rest)
    if any(not character.plain for character in token.characters):
        raise source.mistake(
            token.offset,
            f"read {token.shown}, but only keys and values stand in double quotes or have "
            f"backslashes, {EXPECTED}",
        )
    return _plain(source, token)


def _plain(source: Source, token: Token) -> Term:
    text, at = token.text, source.place(token.offset)
    if text == "internet":
        return Internet(at)
    if text == "any":
        return Any(at)
    if found := _ID.fullmatch(text):
        return ById(Resource(found[1]), text, at)
    if _ADDRESS.fullmatch(text):
        return Cidr(_prefix(source, token), at)
    if _FOREIGN_ID.fullmatch(text):
        raise source.mistake(
            token.offset, f"{token.shown} is the id of something that is no endpoint, {EXPECTED}"
        )
    if text not in RESERVED and NAME.fullmatch(text):
        return Named(text, at)
    glued = next((mark for mark in ("->", "|") if mark in text), None)
    advice = f", put blanks around `{glued}`" if glued else nearest(text, _FORMS)
    raise source.mistake(token.offset, f"{EXPECTED}, read {token.shown}{advice}")


def _prefix(source: Source, token: Token) -> Prefix:
    try:
        prefix = Prefix.parse(token.text)
    except ValueError as error:
        message = f"expected an address or a CIDR block, {error}"
        raise source.mistake(token.offset, message) from None
    address = token.text.partition("/")[0]
    if Prefix.parse(address).network != prefix.network:
        raise source.mistake(
            token.offset,
            f"{token.shown} has bits set behind its length, did you mean `{prefix}` or `{address}`",
        )
    return prefix


def _split(characters: Characters, mark: str) -> tuple[Characters, Characters | None]:
    """Before and behind the first plain `mark`; None behind it if there is none."""
    for at, character in enumerate(characters):
        if character.plain and character.mark == mark:
            return characters[:at], characters[at + 1 :]
    return characters, None


def _text(characters: Characters) -> str:
    return "".join(character.mark for character in characters)


def _value(source: Source, token: Token, characters: Characters, what: str) -> str:
    """Characters that stand for themselves: wild cards are a mistake unless escaped."""
    for character in characters:
        if character.mark in WILD and not character.escaped:
            raise source.mistake(
                character.offset,
                f"{what} is not a pattern, write `\\{character.mark}` for the character itself",
            )
    if not characters:
        raise source.mistake(token.offset, f"expected {what} in {token.shown}")
    return _text(characters)


def _glob(source: Source, token: Token, characters: Characters) -> Glob:
    if not characters and not token.text.endswith('""'):
        raise source.mistake(token.offset, f"expected a name or a pattern in {token.shown}")
    return Glob.of((character.mark, character.escaped) for character in characters)


def _tag(source: Source, token: Token, rest: Characters, scope: Scope) -> Tag:
    key, value = _split(rest, "=")
    glob = None if value is None else Glob.of((mark.mark, mark.escaped) for mark in value)
    return Tag(scope, _value(source, token, key, "a tag's key"), glob, source.place(token.offset))


def _named(scope: Scope) -> Callable[[Source, Token, Characters], Term]:
    def read(source: Source, token: Token, rest: Characters) -> Term:
        head, behind = _split(rest, ":")
        if behind is not None and _text(head) == "tag" and all(mark.plain for mark in head):
            if scope in (Scope.SUBNET, Scope.VPC):
                return _tag(source, token, behind, scope)
            raise source.mistake(
                token.offset,
                f"{token.shown}: tags are asked of interfaces (`tag:`), `subnet:tag:` "
                "and `vpc:tag:`",
            )
        return NameGlob(scope, _glob(source, token, rest), source.place(token.offset))

    return read


def _interface_tag(source: Source, token: Token, rest: Characters) -> Term:
    return _tag(source, token, rest, Scope.INTERFACE)


def _account(source: Source, token: Token, rest: Characters) -> Term:
    value = _value(source, token, rest, "an account's id")
    return Account(value, source.place(token.offset))


def _region(source: Source, token: Token, rest: Characters) -> Term:
    return Region(_value(source, token, rest, "a region's name"), source.place(token.offset))


def _zone(source: Source, token: Token, rest: Characters) -> Term:
    value = _value(source, token, rest, "an availability zone's name")
    return Zone(value, source.place(token.offset))


def _of_type(source: Source, token: Token, rest: Characters) -> Term:
    return OfType(_glob(source, token, rest), source.place(token.offset))


def _load_balancer(source: Source, token: Token, rest: Characters) -> Term:
    return LoadBalancer(_glob(source, token, rest), False, source.place(token.offset))


def _arn(source: Source, token: Token, rest: Characters) -> Term:
    if not _LOAD_BALANCER.fullmatch(_text(rest)):
        message = f"expected the ARN of a load balancer, read {token.shown}"
        raise source.mistake(token.offset, message)
    value = _value(source, token, token.characters, "an ARN")
    return LoadBalancer(Glob.exactly(value), True, source.place(token.offset))


_FORM_READERS: dict[str, Callable[[Source, Token, Characters], Term]] = {
    "tag": _interface_tag,
    "name": _named(Scope.INTERFACE),
    "sg": _named(Scope.SECURITY_GROUP),
    "subnet": _named(Scope.SUBNET),
    "vpc": _named(Scope.VPC),
    "account": _account,
    "region": _region,
    "az": _zone,
    "type": _of_type,
    "lb": _load_balancer,
    "arn": _arn,
}
