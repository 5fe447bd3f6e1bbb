"""A donor's area: where its money went, as of any day, as a page, a picture, lists, and a statement on paper.

Promised, agreed, paid, attributed, transferred and spent are stages of the same money and are never added up. What was
paid is, to the cent and at any day: the fee, its part of the fund's costs, what was paid back to it, what is attributed
to projects, and what is not yet allocated. `gather.donor_area` reads all of it into one frozen `DonorArea`; the page,
the PDF, the workbook and the CSV say what that holds and nothing else.
"""
