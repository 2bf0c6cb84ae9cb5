"""The main job: read, check, report, and say by the exit code how it went."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib.metadata import version
from pathlib import Path
from typing import Final

from verifier import __version__
from verifier.cli.output import note, progress, put, put_lines, standard_input, waiting
from verifier.cli.sources import SpecFile, is_statement, spec_files
from verifier.errors import SpecError, UsageError
from verifier.invariants import (
    Invariant,
    Severity,
    Spec,
    load_spec,
    parse_statement,
    read_spec,
    with_names,
)
from verifier.report import document, github, junit, sarif, text
from verifier.report.files import write_atomically
from verifier.report.packets import write_packets
from verifier.report.run import Run, exit_code
from verifier.report.shown import shown
from verifier.report.text import Detail
from verifier.snapshot import InputFile, read_snapshot
from verifier.verify import Options, check

RENDERERS: Final = {
    "json": document.render,
    "junit": junit.render,
    "sarif": sarif.render,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The options of the main command, as click has them."""

    invariant: tuple[str, ...]
    snapshot: tuple[str, ...]
    only: tuple[str, ...]
    form: str
    report: tuple[tuple[str, Path], ...]
    packets: Path | None
    timeout: float
    max_counterexamples: int | None
    jobs: int | None
    smt_dir: Path | None
    strict: bool
    fail_on: str
    deterministic: bool
    quiet: bool
    verbose: bool

    @property
    def detail(self) -> Detail:
        """How much the text report tells."""
        if self.quiet:
            return Detail.QUIET
        return Detail.VERBOSE if self.verbose else Detail.USUAL

    @property
    def options(self) -> Options:
        """What the checking itself wants to know."""
        return Options(
            timeout=self.timeout,
            max_counterexamples=self.max_counterexamples,
            jobs=self.jobs,
            smt_directory=self.smt_dir,
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """The invariants of a run, the files they come from, and what was remarked on the way."""

    invariants: tuple[Invariant, ...]
    files: tuple[InputFile, ...]
    warnings: tuple[str, ...]


def check_invariants(request: Request) -> int:
    """Check the invariants against the snapshot and write every report; the exit code."""
    if not request.invariant:
        raise UsageError("no invariant is given: name some with `--invariant`")
    if not request.snapshot:
        raise UsageError("no snapshot is given: name one with `--snapshot`")
    _prepare(request)
    asked = read_invariants(request.invariant, request.only)
    with waiting("reading", shown=not request.quiet):
        read = read_snapshot(request.snapshot, strict=request.strict, stdin=standard_input())
    with progress(shown=not request.quiet) as tick:
        checks = check(read.network, asked.invariants, request.options, tick)
    run = Run(
        network=read.network,
        checks=checks,
        inputs=(*read.inputs, *asked.files),
        warnings=(
            *read.warnings,
            *asked.warnings,
            *(told for one in checks for told in one.warnings),
        ),
        version=__version__,
        solver=f"z3 {'.'.join(version('z3-solver').split('.')[:3])}",
        deterministic=request.deterministic,
        fail_on=Severity(request.fail_on),
    )
    write_reports(run, request)
    return exit_code(run)


def _prepare(request: Request) -> None:
    """Refuse, before any work, what cannot be written later; make folders that lack."""
    for _, path in request.report:
        if path.is_dir():
            raise UsageError(f"--report: `{path}` is a folder, not a file")
    for option, folder in (("--packets", request.packets), ("--smt-dir", request.smt_dir)):
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except (OSError, ValueError) as error:
                raise UsageError(f"{option}: `{folder}` cannot be made: {error}") from None


def read_invariants(values: Sequence[str], only: Sequence[str] = ()) -> Asked:
    """What the values of `--invariant` stand for; with `only`, those whose id matches a glob.

    Statements are read before files, since a mistake in them is the worse one (exit 2). Their names
    are those of the files given with them.
    """
    values = tuple(dict.fromkeys(values))
    inline = {value: parse_statement(value) for value in values if is_statement(value)}
    files = {value: spec_files(value) for value in values if value not in inline}
    read = {file: _load(file) for found in files.values() for file in found}
    names = [spec.endpoints for spec, _ in read.values()]
    found: list[Invariant] = []
    for value in values:
        if value in inline:
            found.append(with_names(inline[value], names))
        for file in files.get(value, ()):
            found.extend(read[file][0].invariants)
    wanted = [one for one in _distinct(found) if not only or _matches(one.id, only)]
    return Asked(
        tuple(wanted),
        tuple(input_file for _, input_file in read.values()),
        tuple(warning for spec, _ in read.values() for warning in spec.warnings),
    )


def _matches(id_: str, globs: Sequence[str]) -> bool:
    return any(fnmatchcase(id_, glob) for glob in globs)


def _load(file: SpecFile) -> tuple[Spec, InputFile]:
    """A file's invariants, and the file as reports name it."""
    spec = load_spec(file.path) if file.pack is None else _load_pack(file)
    digest = hashlib.sha256(file.path.read_bytes()).hexdigest()
    return spec, InputFile(file.name, digest, "invariants")


def _load_pack(file: SpecFile) -> Spec:
    """A pack is named `pack:NAME` everywhere, wherever it is installed."""
    return read_spec(file.path.read_text(encoding="utf-8"), file.name)


def _distinct(invariants: Sequence[Invariant]) -> list[Invariant]:
    """The invariants, each id once: reports, `--only` and file names tell them apart by it.

    The same file or statement given twice counts once.
    """
    first: dict[str, Invariant] = {}
    for one in invariants:
        other = first.setdefault(one.id, one)
        if (one.file, one.line, one.statement) != (other.file, other.line, other.statement):
            raise SpecError(one.place, f"id `{one.id}` is taken by {other.place}")
    return list(first.values())


def write_reports(run: Run, request: Request) -> None:
    """Every report to its place: files first, so that a reader that goes away loses nothing."""
    for form, path in request.report:
        write_atomically(path, _rendered(run, form, request.detail))
    if request.packets is not None:
        write_packets(run, request.packets)
    if request.form == "text":
        for warning in run.warnings:
            note(f"warning: {shown(warning)}")
        put_lines(text.report_lines(run, request.detail))
    elif request.form == "json":
        put(document.render(run))
    else:
        put(github.render(run))
        _step_summary(run)


def _rendered(run: Run, form: str, detail: Detail) -> str:
    """A report for a file; `-q` is about standard output only."""
    detail = max(detail, Detail.USUAL)
    return text.render(run, detail) if form == "text" else RENDERERS[form](run)


def _step_summary(run: Run) -> None:
    """Append to the summary of the step, where GitHub gives one."""
    place = os.environ.get("GITHUB_STEP_SUMMARY")
    if not place:
        return
    path = Path(place)
    try:
        used = path.stat().st_size if path.exists() else 0
        with path.open("a", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(github.summary(run, github.LARGEST_SUMMARY - used))
    except OSError as error:
        raise UsageError(f"GITHUB_STEP_SUMMARY: `{place}` cannot be written: {error}") from None
