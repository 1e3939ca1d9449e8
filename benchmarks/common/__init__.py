"""What several of the programs use: rows in parts, speed of the machine, sides in processes.

``parts`` cuts a file into the same rows for every side; ``machine`` says where a program ran;
``worker`` starts the process of a side and gives it turns; ``flops`` counts the operations that a
text needs, and ``gemm`` measures how many this machine makes in a second.
"""
