/** The reader's language, and this page's sentences in it: the server serves this file with what it has in place of these. */

export const language = "en";
export const known = {};
