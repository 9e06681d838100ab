"""Translations, from the code to the catalogues that the bot reads: `make words`. Only for development.

texts            what is to be translated: a text, and where it is from
sentences        those in the code: each `Message(...)`
command_texts    those that Discord shows in its menus: names and descriptions of commands
script_texts     those in the scripts of the page
po_files         the files that translators edit, and what is compiled from them
checks           what is wrong with a translation
"""
