"""Finding the files of a snapshot and reading their bytes.

Owns every touch of the file system. Laws: the order of the files depends on their names alone; no
folder is entered twice, so that links cannot loop; nothing but regular files is opened, so that
devices and pipes cannot block; what is read, compressed or not, is bounded by `LARGEST_INPUT` in
all, so that an archive cannot fill the memory.
"""

from __future__ import annotations

import gzip
import io
import re
import stat
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO, Final

from verifier.errors import SnapshotError

LARGEST_INPUT: Final = 1 << 30
STANDARD_INPUT: Final = "-"
SUFFIXES: Final = (".json", ".json.gz")

_ACCOUNT: Final = re.compile(r"\d{12}", re.ASCII)
REGION: Final = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}")
_GZIP_MAGIC: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Source:
    """One input file: its path as a person sees it, and what its folders' names say."""

    path: str
    account: str | None = None
    region: str | None = None

    @property
    def scope(self) -> tuple[str | None, str | None]:
        """Account and Region, as far as the folders' names say."""
        return self.account, self.region

    @property
    def stem(self) -> str:
        """The file's name without folders and without `.json` or `.json.gz`."""
        name = PurePath(self.path).name
        return re.sub(r"\.json(\.gz)?$", "", name, flags=re.IGNORECASE)


class Budget:
    """How many bytes may still be read."""

    def __init__(self) -> None:
        self.left = LARGEST_INPUT

    def read(self, stream: BinaryIO | gzip.GzipFile, path: str) -> bytes:
        """All bytes of the stream; SnapshotError iff they are more than are left."""
        data = stream.read(self.left + 1)
        if len(data) > self.left:
            raise SnapshotError(
                path, f"the snapshot is larger than {LARGEST_INPUT:,} bytes; read it in parts"
            )
        return data


def find(paths: Sequence[str]) -> Iterator[Source]:
    """Every file that the paths name, folders searched for `.json` and `.json.gz`, in order."""
    for path in paths:
        if path == STANDARD_INPUT:
            yield Source("<stdin>")
            continue
        try:
            mode = Path(path).stat().st_mode
        except (OSError, ValueError) as error:
            raise _unreadable(path, error) from None
        if stat.S_ISDIR(mode):
            found = list(_walk(path))
            if not found:
                raise SnapshotError(
                    shown(path), "no `.json` or `.json.gz` file in this folder or below it"
                )
            yield from map(_source, found)
        elif stat.S_ISREG(mode):
            yield _source(path)
        else:
            raise SnapshotError(
                shown(path), "is neither a file nor a folder; pipe it in and name it `-`"
            )


def _walk(root: str) -> Iterator[str]:
    entered: set[tuple[int, int]] = set()
    waiting = [Path(root)]
    while waiting:
        folder = waiting.pop()
        try:
            about = folder.stat()
            if (about.st_dev, about.st_ino) in entered:
                continue
            entered.add((about.st_dev, about.st_ino))
            inside = sorted(folder.iterdir())
            folders = [path for path in inside if path.is_dir()]
        except OSError as error:
            raise _unreadable(str(folder), error) from None
        for path in inside:
            if path.name.lower().endswith(SUFFIXES) and path not in folders:
                yield str(path)
        waiting.extend(reversed(folders))


def _source(path: str) -> Source:
    account, region = _scope(PurePath(path).parts[:-1])
    return Source(path, account, region)


def _scope(folders: Sequence[str]) -> tuple[str | None, str | None]:
    for at in range(len(folders) - 1, -1, -1):
        if REGION.fullmatch(folders[at]):
            above = folders[at - 1] if at else ""
            return (above if _ACCOUNT.fullmatch(above) else None), folders[at]
    return None, None


def read(source: Source, budget: Budget, stdin: BinaryIO | None) -> bytes:
    """The bytes of one source, decompressed if they are compressed."""
    if source.path == "<stdin>":
        if stdin is None:
            raise SnapshotError(source.path, "there is no standard input to read")
        data = budget.read(stdin, source.path)
    else:
        data = _read_file(source.path, budget)
    if data.startswith(_GZIP_MAGIC):
        data = _decompress(data, source.path, budget)
    budget.left -= len(data)
    return data


def _read_file(path: str, budget: Budget) -> bytes:
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise SnapshotError(shown(path), "is not a regular file")
        with Path(path).open("rb") as stream:
            return budget.read(stream, shown(path))
    except OSError as error:
        raise _unreadable(path, error) from None


def _decompress(data: bytes, path: str, budget: Budget) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            return budget.read(stream, shown(path))
    except (OSError, EOFError, zlib.error) as error:
        raise SnapshotError(shown(path), f"is not a whole gzip file ({error})") from None


def _unreadable(path: str, error: OSError | ValueError) -> SnapshotError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return SnapshotError(shown(path), f"cannot be read ({reason.lower()})")


def shown(path: str) -> str:
    """The path as text that can be printed and encoded, whatever bytes it has."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")
