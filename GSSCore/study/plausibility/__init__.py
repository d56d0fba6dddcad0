"""Whether what goes in and what comes out can be what it is taken for: images, contrasts, the brain, the tumour.

Nothing here refuses a study: a doubt is a warning, said before everything else, and voids what was measured of a
network. All bounds are silent on 100 real studies, and say what was measured there.
"""
