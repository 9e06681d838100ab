"""Whose wallet can end up linked to whom: proofs as a small machine, and every state that it can come to.

    variants    protocols, good and weaker ones          steps    what people do, and why it leads nowhere
    world       everything that matters at a moment      moves    what anybody can do next
    search      all states, and a shortest way to each   play     the same steps at real pages, over HTTP

Mallory has a Discord account, a browser that keeps every cookie, and a wallet. She runs `/verify`, sends links, keeps
OAuth codes of her own login instead of following them, and lures Whale's browser to any address that she can write.
She has a site of her own where Whale signs whatever cannot be read, and one on a subdomain beside the page, from where
she writes cookies into his browser, or so many of them that it drops his own.
A session may be taken up in another browser: each that waits for it has an authorization page of its own.
Whale opens whatever link he is sent, logs in to Discord as himself wherever he is asked to, and signs whatever the
real page shows in his browser. His own link stays his, unless a variant says otherwise.

The model lets her do more than the handlers do: states and codes of logins may be used again, nothing expires, and
nobody is locked out. What holds here holds there as well. What it leaves out are guesses: tokens, cookies and states
are 256 bits, and of codes to type back there are five tries.
"""
