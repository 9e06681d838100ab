"""The events of a range of Ethereum's blocks, as all nodes have them that answer.

That Ethereum confirmed a block of layer 2, only its event says, and a node can invent events. So nodes are held against
each other: where two of them answer differently, nothing goes on. A node that is down is another matter: an outage of
one provider must not end a run of many hours, and a run with one node believes that one as well. So it goes on as
long as one answers; what only one confirmed is written down (`one_node_ranges`), asked again at the end and in later
runs, and said as long as it is so.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.archive_api.blocks.announced import ADDRESS, TOPIC, Announced, read_events
from bot.archive_api.blocks.history_answers import RangeRefusedError
from bot.archive_api.blocks.history_nodes import HistoryNodes, PrunedError
from bot.archive_api.blocks.one_node_ranges import OneNodeRanges, digest_of
from bot.errors import ContradictionError, UnavailableError
from bot.messages import Message

_DISSENT = Message(
    "The nodes disagree on the events of block {first:,} to {last:,} of Ethereum: node {node} says another."
)
_STORED_DISSENT = Message(
    "Node {node} has other events of block {first:,} to {last:,} of Ethereum than the one node that was there when "
    "their blocks were stored in {path}. If node {node} is right, remove that folder and repeat the command; if it is "
    "wrong, leave it out of --rpc."
)
_NOT_AN_EVENT = Message("Node {node} reports an event of the exchange that is none.")


@dataclass(frozen=True, slots=True)
class AgreedEvents:
    """Events in the order of their blocks, and how many nodes have them so."""

    events: list[Announced]
    nodes: int


async def agreed_events(nodes: HistoryNodes, first: int, last: int) -> AgreedEvents:
    """The events of a range. Nodes that were left alone are asked only where no other answers.

    Raises:
        ContradictionError: two nodes have different ones.
        RangeRefusedError: a node does not answer for so many blocks at once.
        UnavailableError: no node answers, or all have dropped the range.
    """
    agreed: AgreedEvents | None = None
    fault: UnavailableError | None = None
    awake, resting = nodes.awake(), nodes.resting()
    for node in (*awake, *resting):
        if agreed is not None and node in resting:
            break
        try:
            events = await _events(nodes, node, first, last)
        except UnavailableError as error:
            # Where one has dropped the range and another is down, waiting for that one helps.
            fault = error if fault is None or isinstance(fault, PrunedError) else fault
            continue
        if agreed is not None and events != agreed.events:
            raise ContradictionError(_DISSENT, first=first, last=last, node=node + 1)
        agreed = AgreedEvents(events, agreed.nodes + 1 if agreed else 1)
    if agreed is None:
        assert fault is not None  # noqa: S101 - there is a node, and it either answered or failed
        raise fault
    return agreed


async def confirm_again(nodes: HistoryNodes, ranges: OneNodeRanges) -> None:
    """Ask all nodes again for what only one of them confirmed; what two confirm now is taken off the list.

    Raises:
        ContradictionError: one has other events than those that were stored.
    """
    silent: set[int] = set()
    for each in ranges.all() if len(nodes) > 1 else ():
        confirmed = 0
        for node in (*nodes.awake(), *nodes.resting()):
            if node in silent:
                continue
            try:
                events = await _events_in_parts(nodes, node, each.first, each.last)
            except PrunedError:
                continue
            except UnavailableError:
                silent.add(node)
                continue
            if digest_of(events) != each.digest:
                raise ContradictionError(
                    _STORED_DISSENT(node=node + 1, first=each.first, last=each.last, path=ranges.folder)
                )
            confirmed += 1
        if confirmed > 1:
            ranges.remove(each)


async def _events(nodes: HistoryNodes, node: int, first: int, last: int) -> list[Announced]:
    try:
        return read_events(await nodes.logs(node, ADDRESS, TOPIC, first, last), first, last)
    except ValueError as error:
        raise UnavailableError(_NOT_AN_EVENT, node=node + 1) from error


async def _events_in_parts(nodes: HistoryNodes, node: int, first: int, last: int) -> list[Announced]:
    try:
        return await _events(nodes, node, first, last)
    except RangeRefusedError:
        middle = (first + last) // 2
        before = await _events_in_parts(nodes, node, first, middle)
        return before + await _events_in_parts(nodes, node, middle + 1, last)
