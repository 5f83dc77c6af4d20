"""The sentence model all-MiniLM-L6-v2 in plain numpy: texts to vectors, on this machine alone.

Needs the extra ``[match]`` and the model's files, whose contents are pinned by their SHA-256. The
model: Wang and others, "MiniLM: Deep self-attention distillation" (NeurIPS 2020), trained for
sentences by the sentence-transformers project (Apache-2.0); BERT's layers after Devlin and others
(2019).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from lti_tool.errors import ConfigurationError

WEIGHTS, TOKENIZER = "model.safetensors", "tokenizer.json"
PINNED = {
    WEIGHTS: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    TOKENIZER: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
_LAYERS, _HEADS, _TINY = 6, 12, 1e-12
LONGEST_TEXT = 128
"""Pieces of words of one text that the model reads; what follows is left out."""
_TOGETHER = 16

Array = Any
"""A numpy array of 32-bit floats; numpy comes with the extra."""


class MiniLM:
    """Turns English texts into vectors of length 1 whose products say how alike texts are."""

    def __init__(self, folder: Path) -> None:
        """Load the model from the files in ``folder``.

        ``ConfigurationError`` when the extra or a file is missing, or a file is another one.
        """
        for name, wanted in PINNED.items():
            _check(folder / name, wanted)
        # Threads of numpy that wait for one another take more time than they save; has to be said
        # before numpy is loaded.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        try:
            self._np = import_module("numpy")
            tokenizers, safetensors = import_module("tokenizers"), import_module("safetensors")
        except ImportError as error:
            raise ConfigurationError(
                f"Matching by sentences needs the package {error.name}: pip install 'quoin[match]'"
            ) from None
        self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST_TEXT)
        with safetensors.safe_open(folder / WEIGHTS, framework="numpy") as file:
            self._weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118

    def vectors(self, texts: Sequence[str]) -> Array:
        """Return one vector of 384 numbers for each text, in rows."""
        np = self._np
        encoded = [self._tokenizer.encode(text).ids for text in texts]
        # Texts of like length together: the short ones need not be as long as the longest.
        order = sorted(range(len(encoded)), key=lambda number: len(encoded[number]))
        rows = np.zeros((len(texts), 384), dtype=np.float32)
        for start in range(0, len(order), _TOGETHER):
            numbers = order[start : start + _TOGETHER]
            rows[numbers] = self._batch([encoded[number] for number in numbers])
        return rows

    def _batch(self, encoded: Sequence[Sequence[int]]) -> Array:
        np = self._np
        longest = max(map(len, encoded))
        ids = np.zeros((len(encoded), longest), dtype=np.int64)
        there = np.zeros((len(encoded), longest), dtype=np.float32)
        for number, one in enumerate(encoded):
            ids[number, : len(one)] = one
            there[number, : len(one)] = 1
        states = self._embedded(ids)
        away = (1 - there)[:, None, None, :] * np.float32(-1e9)
        for layer in range(_LAYERS):
            states = self._layer(states, away, f"encoder.layer.{layer}.")
        mean = (states * there[:, :, None]).sum(1) / there.sum(1, keepdims=True)
        return mean / np.linalg.norm(mean, axis=1, keepdims=True)

    def _embedded(self, ids: Array) -> Array:
        table = "embeddings.{}_embeddings.weight"
        words = self._weights[table.format("word")][ids]
        places = self._weights[table.format("position")][: ids.shape[1]]
        kinds = self._weights[table.format("token_type")][0]
        return self._normal(words + places + kinds, "embeddings.LayerNorm")

    def _layer(self, states: Array, away: Array, at: str) -> Array:
        attended = self._attention(states, away, at + "attention.self.")
        attended = self._linear(attended, at + "attention.output.dense")
        states = self._normal(states + attended, at + "attention.output.LayerNorm")
        inner = self._gelu(self._linear(states, at + "intermediate.dense"))
        outer = self._linear(inner, at + "output.dense")
        return self._normal(states + outer, at + "output.LayerNorm")

    def _attention(self, states: Array, away: Array, at: str) -> Array:
        texts, length, width = states.shape

        def heads(name: str) -> Array:
            found = self._linear(states, at + name).reshape(texts, length, _HEADS, -1)
            return found.transpose(0, 2, 1, 3)

        query, key, value = heads("query"), heads("key"), heads("value")
        scores = query @ key.transpose(0, 1, 3, 2) * self._np.float32(width / _HEADS) ** -0.5 + away
        scores = self._np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (scores / scores.sum(-1, keepdims=True)) @ value
        return mixed.transpose(0, 2, 1, 3).reshape(texts, length, width)

    def _linear(self, states: Array, at: str) -> Array:
        return states @ self._weights[at + ".weight"].T + self._weights[at + ".bias"]

    def _normal(self, states: Array, at: str) -> Array:
        centred = states - states.mean(-1, keepdims=True)
        spread = self._np.sqrt((centred * centred).mean(-1, keepdims=True) + _TINY)
        return centred / spread * self._weights[at + ".weight"] + self._weights[at + ".bias"]

    def _gelu(self, values: Array) -> Array:
        """Return x times the normal distribution up to x (erf: Abramowitz and Stegun 7.1.26)."""
        np = self._np
        size = np.abs(values) * np.float32(0.7071067811865476)
        t = 1 / (1 + np.float32(0.3275911) * size)
        tail = t * np.float32(1.061405429)
        for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
            tail = t * (np.float32(factor) + tail)
        below = 1 - tail * np.exp(-size * size)
        return values * np.float32(0.5) * (1 + np.sign(values) * below)


def _check(path: Path, wanted: str) -> None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ConfigurationError(
            f"The model for matching is not there: {path.name} ({error.strerror})."
        ) from None
    if found != wanted:
        raise ConfigurationError(
            f"The file {path.name} of the model for matching is not the one that is known "
            f"(its SHA-256 is {found[:12]}…). Take that of all-MiniLM-L6-v2."
        )
