"""Text as the numbers of word pieces that an encoder reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tokenizers import Tokenizer

SPECIAL_TOKENS = ("cls_token", "sep_token", "pad_token", "unk_token", "mask_token")


class WordPieces:
    """A tokenizer with its special tokens; needs nothing of transformers, which loads slowly.

    Args:
        backend: The tokenizer; it neither pads nor shortens.
        special_tokens: Tokens by their names in transformers, such as `cls_token`.
    """

    def __init__(self, backend: Tokenizer, special_tokens: Mapping[str, str | None]) -> None:
        self.backend = backend
        self.special_tokens = dict(special_tokens)
        self.start = self.number_of(self.special_tokens["cls_token"])
        self.stop = self.number_of(self.special_tokens["sep_token"])
        self.padding = self.number_of(self.special_tokens["pad_token"])
        self.mask = self.number_of(self.special_tokens["mask_token"])

    def __len__(self) -> int:
        """How many pieces there are."""
        return int(self.backend.get_vocab_size())

    def of(self, texts: Sequence[str]) -> list[list[int]]:
        """The numbers of the pieces of each text, without special tokens."""
        encoded = self.backend.encode_batch_fast(texts, add_special_tokens=False)
        return [one.ids for one in encoded]

    def number_of(self, token: str | None) -> int:
        """The number of a token.

        Raises:
            ValueError: If there is no such token.
        """
        number = None if token is None else self.backend.token_to_id(token)
        if number is None:
            raise ValueError(f"the tokenizer has no token {token!r} to mark with")
        return int(number)
