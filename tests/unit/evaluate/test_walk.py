"""Walks as a whole: what is given back, and how several open ways are taken (GAP-1)."""

import random

import pytest

from tests.known_answers.cases import CLIENT, lan, web
from tests.strategies.builder import gap, outside, packet, probe, rule
from tests.strategies.gap import opened as draw_opened
from tests.strategies.network import draw
from verifier.evaluate import Code, delivers, exchange, prepare, walk
from verifier.evaluate.forks import Forks
from verifier.invariants.question import Mode


def test_forks_take_every_combination_once():
    forks = Forks()
    seen = []
    more = True
    while more:
        first = forks.choose("ab")
        second = forks.choose("xyz") if first == "a" else forks.choose("-")
        seen.append(first + second)
        more = forks.advance()
    assert seen == ["ax", "ay", "az", "b-"]


def test_a_run_without_forks_is_the_only_one():
    forks = Forks()
    assert forks.choose([7]) == 7
    assert not forks.advance()


def test_a_network_and_its_index_answer_alike():
    asked = lan().ask("R")
    index = prepare(asked.network)
    assert walk(index, asked.probe) == walk(asked.network, asked.probe)
    assert exchange(index, asked.probe) == exchange(asked.network, asked.probe)


def test_delivers_without_a_destination():
    made = lan()
    for address, found in (("10.0.2.5", True), ("10.0.2.77", False), ("10.0.0.2", True)):
        asked = probe(made.a, None, packet("10.0.1.5", address))
        for mode in Mode:
            assert delivers(made.net.network(), asked, mode) is found


def test_a_packet_that_reaches_somebody_else():
    made = lan()
    asked = probe(made.a, CLIENT, packet("10.0.1.5", "10.0.2.5"))
    network = made.net.network()
    assert walk(network, asked).delivered_to == made.b
    assert not delivers(network, asked, Mode.PACKET)
    assert not exchange(network, asked).works
    served = probe(made.a, made.b, packet("10.0.1.5", "10.0.0.2"))
    assert not delivers(network, served, Mode.PACKET)


def test_a_reply_through_a_gap_counts_among_the_gaps():
    made = web(routes=())
    made.subnet.route("pl-9", made.vpc.igw).route("0.0.0.0/0", made.vpc.igw)
    unknown = made.net.lacks("prefix-list", "pl-9")
    asked = made.ask("R")
    found = exchange(asked.network, asked.probe, frozenset({unknown}))
    assert found.works
    assert found.forward.gaps == frozenset()
    assert found.gaps == {unknown}


def test_the_way_with_the_fewest_gaps_is_shown():
    """Two entrances; the first one's host is behind another gap besides."""
    made = lan()
    twin = made.net.vpc("10.0.0.0/16")
    extra = gap("extra", "GAP-4")
    made.net.change("security_groups", "sg-1", rules=(rule("in -1 192.168.0.0/16", extra),))
    c = twin.subnet("10.0.1.0/24").interface("10.0.1.5")
    first = made.net.entrance(made.vpc, "vgw-1")
    second = made.net.entrance(twin, "vgw-2")
    asked = probe(outside("192.168.0.1"), None, packet("192.168.0.1", "10.0.1.5"))
    found = walk(made.net.network(), asked, frozenset({first, second, extra}))
    assert (found.delivered_to, found.gaps) == (c, {second})
    meant = probe(asked.source, made.a, asked.packet)
    found = walk(made.net.network(), meant, frozenset({first, second, extra}))
    assert (found.delivered_to, found.gaps) == (made.a, {first, extra})


def test_a_public_name_is_asked_for_and_a_private_one_given():
    made = web()
    asked = probe(CLIENT, made.host, packet("203.0.113.7", "10.0.1.5"))
    last = walk(made.net.network(), asked).hops[-1]
    assert (last.kind, last.detail) == ("outside", "a private address is nobody's on the internet")


@pytest.mark.parametrize("seed", range(150))
def test_laws_on_drawn_networks(seed):
    """Each answer agrees with the others, relied gaps suffice, and opening a gap takes nothing."""
    drawn = draw(random.Random(seed))
    index, asked = prepare(drawn.network), drawn.spine
    every = frozenset(drawn.network.gaps)
    some = draw_opened(random.Random(seed), drawn.network)
    before = dict.fromkeys(Mode, False)
    for opened in (frozenset(), some, every):
        trace, found = walk(index, asked, opened), exchange(index, asked, opened)
        reached = trace.delivered_to == asked.destination
        assert delivers(index, asked, Mode.PACKET, opened) is reached
        assert delivers(index, asked, Mode.CONNECTION, opened) is found.works
        assert trace.gaps <= opened
        assert found.gaps <= opened
        assert not reached or delivers(index, asked, Mode.PACKET, trace.gaps)
        assert not found.works or delivers(index, asked, Mode.CONNECTION, found.gaps)
        assert [hop.code for hop in trace.hops[:-1]] == [None] * (len(trace.hops) - 1)
        assert trace.hops[-1].code == trace.code
        assert (trace.code is None) is (trace.delivered_to is not None)
        assert trace.code is None or Code(trace.code)
        for mode, now in ((Mode.PACKET, reached), (Mode.CONNECTION, found.works)):
            assert now or not before[mode]
            before[mode] = now
