"""Draws questions in which a named rule decides, and writes them as vectors."""
################################################################
# A vector that any program passes by chance shows nothing. So each drawn question
# has a rule, or a part of the question, without which its figures would be others.
#
#     chance.py      draws that every machine repeats
#     places.py      zones near a clock change
#     features.py    what a question may have
#     anything.py    questions of any kind
#     subjects.py    what a vector is about; reduction.py makes it small
#     vectors.py, writing.py   the files
#     rows.py, windows.py, terms.py, question.py, spelling.py   a question
################################################################
