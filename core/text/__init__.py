"""Language: tokenizers, stop words, and which language a text is in."""
