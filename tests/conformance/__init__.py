"""Real traffic between the bot and the Discord stand-in, compared with Discord's own OpenAPI file, in both directions.

- `openapi.py`   the file itself: which operation an exchange is, and what is wrong with it
- `strictness.py` the file's schemas, made as strict for requests as Discord is
- `keywords.py`  JSON Schema keywords that explain a union inside the branch that was meant
- `wording.py`   a validation error as one sentence
- `rules.py`     what Discord refuses and the file does not hold (`message_rules.py`, `command_rules.py`)
- `traffic.py`   every exchange of every sandbox with a bot, judged when its test ends
- `exchanges.py` made-up exchanges, with which the other tests judge the judge
"""
