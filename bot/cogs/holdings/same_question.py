"""`/collections` as a button asks it: once more, or about an account that everybody may look at."""

from __future__ import annotations

from bot.holdings import Order
from bot.names import Names
from bot.ui.invocation import Invocation, Value

# Of Loopring's first accounts; and the best known of Ethereum's.
_EXAMPLE = "10001"
_EXAMPLE_ON_A_CHAIN = "0xd8da6bf26964af9d7eed9e03e53415d37aa96045"


def same_question(
    account: str | None, contract: str | None, search: str | None, order: Order, *, spam: bool
) -> Invocation:
    """The same question, as an id has room for it: a member who was chosen is mentioned."""
    typed = {"account": account, "contract": contract, "search": search}
    chosen: dict[str, Value] = {name: value for name, value in typed.items() if value}
    if order is not Order.KINDS:
        chosen["sort"] = order.name
    return Invocation("collections", {**chosen, "spam": True} if spam else chosen)


def example_account(names: Names) -> str:
    """An account to look at for somebody who has none."""
    return _EXAMPLE if names.knows_numbers() else _EXAMPLE_ON_A_CHAIN
