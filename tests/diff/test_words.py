"""The words of reports are the same sentences in every language of the program."""

from __future__ import annotations

import string

from datagazette.messages import LANGUAGES, texts

TEXTS = {language: texts("comparison", language) for language in LANGUAGES}
# A language may leave out a name that is already right as the key in the file.
OPTIONAL = ("what_", "kind_")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_sentence_is_there_in_every_language() -> None:
    said = {
        language: {key for key in TEXTS[language] if not key.endswith(".one") and not key.startswith(OPTIONAL)}
        for language in LANGUAGES
    }
    assert said["zh"] == said["en"]


def test_sentences_say_the_same_values() -> None:
    for key in TEXTS["zh"].keys() & TEXTS["en"].keys():
        assert placeholders(TEXTS["zh"][key]) == placeholders(TEXTS["en"][key]), key
    for key, text in TEXTS["en"].items():
        if key.endswith(".one"):
            assert placeholders(text) == placeholders(TEXTS["en"][key.removesuffix(".one")]) - {"count"}, key
