"""What a study is refused for and what it is warned about: one subject a file, one small function each.

A refusal raises `InputError` with one sentence that names modality, file and remedy; a warning is such a sentence,
returned. Bounds are chosen so that all of them are silent on 100 real studies, and say what was measured there.
"""
