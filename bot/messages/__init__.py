"""Sentences for people, as values: defined where they are used, and translated where they are shown.

message            a sentence with its places; Words: with what fills them
languages          which languages there are, and how they write numbers
reader_language    the language of the reader, for each task
catalogs           the compiled translations in `locale/`
stored_words       sentences as they are stored, and read in another language
local_numbers      numbers with the reader's separators
"""

from bot.messages.catalogs import forget_catalogs, text_in
from bot.messages.languages import ENGLISH, TRANSLATED, Language, language_of
from bot.messages.local_numbers import number_words
from bot.messages.message import Advice, Message, Words, reader_text
from bot.messages.reader_language import reader_language, set_reader_language, written_in
from bot.messages.stored_words import words_of_english, words_of_text, words_text

__all__ = [
    "ENGLISH",
    "TRANSLATED",
    "Advice",
    "Language",
    "Message",
    "Words",
    "forget_catalogs",
    "language_of",
    "number_words",
    "reader_language",
    "reader_text",
    "set_reader_language",
    "text_in",
    "words_of_english",
    "words_of_text",
    "words_text",
    "written_in",
]
