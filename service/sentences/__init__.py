"""What the core says in English, told in the language of a page.

The core knows nothing of languages: its checks, rules and errors write English sentences, which
are the same in reports, receipts, records and on the command line.  A phrase book knows the form
of each such sentence, finds a sentence's form again by its words, and says it in another language
with the same values in it.  So everything that was kept in English can be read in every language,
and no check takes longer for it (docs/adr/0037-sentences.md).
"""
