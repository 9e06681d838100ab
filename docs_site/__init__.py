"""What of the documentation is made by a machine.

commands_page    the reference of the commands, from those that the bot registers with Discord
settings_page    the reference of the settings, from their models and the comments of the example
__main__         `python -m docs_site`: writes both into docs/
demo             the demo as a process, for the two that look at it
pictures         `python -m docs_site.pictures`: the pictures, in light and dark
scenes           what each picture shows
animation        the first minute as one moving picture
check_links      every link of the built site leads somewhere, and no page loads anything from elsewhere
"""
