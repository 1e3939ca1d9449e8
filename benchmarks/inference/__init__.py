"""SentiLoRA's scoring beside the usual ways: sides that label the same texts in turns.

``__main__`` lets ``side_files`` write the model files and one ``job`` a side; ``contest`` gives
turns to the processes; in each, ``side_process`` times what ``sides`` opened. ``table`` shows the
record.
"""
