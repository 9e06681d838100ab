"""Upstream text and URLs are hostile: everything from an API passes through here before anyone sees it.

`safe_text()` and `safe_image_url()` are the only two doors to Discord.

- `safe_text`: text that nothing acts in, and that fits.
- `image_url`: the URL of a picture that Discord may fetch, or none.

- `terminal_text`: text that does nothing in a terminal, for the commands of the operator.
- `plural`: a number with its noun.
- `typed_values`: numbers, moments and spans that people type, within bounds.
- `spam`: names that are hidden, as they look like spam.
"""

from bot.text.image_url import MAX_URL, safe_image_url
from bot.text.safe_text import MAX_TEXT, UNNAMED, read_text, safe_pages, safe_text, utf16_units

__all__ = ["MAX_TEXT", "MAX_URL", "UNNAMED", "read_text", "safe_image_url", "safe_pages", "safe_text", "utf16_units"]
