"""Pictures that Tessera draws itself: charts, and the card of a collector; and the avatars that it fetches for them.

    charts, card_content   pure: what is shown, as values
    chart_words            pure: the same in words: for people who do not see the picture, and where there is none
    picture_header         pure: format and size of a picture file, read from its first bytes
    guarded_fetcher        one picture from a stranger's server
    avatars                the same, made small and cached; a card never waits for one longer than its deadline
    frames                 what goes through the pipe to the child process
    drawing_process        that process: started at the first picture, gone when idle, replaced when it dies
    fonts                  where this machine has a font with Chinese, Japanese and Korean letters
    studio                 all of it: a chart or a card in, a picture out
    child, drawing/        run in that process alone: only they import Matplotlib and Pillow

What is drawn was fetched from strangers, and the libraries that decode it are large. So both are in a process of their
own, without the bot's secrets in its environment, with limits on memory and processor time; if it dies, a picture is
missing, and nothing else.
"""
