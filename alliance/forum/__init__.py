"""The Forum as the Alliance sees it: objectives, areas of work, meetings, chairs, recommendations, glossary.

A *summit* is a meeting of the Global Forum; its *roundtables* hold *sessions*; a *recommendation* comes out of
one session. Plenary (P) and cross-cutting (X) work are kept as roundtables of their own kind. All texts of
recommendations are our paraphrase. This is reference data: it is entered by `setup` and dated by validity, so
that nothing in the code knows how many areas of work or summits there are.
"""
