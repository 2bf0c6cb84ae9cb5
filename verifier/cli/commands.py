"""The commands and their options, as click has them; what they do stands in the other modules."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click

from verifier import __version__
from verifier.cli.settings import Settings

HELP: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
SEVERITIES: Final = ("critical", "high", "medium", "low")
REPORTS: Final = ("text", "json", "junit", "sarif")
SHELLS: Final = ("bash", "zsh", "fish")
LONGEST: Final = 1e9


def _count(context: click.Context, parameter: click.Parameter, value: str) -> int | None:
    """A number of counterexamples, at least 1; None for `all`."""
    if value == "all":
        return None
    if not (value.isascii() and value.isdigit() and len(value) < 10 and int(value) > 0):
        raise click.BadParameter(f"`{value}` is neither a number from 1 nor `all`")
    return int(value)


def _seconds(context: click.Context, parameter: click.Parameter, value: str) -> float:
    """A time above zero."""
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds < LONGEST:
        raise click.BadParameter(f"`{value}` is not a number of seconds above 0")
    return seconds


def _targets(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, Path], ...]:
    """Each `FORMAT=PATH` as a pair."""
    found = []
    for value in values:
        form, equals, path = value.partition("=")
        if form not in REPORTS or not equals or not path:
            known = ", ".join(REPORTS)
            raise click.BadParameter(f"`{value}` is not FORMAT=PATH with a format of {known}")
        found.append((form, Path(path)))
    return tuple(found)


class Verify(click.Group):
    """The group; its defaults come from the settings of the working directory."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """As click does, with settings as defaults."""
        extra.setdefault("default_map", Settings(Path.cwd()))
        return super().make_context(info_name, args, parent, **extra)

    def get_help(self, ctx: click.Context) -> str:
        """The help, with the built-in defaults: it has to work whatever the settings say."""
        ctx.default_map = None
        return super().get_help(ctx)


def _version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"verify {__version__} (z3 {version('z3-solver')})")
        context.exit()


def _nothing_before(context: click.Context, command: str) -> None:
    """Refuse options that stand before a subcommand, which would not see them."""
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if source is click.core.ParameterSource.COMMANDLINE:
            option = parameter.opts[-1]
            raise click.UsageError(f"`{option}` before `{command}`: write it behind", context)


snapshot_option = click.option(
    "-s",
    "--snapshot",
    multiple=True,
    metavar="PATH",
    help="Folder or file of `aws ... describe-*` JSON; `-` is standard input; several are merged.",
)
strict_option = click.option(
    "--strict", is_flag=True, help="Count unrecognised fields of the snapshot as gaps."
)
plain_format = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What goes to standard output.",
)


@click.group(cls=Verify, invoke_without_command=True, context_settings=HELP)
@click.option(
    "-i",
    "--invariant",
    multiple=True,
    metavar="SPEC",
    help="YAML file, folder of them, `pack:NAME`, or one statement such as"
    " 'never internet -> tag:Tier=db'.",
)
@snapshot_option
@click.option(
    "-k", "--only", multiple=True, metavar="GLOB", help="Only invariants whose id matches."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="What goes to standard output.",
)
@click.option(
    "--report",
    multiple=True,
    callback=_targets,
    metavar="FORMAT=PATH",
    help="Write this report, too: text, json, junit or sarif.",
)
@click.option(
    "--packets",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write each counterexample as ID-N.pcapng and ID-N.json.",
)
@click.option(
    "--timeout",
    callback=_seconds,
    default="60",
    show_default=True,
    metavar="SECONDS",
    help="Per invariant.",
)
@click.option(
    "--max-counterexamples",
    callback=_count,
    default="3",
    show_default=True,
    metavar="N",
    help="Per invariant; `all` lists every violating pair of endpoint classes.",
)
@click.option(
    "--jobs", type=click.IntRange(min=1), metavar="N", help="Worker processes.  [default: cores]"
)
@click.option(
    "--smt-dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Dump each query as SMT-LIB 2.",
)
@strict_option
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="low",
    show_default=True,
    help="Less severe invariants are reported, but do not make the exit code 1.",
)
@click.option("--deterministic", is_flag=True, help="Leave times and versions out of reports.")
@click.option("-q", "--quiet", is_flag=True, help="Only verdicts.")
@click.option("-v", "--verbose", is_flag=True, help="Also sets, replies, witnesses, every gap.")
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version and exit.",
)
@click.pass_context
def verify(context: click.Context, /, **options: Any) -> int:
    """Prove or refute reachability invariants of AWS networks.

    \b
    verify -i invariants.yaml -s snapshot/
    verify -i 'never internet -> tag:Tier=db on tcp/5432' -s snapshot/

    Exit code: 0 all proved, 1 refuted, 2 wrong usage, 3 unreadable input, 4 unknown, 5 vacuous or
    no invariant, 70 internal error, 130 interrupted.
    """
    if context.invoked_subcommand is not None:
        _nothing_before(context, context.invoked_subcommand)
        return 0
    if options["quiet"] and options["verbose"]:
        raise click.UsageError("`--quiet` and `--verbose` exclude each other", context)
    from verifier.cli.checking import Request, check_invariants

    return check_invariants(Request(**options))


@verify.command(context_settings=HELP)
@snapshot_option
@strict_option
@click.option("--from", "source", required=True, metavar="HOST", help="Endpoint or address.")
@click.option("--to", "destination", required=True, metavar="HOST", help="Endpoint or address.")
@click.option(
    "--source-port",
    type=click.IntRange(0, 65535),
    default=None,
    metavar="N",
    help="Source port of TCP and UDP.  [default: 49152]",
)
@click.option(
    "--mode",
    type=click.Choice(["packet", "connection"]),
    default="packet",
    show_default=True,
    help="Whether the reply counts.",
)
@plain_format
@click.argument("traffic")
def trace(**options: Any) -> int:
    """Tell where one packet goes, hop by hop.

    TRAFFIC is one kind of packet, such as tcp/443, udp/53, icmp or ip6:tcp/22. Exit code: 0
    delivered, 1 dropped, 4 unknown.
    """
    from verifier.cli.tracing import TraceRequest, trace_packet

    return trace_packet(TraceRequest(**options))


@verify.command(context_settings=HELP)
@snapshot_option
@strict_option
@plain_format
@click.option("-v", "--verbose", is_flag=True, help="Every name and every gap.")
def inventory(**options: Any) -> int:
    """Tell what was read: counts, names to use in a spec, gaps, what is missing."""
    from verifier.cli.listing import InventoryRequest, list_inventory

    return list_inventory(InventoryRequest(**options))


@verify.command(context_settings=HELP)
@click.argument("which", type=click.Choice(["spec", "report"]), default="spec")
def schema(which: str) -> int:
    """Print the JSON Schema of a specification or of the JSON report."""
    from verifier.cli.listing import print_schema

    return print_schema(which)


@verify.command(context_settings=HELP)
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> int:
    """Print the completion script of a shell, for `eval "$(verify completion bash)"`."""
    from click.shell_completion import BashComplete, FishComplete, ZshComplete

    from verifier.cli.output import put

    scripts = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}
    put(scripts[shell](verify, {}, "verify", "_VERIFY_COMPLETE").source())
    return 0
