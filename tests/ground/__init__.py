"""The databases that tests begin with, made once, kept between runs, and copied for each worker.

A layer is a state worth keeping (`layers.py`). It is made by a process of its own (`making.py`), which writes down
every file that had a part in it; whoever finds one of them changed makes the layer again (`kept.py`). Each worker
copies the layers that its tests ask for (`copies.py`).
"""
