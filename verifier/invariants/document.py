"""YAML as far as specifications use it: mappings, lists and text, each with its place.

Built from PyYAML's events rather than from its nodes, so that what specifications must not contain
(anchors, aliases, tags, merge keys, several documents) is refused where it stands, and so that
depth is bounded before anything recurses. Law: every scalar is text; no text is interpreted.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.errors import SpecError
from verifier.invariants.place import Source, quoted

if TYPE_CHECKING:
    import yaml
    from yaml._yaml import Mark as FastMark
    from yaml.error import Mark as PlainMark

    Mark = PlainMark | FastMark

LARGEST_FILE = 4 * 1024 * 1024
DEEPEST = 16
_BREAKS = "\n\x85\u2028\u2029"


@dataclass(frozen=True, slots=True)
class Scalar:
    """Text; `source` knows the place of each of its characters."""

    source: Source

    @property
    def text(self) -> str:
        """The text itself."""
        return self.source.text

    @property
    def place(self) -> str:
        """Where it starts."""
        return str(self.source.place())


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    place: str
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping: by key, the key as it stands and its value."""

    place: str
    items: Mapping[str, tuple[Scalar, Node]]


Node = Scalar | Sequence | Entries


def decoded(data: bytes, file: str) -> str:
    """UTF-8 with or without byte order mark, or UTF-16 with one."""
    if len(data) > LARGEST_FILE:
        raise SpecError(file, f"larger than {LARGEST_FILE // 1024 // 1024} MiB, split the file")
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        place = file if utf16 else f"{file}:{line}:{column}"
        raise SpecError(
            place, f"not {error.encoding.upper()} text, save the file as UTF-8"
        ) from None


def read_document(text: str, file: str) -> Node | None:
    """The one document of the text; None if there is none in it."""
    import yaml

    try:
        return _Builder(text, file).document(yaml.parse(text, Loader=yaml.BaseLoader))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - text.rfind("\n", 0, error.position)
        mark = quoted(text[error.position : error.position + 1])
        raise SpecError(f"{file}:{line}:{column}", f"character {mark} is not allowed") from None
    except yaml.MarkedYAMLError as error:
        raise SpecError(*_told(error, file)) from None
    except (ValueError, OverflowError) as error:
        # PyYAML lets Python's own errors through for numbers beyond any character or version.
        raise SpecError(file, f"not YAML: {error}") from None


def _told(error: yaml.MarkedYAMLError, file: str) -> tuple[str, str]:
    problem = str(error.problem)
    if "mapping values are not allowed" in problem:
        problem += ", quote the text if `: ` or an IPv6 address that ends in `::` stands in it"
    elif "'\\t'" in problem:
        problem += ", use blanks instead of tabs"
    return _place(file, error.problem_mark), problem


def _place(file: str, mark: Mark | None) -> str:
    assert mark is not None, "text that is read as a whole has marks everywhere"
    return f"{file}:{mark.line + 1}:{mark.column + 1}"


class _Builder:
    """Turns events into nodes."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file

    def _place(self, event: yaml.Event) -> str:
        return _place(self._file, event.start_mark)

    def document(self, events: Iterator[yaml.Event]) -> Node | None:
        """The node of the only document."""
        import yaml

        found: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise SpecError(self._place(event), "a second document, a file has only one")
                found = self._node(next(events), events, 0)
        return found

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
        import yaml

        self._refuse(event, depth)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        place = self._place(event)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Node] = []
            while not isinstance(inner := next(events), yaml.SequenceEndEvent):
                items.append(self._node(inner, events, depth + 1))
            return Sequence(place, tuple(items))
        entries: dict[str, tuple[Scalar, Node]] = {}
        while not isinstance(inner := next(events), yaml.MappingEndEvent):
            key = self._key(inner, entries)
            entries[key.text] = (key, self._node(next(events), events, depth + 1))
        return Entries(place, entries)

    def _key(self, event: yaml.Event, entries: Mapping[str, tuple[Scalar, Node]]) -> Scalar:
        import yaml

        self._refuse(event, 0)
        if not isinstance(event, yaml.ScalarEvent):
            raise SpecError(self._place(event), "expected text as a key, read a list or a mapping")
        key = self._scalar(event)
        if key.text in entries:
            first = entries[key.text][0].source.place().line
            message = f"duplicate key {quoted(key.text)}, first in line {first}"
            raise SpecError(key.place, message)
        if key.text == "<<":
            raise SpecError(key.place, "merge keys are not allowed, write the keys out")
        return key

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        if any("\ud800" <= mark <= "\udfff" for mark in event.value):
            raise SpecError(self._place(event), "half a character, written as an escape")
        return Scalar(_source(self._text, self._file, event))

    def _refuse(self, event: yaml.Event, depth: int) -> None:
        import yaml

        if isinstance(event, yaml.AliasEvent):
            raise SpecError(
                self._place(event), f"alias {quoted(f'*{event.anchor}')} is not allowed, "
                "write the value out, or name it under `endpoints`"
            )  # fmt: skip
        assert isinstance(event, yaml.CollectionStartEvent | yaml.ScalarEvent)
        if event.anchor is not None:
            anchor = quoted("&" + event.anchor)
            raise SpecError(self._place(event), f"anchor {anchor} is not allowed")
        if event.tag is not None:
            raise SpecError(self._place(event), f"tag {quoted(event.tag)} is not allowed")
        if depth > DEEPEST:
            raise SpecError(self._place(event), f"nested deeper than {DEEPEST}")


def _source(text: str, file: str, event: yaml.ScalarEvent) -> Source:
    """The scalar's text with the place of each character, as far as they can be told apart."""
    start, end = event.start_mark, event.end_mark
    assert start is not None
    assert end is not None
    places = _Aligner(text, event.value, event.style, start, end.index).places()
    if places is None:
        places = [(start.line + 1, start.column + 1)]
    return Source(event.value, file, tuple(places))


class _Aligner:
    """Finds a scalar's characters in the file.

    YAML folds runs of blanks and line breaks and leaves all else alone, but for escapes: so the
    characters that are no blanks follow one another in the file as they do in the value.
    """

    def __init__(self, text: str, value: str, style: str | None, start: Mark, end: int) -> None:
        self._text, self._value, self._style = text, value, style
        self._at, self._end = start.index, end
        self._line, self._column = start.line, start.column
        if self._style in ("'", '"'):
            self._forward()
        elif self._style:
            while self._at < self._end and self._text[self._at] != "\n":
                self._forward()

    def _forward(self) -> None:
        mark = self._text[self._at]
        self._at += 1
        if mark in _BREAKS or (mark == "\r" and self._text[self._at : self._at + 1] != "\n"):
            self._line, self._column = self._line + 1, 0
        else:
            self._column += 1

    def places(self) -> list[tuple[int, int]] | None:
        """Line and column of each character and of the end; None if they cannot be told."""
        found: list[tuple[int, int]] = []
        for mark in self._value:
            if mark.isspace():
                found.append((self._line + 1, self._column + 1))
                if self._at < self._end and self._text[self._at].isspace():
                    self._forward()
                continue
            while self._at < self._end and self._text[self._at].isspace():
                self._forward()
            escaped = self._text[self._at : self._at + 2] in _ESCAPES.get(self._style or "", ())
            if escaped:
                self._forward()
            found.append((self._line + 1, self._column + 1))
            if self._at >= self._end or self._text[self._at] != mark:
                return None
            self._forward()
        found.append((self._line + 1, self._column + 1))
        return found


_ESCAPES = {"'": ("''",), '"': ('\\"', "\\\\", "\\/")}
