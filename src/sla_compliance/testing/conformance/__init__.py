"""Programs for the conformance vectors: the library, a slow reference of it, and what draws the vectors."""
################################################################
# A question and an answer are plain JSON, as docs/conformance.md describes them.
#
#     questions.py  a question as the arguments of evaluate()
#     answers.py    a report as an answer
#     pipe.py       questions in, answers out, a line each
#     drawing/      draws questions in which a rule decides
#     __main__.py   the programs
#
# The slow reference is testing/oracle/questions/, which shares no code with the core.
################################################################
