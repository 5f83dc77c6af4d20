"""The list of the certification guide is whole: each part has as many titles as the guide."""

from __future__ import annotations

import ast
from pathlib import Path

HERE = Path(__file__).parent
COUNTS = {
    "test_bad_payloads.py": 12,
    "test_valid_launches.py": 9,  # each for a teacher and for a student
    "test_deep_linking.py": 7,
    "test_names_and_roles.py": 5,
    "test_assignment_and_grades.py": 3,
}


def test_every_part_of_the_guide_has_its_titles() -> None:
    found = {}
    for name in COUNTS:
        classes = [
            node
            for node in ast.walk(ast.parse((HERE / name).read_text("utf-8")))
            if isinstance(node, ast.ClassDef)
        ]
        titles = [
            ast.get_docstring(function)
            for node in classes
            for function in node.body
            if isinstance(function, ast.FunctionDef) and function.name.startswith("test_")
        ]
        assert all(titles), name
        assert len(set(titles)) == len(titles), name
        found[name] = len(titles)
    assert found == COUNTS
