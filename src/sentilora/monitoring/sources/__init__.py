"""Where texts come from: a batch at a time, each with the position after it.

Door: ``open_source()`` in source_names.py. A source yields :class:`RecordBatch`; the monitor stores
its records together with its position, and only then acknowledges it. So a source that can go on
from a position (a file, a broker) loses nothing and hands over nothing twice.
record_batch.py is the shape between; grown_file.py follows a file, record_lines.py reads its lines.
``http/`` takes texts over HTTP; ``brokers/`` read from message brokers, by addresses as
broker_address.py reads them.
"""
