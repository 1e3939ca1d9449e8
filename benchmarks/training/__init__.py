"""SentiLoRA's training beside the usual recipes: sides that train in turns, in processes.

``__main__`` cuts the rows, makes one ``job`` a side, and lets ``race`` give turns to the processes.
In a process (``side_process``), ``ordinary`` or ``presets`` makes the ``side``, and ``pacer`` stops
its clock (``account``) to measure accuracy. ``levels`` and ``tables`` show the record.
"""
